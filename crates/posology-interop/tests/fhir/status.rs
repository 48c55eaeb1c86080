//! Every status and intent of FHIR means one thing, and an unknown one is said.
use super::{bundle, one, problems_at, request};
use posology_model::{ConditionStatus, Intent, Status};
use serde_json::{Value, json};

fn statuses(kind: &str, pairs: &[(&str, Status)]) {
    for (word, want) in pairs {
        let r = json!({ "resourceType": kind, "status": word, "intent": "order", "subject": { "reference": "Patient/p" },
            "medicationCodeableConcept": { "text": "diazepam" } });
        let c = one(&bundle(&[r]));
        assert_eq!(c.medications[0].status, *want, "{kind} {word}");
        assert!(problems_at(&c, ".status").is_empty(), "{kind} {word}");
    }
    let missing =
        json!({ "resourceType": kind, "intent": "order", "medicationCodeableConcept": { "text": "x" } });
    let mut odd = missing.clone();
    odd["status"] = json!("finished-ish");
    for r in [missing, odd] {
        let c = one(&bundle(&[r]));
        assert_eq!(c.medications[0].status, Status::Unknown);
        assert_eq!(problems_at(&c, ".status").len(), 1);
    }
}

#[test]
fn requests() {
    statuses(
        "MedicationRequest",
        &[
            ("active", Status::Active),
            ("on-hold", Status::OnHold),
            ("cancelled", Status::Cancelled),
            ("completed", Status::Completed),
            ("entered-in-error", Status::EnteredInError),
            ("stopped", Status::Stopped),
            ("draft", Status::Draft),
            ("unknown", Status::Unknown),
        ],
    );
}

#[test]
fn statements() {
    statuses(
        "MedicationStatement",
        &[
            ("active", Status::Active),
            ("completed", Status::Completed),
            ("entered-in-error", Status::EnteredInError),
            ("intended", Status::Intended),
            ("stopped", Status::Stopped),
            ("on-hold", Status::OnHold),
            ("unknown", Status::Unknown),
            ("not-taken", Status::NotTaken),
        ],
    );
}

#[test]
fn dispenses() {
    statuses(
        "MedicationDispense",
        &[
            ("preparation", Status::Intended),
            ("in-progress", Status::Intended),
            ("cancelled", Status::Cancelled),
            ("on-hold", Status::OnHold),
            ("completed", Status::Completed),
            ("entered-in-error", Status::EnteredInError),
            ("stopped", Status::Stopped),
            ("declined", Status::Cancelled),
            ("unknown", Status::Unknown),
        ],
    );
}

#[test]
fn administrations() {
    statuses(
        "MedicationAdministration",
        &[
            ("in-progress", Status::Active),
            ("not-done", Status::NotTaken),
            ("on-hold", Status::OnHold),
            ("completed", Status::Completed),
            ("entered-in-error", Status::EnteredInError),
            ("stopped", Status::Stopped),
            ("unknown", Status::Unknown),
        ],
    );
}

#[test]
fn intents() {
    for (word, want) in [
        ("proposal", Intent::Proposal),
        ("plan", Intent::Plan),
        ("order", Intent::Order),
        ("original-order", Intent::Order),
        ("reflex-order", Intent::Order),
        ("filler-order", Intent::Order),
        ("instance-order", Intent::Order),
        ("option", Intent::Option),
    ] {
        let c = one(&bundle(&[request(json!({ "intent": word }))]));
        assert_eq!(c.medications[0].intent, want, "{word}");
        assert!(problems_at(&c, ".intent").is_empty());
    }
    for intent in [Value::Null, json!("wish")] {
        let c = one(&bundle(&[request(json!({ "intent": intent }))]));
        assert_eq!(c.medications[0].intent, Intent::Order);
        assert_eq!(problems_at(&c, ".intent").len(), 1);
    }
}

fn condition(clinical: Option<&str>, verification: Option<&str>, more: Value) -> ConditionStatus {
    let mut r = json!({ "resourceType": "Condition", "code": { "text": "epilepsy" }, "subject": { "reference": "Patient/p" } });
    if let Some(c) = clinical {
        r["clinicalStatus"] = json!({ "coding": [{ "code": c }] });
    }
    if let Some(v) = verification {
        r["verificationStatus"] = json!({ "coding": [{ "code": v }] });
    }
    for (k, v) in more.as_object().unwrap() {
        r[k] = v.clone();
    }
    one(&bundle(&[r])).conditions[0].status
}

#[test]
fn conditions() {
    use ConditionStatus::{Active, Refuted, Remission, Resolved, Unconfirmed};
    for (clinical, verification, want) in [
        (Some("active"), Some("confirmed"), Active),
        (Some("recurrence"), None, Active),
        (Some("relapse"), None, Active),
        (Some("inactive"), None, Remission),
        (Some("remission"), Some("confirmed"), Remission),
        (Some("resolved"), None, Resolved),
        (None, None, Active),
        (Some("active"), Some("refuted"), Refuted),
        (Some("active"), Some("entered-in-error"), Refuted),
        (Some("active"), Some("unconfirmed"), Unconfirmed),
        (Some("active"), Some("provisional"), Unconfirmed),
        (Some("active"), Some("differential"), Unconfirmed),
    ] {
        assert_eq!(condition(clinical, verification, json!({})), want, "{clinical:?} {verification:?}");
    }
    assert_eq!(condition(None, None, json!({ "abatementDateTime": "2020-01-01" })), Resolved);
    assert_eq!(condition(None, None, json!({ "abatementString": "as a child" })), Resolved);
}

#[test]
fn procedures_encounters_and_allergies_that_do_not_count() {
    let subject = json!({ "reference": "Patient/p" });
    for (status, done) in [
        ("completed", true),
        ("in-progress", true),
        ("preparation", false),
        ("not-done", false),
        ("on-hold", false),
        ("stopped", false),
        ("entered-in-error", false),
        ("unknown", false),
    ] {
        let c = one(&bundle(&[
            json!({ "resourceType": "Procedure", "status": status, "code": { "text": "x" }, "subject": subject }),
        ]));
        assert_eq!(c.procedures[0].done, done, "{status}");
    }
    for (status, counts) in
        [("finished", 1), ("in-progress", 1), ("planned", 0), ("cancelled", 0), ("entered-in-error", 0)]
    {
        let c = one(&bundle(&[
            json!({ "resourceType": "Encounter", "status": status, "class": { "code": "EMER" }, "subject": subject }),
        ]));
        assert_eq!(c.encounters.len(), counts, "{status}");
    }
    for (field, word, refuted) in [
        ("verificationStatus", "refuted", true),
        ("verificationStatus", "entered-in-error", true),
        ("verificationStatus", "confirmed", false),
        ("verificationStatus", "unconfirmed", false),
        ("clinicalStatus", "resolved", true),
        ("clinicalStatus", "inactive", true),
        ("clinicalStatus", "active", false),
    ] {
        let mut r = json!({ "resourceType": "AllergyIntolerance", "code": { "text": "penicillin" }, "patient": subject });
        r[field] = json!({ "coding": [{ "code": word }] });
        assert_eq!(one(&bundle(&[r])).allergies[0].refuted, refuted, "{field} {word}");
    }
}
