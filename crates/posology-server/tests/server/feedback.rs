use crate::support::*;
use axum::http::StatusCode;
use posology_server::app::App;
use serde_json::{Value, json};

const PATH: &str = "/cds-services/posology-order-sign/feedback";

async fn send(app: &App, entry: Value) -> (StatusCode, Value) {
    let a = call(app, post(PATH, json!({ "feedback": [entry] }).to_string())).await;
    (a.status, a.json())
}

fn override_of(card: &Value) -> Value {
    json!({ "card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": "2026-11-24T10:05:31Z",
        "overrideReason": { "reason": { "code": "monitored", "system": "https://github.com/posology/posology/override-reasons" }, "userComment": "weekly visits" } })
}

#[tokio::test]
async fn an_override_of_a_critical_finding_is_marked_and_stays_until_dose_or_drugs_change() {
    let app = app().await;
    let d = |sig: &str| diazepam("d1", sig, "draft");
    let first = hook(&app, &ask("order-sign", &[oxycodone()], &[d("1 tablet three times a day")])).await;
    let c = &first["cards"][0];
    assert_eq!(c["source"]["topic"]["code"], "opioid-with-benzodiazepine");
    let (status, v) = send(&app, override_of(c)).await;
    assert_eq!((status, &v["recorded"]), (StatusCode::OK, &json!(1)));
    let has = |v: &Value| card(v, "opioid-with-benzodiazepine")["indicator"] == "critical";
    for name in ["order-sign", "order-select"] {
        let again = hook(&app, &ask(name, &[oxycodone()], &[d("1 tablet three times a day")])).await;
        let c = card(&again, "opioid-with-benzodiazepine");
        assert_eq!(c["indicator"], "warning", "{:?}", summaries(&again));
        assert!(c["summary"].as_str().unwrap().starts_with("Overridden on 20"), "{c:#}");
        let detail = c["detail"].as_str().unwrap();
        assert!(detail.contains("The patient is monitored for this"), "{detail}");
        assert!(detail.contains("after 2027-11-24"), "{detail}");
        let interrupts = |c: &Value| c["indicator"] == "critical";
        assert!(!again["cards"].as_array().unwrap().iter().any(interrupts), "{:?}", summaries(&again));
        let silenced = &again["extension"]["org.posology.review"]["silenced"];
        assert!(!silenced.to_string().contains("opioid-with-benzodiazepine"), "{silenced}");
    }
    // Another dose, another patient, another server: it speaks again.
    assert!(has(&hook(&app, &ask("order-sign", &[oxycodone()], &[d("2 tablets three times a day")])).await));
    let mut other = ask("order-sign", &[oxycodone()], &[d("1 tablet three times a day")]);
    other["fhirServer"] = json!("https://other.example/fhir");
    assert!(has(&hook(&app, &other).await));
    app.0.store.flush().await.unwrap();
    let report = call(&app, get("/feedback/rules")).await.json();
    let row = report.as_array().unwrap().iter().find(|r| r["rule"] == "opioid-with-benzodiazepine").unwrap();
    assert_eq!((&row["overridden"], &row["reasons"]["monitored"]), (&json!(1), &json!(1)));
    assert!(row["shown"].as_i64().unwrap() >= 3);
}

#[tokio::test]
async fn an_override_of_a_lesser_finding_is_quiet_and_listed() {
    let app = app().await;
    let call = ask("order-sign", &[], &[diazepam("d1", "4 tablets four times a day", "draft")]);
    let first = hook(&app, &call).await;
    let c = first["cards"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["indicator"] == "warning" && c["source"]["topic"]["code"].is_string());
    let c = c.unwrap_or_else(|| panic!("{:?}", summaries(&first)));
    assert_eq!(send(&app, override_of(c)).await.0, StatusCode::OK);
    let again = hook(&app, &call).await;
    assert!(
        !summaries(&again).contains(&c["summary"].as_str().unwrap().to_owned()),
        "{:?}",
        summaries(&again)
    );
    let silenced = again["extension"]["org.posology.review"]["silenced"].to_string();
    assert!(silenced.contains(c["source"]["topic"]["code"].as_str().unwrap()), "{silenced}");
}

#[tokio::test]
async fn an_accepted_suggestion_is_recorded() {
    let app = app().await;
    let v = hook(
        &app,
        &ask("order-sign", &[oxycodone()], &[diazepam("d1", "1 tablet three times a day", "draft")]),
    )
    .await;
    let c = &v["cards"][0];
    let id = &c["suggestions"][0]["uuid"];
    let entry = json!({ "card": c["uuid"], "outcome": "accepted", "acceptedSuggestions": [{ "id": id }], "outcomeTimestamp": "2026-11-24T10:05:31Z" });
    assert_eq!(send(&app, entry.clone()).await.0, StatusCode::OK);
    let report = call(&app, get("/feedback/rules")).await.json();
    assert!(report.as_array().unwrap().iter().any(|r| r["accepted"] == 1));
    let mut wrong = entry;
    wrong["acceptedSuggestions"] = json!([{ "id": c["uuid"] }]);
    assert_eq!(send(&app, wrong).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn feedback_that_is_none_is_refused_as_a_whole() {
    let app = app().await;
    let v = hook(
        &app,
        &ask("order-sign", &[oxycodone()], &[diazepam("d1", "1 tablet three times a day", "draft")]),
    )
    .await;
    let good = override_of(&v["cards"][0]);
    let with = |k: &str, x: Value| {
        let mut g = good.clone();
        g[k] = x;
        g
    };
    for (entry, status) in [
        (with("card", json!("4e0a3a1e-3283-4575-ab82-028d55fe2719")), StatusCode::NOT_FOUND),
        (with("outcome", json!("ignored")), StatusCode::BAD_REQUEST),
        (with("outcomeTimestamp", json!("yesterday")), StatusCode::BAD_REQUEST),
        (with("outcome", json!("accepted")), StatusCode::BAD_REQUEST),
    ] {
        let (s, v) = send(&app, entry).await;
        assert_eq!(s, status, "{v}");
    }
    for body in ["{}", "[]", "{\"feedback\":[]}", "{\"feedback\":[1]}"] {
        assert_eq!(call(&app, post(PATH, body)).await.status, StatusCode::BAD_REQUEST, "{body}");
    }
    let both = json!({ "feedback": [good, with("card", json!("x"))] }).to_string();
    assert_eq!(call(&app, post(PATH, both)).await.status, StatusCode::NOT_FOUND);
    let report = call(&app, get("/feedback/rules")).await.json();
    assert!(report.as_array().unwrap().iter().all(|r| r["overridden"] == 0), "{report}");
}
