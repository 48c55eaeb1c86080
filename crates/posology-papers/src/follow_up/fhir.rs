//! Looks as FHIR R4 Tasks.
use super::{Look, source, uuid};
use posology_knowledge::KnowledgeBase;
use posology_model::Date;
use serde_json::{Value, json};

/// A Bundle of type `collection` with one Task a look, each a draft with intent `proposal`: somebody has to accept it.
///
/// `patient` is the reference to give (`Patient/123`, `urn:uuid:...`); where it is empty the Tasks name no patient. Ids follow from the content.
pub fn to_tasks(kb: &KnowledgeBase, looks: &[Look], as_of: Date, patient: &str) -> Value {
    let patient = patient.trim();
    let entries: Vec<Value> = looks
        .iter()
        .map(|l| {
            let due = l.due.to_string();
            let id = uuid(&["task", patient, &due, &l.what, &l.why]);
            let mut task = json!({
                "resourceType": "Task",
                "id": id,
                "status": "draft",
                "intent": "proposal",
                "code": { "text": "Medication follow-up" },
                "description": l.what,
                "authoredOn": as_of.to_string(),
                "executionPeriod": { "start": due, "end": due },
                "reasonCode": { "text": l.why },
            });
            if !patient.is_empty() {
                task["for"] = json!({ "reference": patient });
            }
            if let Some(s) = source(kb, l) {
                task["note"] = json!([{ "text": format!("Source: {s}. Knowledge {}.", kb.version()) }]);
            }
            json!({ "fullUrl": format!("urn:uuid:{id}"), "resource": task })
        })
        .collect();
    let mut bundle = json!({ "resourceType": "Bundle", "type": "collection" });
    // FHIR allows no empty list.
    if !entries.is_empty() {
        bundle["entry"] = Value::Array(entries);
    }
    bundle
}
