//! Reading and writing FHIR R4.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod dosage;
mod fuzz;
#[path = "../../../../tests/outside.rs"]
mod outside;
mod read;
mod samples;
mod status;
mod write;

use posology_interop::fhir::{Case, ReadError, ReadOptions, read_case};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The project's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A fixture's bytes.
pub fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(root().join("fixtures/fhir").join(name)).unwrap()
}

/// Reads bytes without options.
pub fn read(bytes: &[u8]) -> Result<Vec<Case>, ReadError> {
    read_case(bytes, &ReadOptions::default())
}

/// The only case of a JSON value.
pub fn one(value: &Value) -> Case {
    let mut cases = read(value.to_string().as_bytes()).unwrap();
    assert_eq!(cases.len(), 1, "{cases:#?}");
    cases.remove(0)
}

/// A bundle of resources of the patient `Patient/p`, who is in it.
pub fn bundle(resources: &[Value]) -> Value {
    let patient =
        json!({ "resourceType": "Patient", "id": "p", "birthDate": "1960-02-03", "gender": "female" });
    let entries: Vec<Value> =
        std::iter::once(&patient).chain(resources).map(|r| json!({ "resource": r })).collect();
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries })
}

/// A request with more fields.
pub fn request(more: Value) -> Value {
    let mut out = json!({
        "resourceType": "MedicationRequest", "id": "r", "status": "active", "intent": "order",
        "subject": { "reference": "Patient/p" }, "medicationCodeableConcept": { "text": "diazepam 5 mg tablet" },
    });
    for (k, v) in more.as_object().unwrap() {
        out[k] = v.clone();
    }
    out
}

/// The messages of the problems at a path that ends so.
pub fn problems_at(case: &Case, end: &str) -> Vec<String> {
    case.problems.iter().filter(|p| p.path.ends_with(end)).map(|p| p.message.clone()).collect()
}
