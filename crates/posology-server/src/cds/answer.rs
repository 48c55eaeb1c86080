//! Discovery and the hooks.
use super::cards::{Basis, make};
use super::discovery::{Discovery, discovery};
use super::fault::{Fault, not_run};
use super::fetch::{Fetched, complete};
use super::overridden::still_shown;
use super::read::gather;
use super::request::{Hook, HookRequest, read};
use super::wire::HookResponse;
use crate::app::App;
use crate::clock;
use crate::problem::Problem;
use crate::store::{Override, ReviewRecord};
use crate::work::{self, NoResult};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use posology_knowledge::{ResolveOptions, resolve};
use posology_model::{InputProblem, NotAssessed, ProblemKind};
use posology_review::{Settings, Suppression};
use std::time::Duration;

/// Discovery.
#[utoipa::path(get, path = "/cds-services", tag = "cds-hooks",
    responses((status = 200, description = "The services, one on each hook", body = Discovery),
              (status = 401, description = "Clients are registered, and the token is not accepted", body = Problem)))]
pub async fn services(State(app): State<App>, headers: HeaderMap) -> Result<Json<Discovery>, Problem> {
    app.0.clients.check(&headers, &format!("{}/cds-services", app.0.base), &app.0.http).await?;
    Ok(Json(discovery(&app.0.kb)))
}

/// A hook.
#[utoipa::path(post, path = "/cds-services/{id}", tag = "cds-hooks",
    params(("id" = String, Path, description = "Id of a service, as discovery lists it", example = "posology-order-sign")),
    request_body(content = Object, description = "A request of CDS Hooks 2.0", content_type = "application/json",
        example = json!(crate::openapi::order_sign())),
    responses((status = 200, description = "Cards; where the check could not run, one that says so", body = HookResponse),
              (status = 400, description = "No request of CDS Hooks", body = Problem),
              (status = 401, description = "Clients are registered, and the token is not accepted", body = Problem),
              (status = 404, description = "No such service", body = Problem),
              (status = 413, description = "The body is too large", body = Problem),
              (status = 415, description = "The body is not JSON", body = Problem)))]
pub async fn hook(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Some(hook) = Hook::of_service(&id) else {
        return Problem::missing("there is no such service", "GET /cds-services lists the services.")
            .into_response();
    };
    let metrics = &app.0.metrics;
    if metrics.in_flight.get() as usize > app.0.config.limits.in_flight {
        metrics.call(hook.name(), "overloaded");
        return not_run(&app.0.base, Fault::Busy);
    }
    let limit = Duration::from_millis(app.0.config.limits.hook_ms);
    match tokio::time::timeout(limit, answered(&app, hook, &headers, body)).await {
        Ok(Ok(r)) => {
            metrics.call(hook.name(), "answered");
            r
        }
        Ok(Err(Stop::Refused(p))) => {
            metrics.call(hook.name(), "refused");
            p.into_response()
        }
        Ok(Err(Stop::Fault(f))) => {
            metrics.call(hook.name(), if f == Fault::Busy { "overloaded" } else { "panicked" });
            not_run(&app.0.base, f)
        }
        Err(_) => {
            tracing::error!(
                hook = hook.name(),
                "a hook took too long; the card says that the check did not run"
            );
            metrics.call(hook.name(), "timed-out");
            not_run(&app.0.base, Fault::Late)
        }
    }
}

enum Stop {
    Refused(Problem),
    Fault(Fault),
}

impl From<Problem> for Stop {
    fn from(p: Problem) -> Self {
        Self::Refused(p)
    }
}

/// The body, where it is JSON.
pub fn json_body(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<Bytes, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // A form of another origin cannot send JSON without asking first.
    if kind != "application/json" && !kind.ends_with("+json") {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body is not declared as JSON",
            "Send Content-Type: application/json.",
        ));
    }
    body.map_err(|e| {
        if e.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the body is too large",
                "Send less prefetch, or raise limits.body-bytes.",
            )
        } else {
            Problem::bad("the body broke off", "Send it again.")
        }
    })
}

async fn answered(
    app: &App,
    hook: Hook,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Stop> {
    let audience = format!("{}/cds-services/{}", app.0.base, hook.service());
    let caller = app.0.clients.check(headers, &audience, &app.0.http).await?;
    let body = json_body(headers, body)?;
    let request = read(&body, hook)?;
    let fetched = complete(app, &request, hook, &caller).await;
    let patient = app.0.store.secret().patient_key(
        &caller.key(),
        request.fhir_server.as_deref().unwrap_or_default(),
        super::read::bare(&request.context.patient_id),
    );
    // Where the store cannot be read, nothing is silenced: the louder side is the safe one.
    let accepted = app.0.store.overrides(&patient).await.unwrap_or_default();
    drop(request);
    let work =
        move |app: &App| read(&body, hook).map(|r| compute(app, hook, &r, &body, fetched, accepted, patient));
    let json = work::run(app, work).await.map_err(|e| {
        Stop::Fault(match e {
            NoResult::Full => Fault::Busy,
            NoResult::Panicked => Fault::Internal,
        })
    })??;
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// From a request to the bytes of the answer. Reads nothing but its arguments and the date.
fn compute(
    app: &App,
    hook: Hook,
    request: &HookRequest<'_>,
    body: &[u8],
    fetched: Fetched,
    accepted: Vec<Override>,
    patient: String,
) -> Vec<u8> {
    let mut gathered = gather(request, hook, &fetched.got);
    for (t, why) in fetched.missing {
        let what = match t.key {
            "patient" => "the patient's age and sex",
            "medications" => "medication orders of the record",
            "statements" => "medication that the patient states",
            "conditions" => "conditions",
            "allergies" => "allergies",
            _ => "observations (weight, kidney function, alcohol, smoking)",
        };
        if t.needed {
            gathered.gaps.push(NotAssessed { what: what.into(), why, rules: Vec::new() });
        } else {
            gathered.case.problems.push(InputProblem {
                kind: ProblemKind::NotRead,
                path: format!("prefetch.{}", t.key),
                message: format!("{what}: {why}"),
                remedy: "Send it with the call, or let it be fetched.".into(),
            });
        }
    }
    let settings = Settings {
        suppressions: accepted
            .iter()
            .map(|o| Suppression {
                rule: o.rule.clone(),
                fingerprint: o.fingerprint.clone(),
                until: o.until,
                reason: o.reason.clone(),
            })
            .collect(),
        ..app.settings()
    };
    let case = resolve(&gathered.case, &app.0.kb, ResolveOptions { rxnorm: None });
    let mut review = app.0.checker.review(&case, &app.0.kb, &settings);
    let overridden = still_shown(app, &case, &mut review, &settings, &accepted);
    let now = clock::now();
    let number = app.0.numbers.next(u64::try_from(now.as_millisecond()).unwrap_or(0));
    let made = make(&Basis {
        hook,
        kb: &app.0.kb,
        settings: &settings,
        gathered: &gathered,
        case: &case,
        review: &review,
        overridden: &overridden,
        base: &app.0.base,
        number,
        secret: app.0.store.secret(),
    });
    app.0.metrics.cards.inc_by(made.response.cards.len() as u64);
    let mut record = ReviewRecord::new(number, now, hook.name(), &review, body);
    record.patient_key = patient;
    record.input = app.0.config.keep_input.then(|| String::from_utf8_lossy(body).into_owned());
    for (i, slot, print) in made.slots {
        if let Some(f) = record.findings.get_mut(i) {
            f.slot = Some(slot);
            f.print = print;
        }
    }
    app.0.store.review(record);
    serde_json::to_vec(&made.response).unwrap_or_default()
}
