//! The description of all doors for programs.
use crate::app::App;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Posology",
        description = "Medication reviews with their sources, and with what was not assessed. Decision support for professionals.",
        license(name = "Apache-2.0")
    ),
    paths(
        crate::cds::services,
        crate::cds::hook,
        crate::cds::feedback,
        crate::cds::rules,
        crate::rxnav::interaction,
        crate::fhir::review_record,
        crate::fhir::metadata,
        crate::fhir::definition,
        crate::doors::healthz,
        crate::doors::readyz,
        crate::doors::metrics,
        crate::doors::save_plan,
        crate::doors::saved_plan,
    )
)]
struct Doors;

/// The description.
pub fn document() -> Value {
    let mut v = serde_json::to_value(Doors::openapi()).unwrap_or_default();
    let operations =
        v["paths"].as_object_mut().into_iter().flat_map(|p| p.values_mut()).filter_map(Value::as_object_mut);
    let responses = operations
        .flat_map(|p| p.values_mut())
        .filter_map(|o| o["responses"].as_object_mut())
        .flat_map(|r| r.values_mut());
    // Problems have a media type of their own (RFC 9457); the macro gives everything that is serialised the same one.
    for content in responses.filter_map(|r| r.get_mut("content")).filter_map(Value::as_object_mut) {
        let is_problem = |c: &Value| c["schema"]["$ref"] == "#/components/schemas/Problem";
        if content.get("application/json").is_some_and(is_problem)
            && let Some(c) = content.remove("application/json")
        {
            content.insert("application/problem+json".into(), c);
        }
    }
    v
}

/// The door.
pub fn router() -> Router<App> {
    Router::new().route("/openapi.json", get(|| async { Json(document()) }))
}

/// A small call of order-sign: diazepam beside oxycodone.
pub fn order_sign() -> Value {
    let drug = |code: &str, name: &str| json!({ "coding": [{ "system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": code, "display": name }], "text": name });
    json!({
        "hook": "order-sign",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {
            "userId": "Practitioner/example",
            "patientId": "example",
            "draftOrders": { "resourceType": "Bundle", "type": "collection", "entry": [{ "resource": {
                "resourceType": "MedicationRequest", "id": "draft-1", "status": "draft", "intent": "order",
                "subject": { "reference": "Patient/example" },
                "medicationCodeableConcept": drug("197591", "diazepam 5 MG Oral Tablet"),
                "dosageInstruction": [{ "text": "1 tablet twice a day" }],
            } }] },
        },
        "prefetch": {
            "patient": { "resourceType": "Patient", "id": "example", "gender": "female", "birthDate": "1959-03-14" },
            "medications": { "resourceType": "Bundle", "type": "searchset", "entry": [{ "resource": {
                "resourceType": "MedicationRequest", "id": "mr-1", "status": "active", "intent": "order",
                "subject": { "reference": "Patient/example" },
                "medicationCodeableConcept": drug("1049621", "oxycodone hydrochloride 10 MG Oral Tablet"),
                "authoredOn": "2026-10-01",
                "dosageInstruction": [{ "text": "1 tablet every 6 hours" }],
            } }] },
        },
    })
}
