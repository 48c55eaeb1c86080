//! The review of a record as an operation: a Bundle or Parameters in, a Bundle out.
use crate::app::App;
use crate::clock;
use crate::store::ReviewRecord;
use crate::work::{self, NoResult};
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use posology_interop::drafts_to_orders;
use posology_interop::fhir::write::review_to_bundle;
use posology_interop::fhir::{ReadOptions, read_case};
use posology_knowledge::schema::Jurisdiction;
use posology_knowledge::{ResolveOptions, resolve};
use posology_review::Settings;
use serde::Deserialize;
use serde_json::json;

/// Settings of one call; Parameters may give the same.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
pub struct Asked {
    /// Date of the review: 2026-11-24
    #[serde(rename = "as-of")]
    #[param(rename = "as-of", example = "2026-11-24")]
    as_of: Option<String>,
    /// us or uk
    #[param(example = "us")]
    jurisdiction: Option<String>,
    /// Take drafts and proposals in the record as proposed orders
    drafts: Option<bool>,
}

#[derive(Deserialize)]
struct Parameters {
    #[serde(rename = "resourceType")]
    resource_type: String,
    #[serde(default)]
    parameter: Vec<Parameter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameter {
    #[serde(default)]
    name: String,
    #[serde(default)]
    value_date: Option<String>,
    #[serde(default)]
    value_code: Option<String>,
    #[serde(default)]
    value_string: Option<String>,
    #[serde(default)]
    value_boolean: Option<bool>,
}

/// A refusal in FHIR's form. It names places, never values.
pub fn outcome(status: StatusCode, code: &str, text: &str) -> Response {
    let body = json!({
        "resourceType": "OperationOutcome",
        "issue": [{ "severity": "error", "code": code, "details": { "text": text } }],
    });
    (status, [(header::CONTENT_TYPE, "application/fhir+json")], body.to_string()).into_response()
}

/// Reviews a record.
#[utoipa::path(post, path = "/fhir/$review", tag = "fhir", params(Asked),
    request_body(content((Object = "application/fhir+json"), (Object = "application/json")),
        description = "A FHIR R4 Bundle of one patient's record, or Parameters with a parameter record (a Bundle) and, where wanted, as-of, jurisdiction, drafts"),
    responses((status = 200, description = "A Bundle: GuidanceResponse, DetectedIssue, CarePlan, OperationOutcome", content_type = "application/fhir+json"),
              (status = 400, description = "OperationOutcome: what cannot be read, and where", content_type = "application/fhir+json"),
              (status = 401, description = "A token is needed", body = crate::problem::Problem),
              (status = 413, description = "OperationOutcome: the body is too large", content_type = "application/fhir+json"),
              (status = 422, description = "OperationOutcome: not one patient", content_type = "application/fhir+json"),
              (status = 503, description = "OperationOutcome: no place, or no time: the review did not run", content_type = "application/fhir+json"),
              (status = 500, description = "OperationOutcome: the review did not run", content_type = "application/fhir+json")))]
pub async fn review_record(
    State(app): State<App>,
    asked: Result<Query<Asked>, QueryRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(b) => b,
        Err(e) if e.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return outcome(
                e.status(),
                "too-long",
                "The body is too large; limits.body-bytes sets how large it may be.",
            );
        }
        Err(_) => return outcome(StatusCode::BAD_REQUEST, "incomplete", "The body broke off."),
    };
    let Ok(Query(asked)) = asked else {
        return outcome(
            StatusCode::BAD_REQUEST,
            "value",
            "The query has as-of (a date), jurisdiction (us or uk) and drafts (true or false).",
        );
    };
    // A whole record may be large: not on the threads that serve.
    match work::run(&app, move |app| answer(app, asked, &body)).await {
        Ok(r) => r,
        Err(NoResult::Full) => outcome(
            StatusCode::SERVICE_UNAVAILABLE,
            "throttled",
            "More reviews are in work than may be: nothing was assessed. Send it again in a second.",
        ),
        Err(NoResult::Panicked) => outcome(
            StatusCode::INTERNAL_SERVER_ERROR,
            "exception",
            "The review did not run: nothing was assessed. The fault is in the log of the service.",
        ),
    }
}

fn answer(app: &App, asked: Asked, body: &[u8]) -> Response {
    let settings = match settings(app, asked, body) {
        Ok(s) => s,
        Err(text) => return outcome(StatusCode::BAD_REQUEST, "value", &text),
    };
    let (settings, drafts) = settings;
    let cases = match read_case(body, &ReadOptions::default()) {
        Ok(c) => c,
        Err(e) => {
            let at = e.path.as_deref().map(|p| format!(", at {p}")).unwrap_or_default();
            let what = match e.kind {
                posology_interop::fhir::ReadErrorKind::Syntax => "this is no valid JSON",
                posology_interop::fhir::ReadErrorKind::NothingToReview => {
                    "it holds nothing that a review reads"
                }
                _ => "it is no FHIR R4 JSON that can be read",
            };
            let text = format!("Line {}, column {}{at}: {what}. {}", e.line, e.column, e.remedy);
            return outcome(StatusCode::BAD_REQUEST, "structure", &text);
        }
    };
    let n = cases.len();
    let mut list = cases.into_iter();
    let (Some(mut case), None) = (list.next(), list.next()) else {
        return outcome(
            StatusCode::UNPROCESSABLE_ENTITY,
            "business-rule",
            &format!("The record is of {n} patients; send one at a time."),
        );
    };
    if drafts {
        drafts_to_orders(&mut case);
    }
    let reference = case.patient.id.as_deref().map(|i| format!("Patient/{i}")).unwrap_or_default();
    let resolved = resolve(&case, &app.0.kb, ResolveOptions { rxnorm: None });
    let r = app.0.checker.review(&resolved, &app.0.kb, &settings);
    let now = clock::now();
    let id = app.0.numbers.next(u64::try_from(now.as_millisecond()).unwrap_or(0));
    let mut record = ReviewRecord::new(id, now, "fhir", &r, body);
    if let Some(p) = &case.patient.id {
        record.patient_key = app.0.store.secret().patient_key("", "", p);
    }
    record.input = app.0.config.keep_input.then(|| String::from_utf8_lossy(body).into_owned());
    app.0.store.review(record);
    let bundle = review_to_bundle(&r, &reference);
    ([(header::CONTENT_TYPE, "application/fhir+json")], bundle.to_string()).into_response()
}

/// Settings from the query and from Parameters, which go before.
fn settings(app: &App, asked: Asked, body: &[u8]) -> Result<(Settings, bool), String> {
    let Asked { mut as_of, mut jurisdiction, mut drafts } = asked;
    if let Ok(p) = serde_json::from_slice::<Parameters>(body)
        && p.resource_type == "Parameters"
    {
        for x in p.parameter {
            let text = x.value_date.or(x.value_code).or(x.value_string);
            match x.name.as_str() {
                "as-of" => as_of = text.or(as_of),
                "jurisdiction" => jurisdiction = text.or(jurisdiction),
                "drafts" => drafts = x.value_boolean.or(drafts),
                _ => {}
            }
        }
    }
    let mut s = app.settings();
    if let Some(d) = as_of {
        s.as_of = d.parse().map_err(|_| "as-of is no date; write it as 2026-11-24.".to_owned())?;
    }
    match jurisdiction.as_deref() {
        None => {}
        Some("us") => s.jurisdiction = Jurisdiction::Us,
        Some("uk") => s.jurisdiction = Jurisdiction::Uk,
        Some(_) => return Err("jurisdiction is neither us nor uk.".into()),
    }
    Ok((s, drafts.unwrap_or(false)))
}
