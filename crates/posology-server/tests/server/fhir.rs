use crate::support::*;
use axum::http::StatusCode;
use serde_json::{Value, json};

fn record() -> Value {
    let p = json!({ "resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1959-03-14" });
    bundle(&[p, oxycodone(), diazepam("d1", "1 tablet three times a day", "draft")])
}

fn ids(v: &Value) -> Vec<String> {
    v["entry"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["resource"]["resourceType"] == "DetectedIssue")
        .map(|e| e["resource"]["code"]["coding"][0]["code"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_bundle_is_reviewed() {
    let app = app().await;
    let a = call(&app, post("/fhir/$review", record().to_string())).await;
    assert_eq!(
        (a.status, a.headers["content-type"].to_str().unwrap()),
        (StatusCode::OK, "application/fhir+json")
    );
    assert!(
        !ids(&a.json()).contains(&"opioid-with-benzodiazepine".to_owned()),
        "a draft is no order unless asked"
    );
    let a = call(&app, post("/fhir/$review?drafts=true&as-of=2026-11-20", record().to_string())).await;
    assert!(ids(&a.json()).contains(&"opioid-with-benzodiazepine".to_owned()));
    assert!(a.text().contains("2026-11-20"));
}

#[tokio::test]
async fn parameters_go_before_the_query() {
    let app = app().await;
    let p = json!({ "resourceType": "Parameters", "parameter": [
        { "name": "record", "resource": record() }, { "name": "as-of", "valueDate": "2026-10-15" }, { "name": "drafts", "valueBoolean": true } ] });
    let a = call(&app, post("/fhir/%24review?as-of=2026-11-20", p.to_string())).await;
    assert!(
        a.text().contains("2026-10-15") && ids(&a.json()).contains(&"opioid-with-benzodiazepine".to_owned())
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_an_operation_outcome() {
    let app = app().await;
    let two =
        bundle(&[json!({"resourceType":"Patient","id":"a"}), json!({"resourceType":"Patient","id":"b"})]);
    for (path, body, status) in [
        ("/fhir/$review", "{\"x\":\"secretname".to_owned(), 400),
        ("/fhir/$review", "".to_owned(), 400),
        ("/fhir/$review?as-of=soon", record().to_string(), 400),
        ("/fhir/$review?jurisdiction=fr", record().to_string(), 400),
        ("/fhir/$review?drafts=perhaps", record().to_string(), 400),
        ("/fhir/$review", two.to_string(), 422),
    ] {
        let a = call(&app, post(path, body)).await;
        assert_eq!(a.status.as_u16(), status, "{path}: {}", a.text());
        let v = a.json();
        assert_eq!(v["resourceType"], "OperationOutcome");
        assert!(!a.text().contains("secretname"));
    }
    let m = call(&app, get("/fhir/metadata")).await.json();
    assert_eq!((&m["resourceType"], &m["fhirVersion"]), (&json!("CapabilityStatement"), &json!("4.0.1")));
    let d = call(&app, get("/fhir/OperationDefinition/review")).await.json();
    assert_eq!(m["rest"][0]["operation"][0]["definition"], d["url"]);
}
