//! The shapes of the interaction service that the US National Library of Medicine ended in January 2024, for the clients that still read them.
//! `docs/rxnav.md` is the page for people.
//!
//! Those clients show an empty answer as "no interactions". So a code that is not known, or a pair that cannot be assessed, comes back in the
//! shape of a pair, with the severity `N/A` and a text that begins "Not assessed".
mod codes;
mod pairs;
mod shapes;
mod xml;

use crate::app::App;
use crate::clock;
use crate::problem::Problem;
use crate::store::{ReviewRecord, Shown};
use crate::work::{self, NoResult};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::Digest as _;

/// Most codes of one call.
const MOST_CODES: usize = 50;

/// The doors.
pub fn router() -> Router<App> {
    Router::new().route("/REST/interaction/{what}", get(interaction))
}

/// Interactions of a list, of one drug, or the sources.
#[utoipa::path(get, path = "/REST/interaction/{what}", tag = "rxnav",
    params(("what" = String, Path, description = "list, interaction or sources, with .json, .xml or neither (XML)", example = "list.json"),
           ("rxcuis" = Option<String>, Query, description = "list: codes of RxNorm, parted by +, space or comma", example = "207106 152923 656659"),
           ("rxcui" = Option<String>, Query, description = "interaction: one code", example = "3322"),
           ("sources" = Option<String>, Query, description = "ONCHigh: only what that published list names")),
    responses((status = 200, description = "In the shape of the ended service; what was not assessed stands in it as pairs", body = Object,
                content((Object = "application/json"), (String = "application/xml"))),
              (status = 400, description = "No codes, or too many", body = Problem),
              (status = 404, description = "No such resource", body = Problem),
              (status = 500, description = "The check did not run", body = Problem),
              (status = 503, description = "No place, or no time: the check did not run", body = Problem)))]
pub async fn interaction(
    State(app): State<App>,
    Path(what): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (name, form) = match what.rsplit_once('.') {
        Some((n, "json")) => (n, Form::Json),
        Some((n, "xml")) => (n, Form::Xml),
        Some(_) => ("", Form::Xml),
        // As the ended service had it: XML, unless the client asks for JSON.
        None => (what.as_str(), accepts(&headers)),
    };
    let query = codes::Query::read(query.as_deref().unwrap_or_default());
    let answer = match name {
        "list" => {
            let list = query.rxcuis;
            if list.is_empty() {
                return Err(Problem::bad(
                    "rxcuis is missing",
                    "Give codes: list.json?rxcuis=207106+152923+656659",
                ));
            }
            if list.len() > MOST_CODES {
                return Err(Problem::bad("too many codes", format!("Give at most {MOST_CODES}.")));
            }
            // Up to a thousand pairs are reviewed: not on the threads that serve.
            let (l, high) = (list.clone(), query.onc_high);
            let pairs = work::run(&app, move |a| pairs::assess(a, &l, high)).await.map_err(|e| match e {
                NoResult::Full => Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "too many requests are in work",
                    "Nothing was assessed. Send it again in a second.",
                ),
                NoResult::Panicked => Problem::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "the check did not run",
                    "Nothing was assessed. The fault is in the log of the service.",
                ),
            })?;
            record(&app, &list, &pairs);
            shapes::list(&list, &pairs)
        }
        "interaction" => {
            let [code] = query.rxcui.as_slice() else {
                return Err(Problem::bad(
                    "rxcui is missing, or more than one",
                    "Give one code: interaction.json?rxcui=3322",
                ));
            };
            shapes::single(&app.0.kb, code, query.onc_high)
        }
        "sources" => shapes::sources(&app.0.kb),
        _ => {
            return Err(Problem::missing(
                "there is no such resource",
                "There are list, interaction and sources, each with .json, .xml or neither.",
            ));
        }
    };
    Ok(respond(&answer, form))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Xml,
}

fn accepts(headers: &HeaderMap) -> Form {
    let json = headers
        .get(header::ACCEPT)
        .and_then(|a| a.to_str().ok())
        .is_some_and(|a| a.contains("application/json"));
    if json { Form::Json } else { Form::Xml }
}

fn respond(a: &shapes::Answer, form: Form) -> Response {
    let (kind, body) = match form {
        Form::Json => ("application/json", serde_json::to_vec(&a.value).unwrap_or_default()),
        Form::Xml => ("application/xml; charset=utf-8", xml::write(a.root, &a.value)),
    };
    let mut r = ([(header::CONTENT_TYPE, kind)], body).into_response();
    if !a.not_assessed.is_empty()
        && let Ok(v) = HeaderValue::from_str(&a.not_assessed.join(","))
    {
        r.headers_mut().insert(HeaderName::from_static("x-not-assessed"), v);
    }
    r
}

fn record(app: &App, list: &[String], pairs: &pairs::Pairs) {
    let now = clock::now();
    let settings = app.settings();
    let mut findings: Vec<Shown> = Vec::new();
    for f in pairs.list.iter().flat_map(|p| &p.findings) {
        findings.push(Shown {
            rule: f.rule.to_string(),
            severity: f.severity.as_str().into(),
            slot: None,
            print: String::new(),
        });
    }
    app.0.store.review(ReviewRecord {
        id: app.0.numbers.next(u64::try_from(now.as_millisecond()).unwrap_or(0)),
        at: now,
        door: "rxnav",
        as_of: settings.as_of,
        jurisdiction: "us".into(),
        knowledge: app.0.kb.version().to_owned(),
        input_hash: sha2::Sha256::digest(list.join(" ").as_bytes()).into(),
        patient_key: String::new(),
        findings,
        facts: pairs.facts.clone(),
        input: app.0.config.keep_input.then(|| list.join(" ")),
    });
}
