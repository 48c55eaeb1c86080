//! What became of cards: accepted, overridden, and why. Acknowledged only once it is on disk.
use super::answer::json_body;
use super::request::{Hook, fault};
use crate::app::App;
use crate::clock;
use crate::problem::Problem;
use crate::store::{FeedbackRecord, RuleFeedback};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

/// Longest comment that is kept, characters.
const MOST_COMMENT: usize = 4_000;

/// Most entries of one call.
const MOST_ENTRIES: usize = 1_000;

#[derive(Deserialize)]
struct Body {
    feedback: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    card: String,
    outcome: String,
    #[serde(default)]
    accepted_suggestions: Vec<Accepted>,
    #[serde(default)]
    override_reason: Option<Reason>,
    #[serde(default)]
    outcome_timestamp: Option<String>,
}

#[derive(Deserialize)]
struct Accepted {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reason {
    #[serde(default)]
    reason: Option<Code>,
    #[serde(default)]
    user_comment: Option<String>,
}

#[derive(Deserialize)]
struct Code {
    #[serde(default)]
    code: String,
}

/// What was recorded.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Recorded {
    /// Entries recorded.
    pub recorded: usize,
}

/// Feedback on cards.
#[utoipa::path(post, path = "/cds-services/{id}/feedback", tag = "cds-hooks",
    params(("id" = String, Path, description = "Id of a service, as discovery lists it", example = "posology-order-sign")),
    request_body(content = Object, description = "Feedback of CDS Hooks 2.0", content_type = "application/json",
        example = json!({"feedback": [{"card": "00000000-0000-8000-8000-000000000000", "outcome": "overridden",
            "overrideReason": {"reason": {"code": "monitored", "system": "https://github.com/posology/posology/override-reasons"}},
            "outcomeTimestamp": "2026-11-24T10:05:31Z"}]})),
    responses((status = 200, description = "It is recorded and on disk", body = Recorded),
              (status = 400, description = "No feedback of CDS Hooks; nothing of it was recorded", body = Problem),
              (status = 401, description = "Clients are registered, and the token is not accepted", body = Problem),
              (status = 404, description = "No such service, or a card that this service never made; nothing was recorded", body = Problem),
              (status = 413, description = "The body is too large", body = Problem),
              (status = 415, description = "The body is not JSON", body = Problem),
              (status = 503, description = "The store is not available: send it again", body = Problem)))]
pub async fn feedback(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Recorded>, Problem> {
    let Some(hook) = Hook::of_service(&id) else {
        return Err(Problem::missing("there is no such service", "GET /cds-services lists the services."));
    };
    let audience = format!("{}/cds-services/{}/feedback", app.0.base, hook.service());
    app.0.clients.check(&headers, &audience, &app.0.http).await?;
    let body = json_body(&headers, body)?;
    let body: Body = serde_json::from_slice(&body).map_err(|e| {
        Problem::bad(
            "the body is no feedback of CDS Hooks",
            format!("line {}, column {}: {}. It is an object with an array \"feedback\" of card, outcome and outcomeTimestamp.", e.line(), e.column(), fault(&e)),
        )
    })?;
    if body.feedback.is_empty() || body.feedback.len() > MOST_ENTRIES {
        return Err(Problem::bad(
            "feedback is empty or too long",
            format!("Send 1 to {MOST_ENTRIES} entries."),
        ));
    }
    let list = body
        .feedback
        .into_iter()
        .enumerate()
        .map(|(i, e)| record(&app, i, e))
        .collect::<Result<Vec<_>, _>>()?;
    let recorded = list.len();
    app.0.store.feedback(list).await.map_err(|e| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the feedback was not recorded", e.to_string())
    })?;
    Ok(Json(Recorded { recorded }))
}

fn record(app: &App, i: usize, e: Entry) -> Result<FeedbackRecord, Problem> {
    let bad = |what: &str, how: &str| Problem::bad(format!("feedback[{i}].{what}"), how.to_owned());
    let outcome = match e.outcome.as_str() {
        "accepted" => "accepted",
        "overridden" => "overridden",
        _ => return Err(bad("outcome is neither accepted nor overridden", "Write one of the two.")),
    };
    let at = e
        .outcome_timestamp
        .ok_or_else(|| bad("outcomeTimestamp is missing", "Give it as 2026-11-24T10:05:31Z."))?;
    let when: jiff::Timestamp =
        at.parse().map_err(|_| bad("outcomeTimestamp is no time", "Give it as 2026-11-24T10:05:31Z."))?;
    let secret = app.0.store.secret();
    let (review, slot) = secret.open(&e.card).filter(|(_, s)| *s < 8).ok_or_else(|| {
        Problem::missing(
            format!("feedback[{i}].card was not made by this service"),
            "Send the uuid of a card as it was answered.",
        )
    })?;
    if outcome == "accepted" && e.accepted_suggestions.is_empty() {
        return Err(bad(
            "acceptedSuggestions is empty",
            "Name the suggestion that was accepted by its uuid.",
        ));
    }
    if e.accepted_suggestions.len() > 8 {
        return Err(bad(
            "acceptedSuggestions has more than a card offers",
            "Name the suggestions of this card.",
        ));
    }
    let mut suggestions = Vec::new();
    for s in e.accepted_suggestions {
        // A suggestion's place holds the place of its card.
        let own = secret.open(&s.id).is_some_and(|(r, k)| r == review && k >= 8 && (k - 8) / 8 == slot);
        if !own {
            return Err(Problem::missing(
                format!("feedback[{i}].acceptedSuggestions names one that is not of this card"),
                "Send the uuid of a suggestion of the card.",
            ));
        }
        suggestions.push(s.id);
    }
    let (reason, comment) = e.override_reason.map_or_else(Default::default, |r| {
        (r.reason.map(|c| c.code).unwrap_or_default(), r.user_comment.unwrap_or_default())
    });
    Ok(FeedbackRecord {
        at: clock::now(),
        card: e.card.to_ascii_lowercase(),
        review,
        slot,
        outcome,
        reason: reason.chars().filter(|c| !c.is_control()).take(100).collect(),
        comment: comment.replace('\0', "").chars().take(MOST_COMMENT).collect(),
        suggestions,
        outcome_at: when.to_string(),
        until: posology_model::history::plus_days(
            app.settings().as_of,
            i64::from(app.0.config.override_days),
        ),
    })
}

/// Overrides by rule.
#[utoipa::path(get, path = "/feedback/rules", tag = "feedback",
    responses((status = 200, description = "Cards shown, accepted and overridden, by rule", body = Vec<RuleFeedback>),
              (status = 401, description = "A token is needed", body = Problem),
              (status = 503, description = "The store is not available", body = Problem)))]
pub async fn rules(State(app): State<App>) -> Result<Json<Vec<RuleFeedback>>, Problem> {
    let list = app.0.store.by_rule().await;
    list.map(Json)
        .map_err(|e| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the store cannot be read", e.to_string()))
}
