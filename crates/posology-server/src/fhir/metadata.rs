//! The CapabilityStatement, and the definition of the operation.
use crate::app::App;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Date of the last change of what is said here.
const CHANGED: &str = "2026-11-24";

fn fhir(v: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/fhir+json")], v.to_string()).into_response()
}

/// What this FHIR door can do.
#[utoipa::path(get, path = "/fhir/metadata", tag = "fhir",
    responses((status = 200, description = "A CapabilityStatement", content_type = "application/fhir+json"),
              (status = 401, description = "A token is needed", body = crate::problem::Problem)))]
pub async fn metadata(State(app): State<App>) -> Response {
    let base = &app.0.base;
    fhir(&json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": CHANGED,
        "kind": "instance",
        "software": { "name": "Posology", "version": env!("CARGO_PKG_VERSION") },
        "implementation": { "description": "Medication reviews; nothing is stored as a FHIR resource", "url": format!("{base}/fhir") },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [{
            "mode": "server",
            "documentation": "One operation, and no resources to read or search.",
            "operation": [{ "name": "review", "definition": format!("{base}/fhir/OperationDefinition/review") }],
        }],
    }))
}

/// The operation.
#[utoipa::path(get, path = "/fhir/OperationDefinition/review", tag = "fhir",
    responses((status = 200, description = "An OperationDefinition", content_type = "application/fhir+json"),
              (status = 401, description = "A token is needed", body = crate::problem::Problem)))]
pub async fn definition(State(app): State<App>) -> Response {
    let input = |name: &str, kind: &str, text: &str| json!({ "name": name, "use": "in", "min": 0, "max": "1", "type": kind, "documentation": text });
    fhir(&json!({
        "resourceType": "OperationDefinition",
        "id": "review",
        "url": format!("{}/fhir/OperationDefinition/review", app.0.base),
        "name": "Review",
        "title": "Medication review",
        "status": "active",
        "date": CHANGED,
        "kind": "operation",
        "affectsState": false,
        "code": "review",
        "system": true,
        "type": false,
        "instance": false,
        "description": "Reviews the medication of one patient's record at a date. A Bundle may be sent alone instead of Parameters.",
        "parameter": [
            input("record", "Bundle", "The record of one patient"),
            input("as-of", "date", "Date of the review; today where absent"),
            input("jurisdiction", "code", "us or uk"),
            input("drafts", "boolean", "Take drafts and proposals in the record as proposed orders"),
            { "name": "return", "use": "out", "min": 1, "max": "1", "type": "Bundle",
              "documentation": "GuidanceResponse, DetectedIssue, CarePlan, and an OperationOutcome that says what was not assessed" },
        ],
    }))
}
