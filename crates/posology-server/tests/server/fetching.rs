//! A FHIR server on loopback: what is fetched from it, and from whom nothing is.
use crate::support::*;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get as route;
use axum::{Json, Router};
use posology_server::app::App;
use posology_server::config::{Config, FhirServer, Limits};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Clone, Default)]
struct Stand {
    base: String,
    asked: Arc<Mutex<Vec<(String, String)>>>,
    how: &'static str,
}

async fn search(
    State(s): State<Stand>,
    Path(kind): Path<String>,
    Query(q): Query<HashMap<String, String>>,
    h: HeaderMap,
) -> Response {
    let token = h.get(header::AUTHORIZATION).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
    s.asked.lock().unwrap().push((kind.clone(), token));
    match s.how {
        "error" => return (StatusCode::FORBIDDEN, "no, p1 is secret").into_response(),
        "redirect" => {
            return (StatusCode::FOUND, [(header::LOCATION, "http://127.0.0.1:1/elsewhere")]).into_response();
        }
        "slow" => tokio::time::sleep(Duration::from_secs(5)).await,
        "large" => return "x".repeat(200_000).into_response(),
        _ => {}
    }
    let page = q.get("page").map_or("1", String::as_str);
    let list: Vec<Value> = match (kind.as_str(), page) {
        ("MedicationRequest", "2") => vec![oxycodone()],
        _ => Vec::new(),
    };
    let mut b = bundle(&list);
    if kind == "MedicationRequest" && page == "1" {
        let next = if s.how == "elsewhere" {
            "http://127.0.0.1:1/fhir/MedicationRequest?page=2".to_owned()
        } else {
            format!("{}/MedicationRequest?page=2", s.base)
        };
        b["link"] = json!([{ "relation": "next", "url": next }]);
    }
    Json(b).into_response()
}

async fn patient(State(s): State<Stand>, Path((kind, id)): Path<(String, String)>) -> Response {
    s.asked.lock().unwrap().push((format!("{kind}/{id}"), String::new()));
    if s.how == "error" {
        return StatusCode::FORBIDDEN.into_response();
    }
    Json(json!({ "resourceType": "Patient", "id": id, "birthDate": "1959-03-14" })).into_response()
}

async fn stand(how: &'static str) -> Stand {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let s =
        Stand { base: format!("http://{}/fhir", listener.local_addr().unwrap()), how, ..Stand::default() };
    let app = Router::new()
        .route("/fhir/{kind}", route(search))
        .route("/fhir/{kind}/{id}", route(patient))
        .with_state(s.clone());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    s
}

fn bare_call(server: &str) -> Value {
    let mut v = ask("order-sign", &[], &[diazepam("d1", "1 tablet three times a day", "draft")]);
    v.as_object_mut().unwrap().remove("prefetch");
    v["fhirServer"] = json!(server);
    v["fhirAuthorization"] = json!({ "access_token": "tok", "token_type": "Bearer", "expires_in": 300, "scope": "user/*.read", "subject": "x" });
    v
}

async fn with(list: Vec<FhirServer>) -> App {
    let limits = Limits { fetch_ms: 400, fetch_bytes: 100_000, ..Limits::default() };
    App::new(Config { fhir_servers: list, limits, ..config() }, kb()).await.unwrap()
}

fn listed(s: &Stand) -> Vec<FhirServer> {
    vec![FhirServer { base: format!("{}/", s.base), issuer: None }]
}

#[tokio::test]
async fn what_was_not_sent_is_fetched_with_the_token_page_by_page() {
    let s = stand("").await;
    let app = with(listed(&s)).await;
    let v = hook(&app, &bare_call(&s.base)).await;
    assert_eq!(v["cards"][0]["source"]["topic"]["code"], "opioid-with-benzodiazepine", "{:?}", summaries(&v));
    let asked = s.asked.lock().unwrap().clone();
    assert!(asked.contains(&("Patient/p1".into(), String::new())));
    assert!(asked.iter().filter(|a| a.0 == "MedicationRequest").count() == 2);
    assert!(asked.iter().filter(|a| !a.0.contains('/')).all(|a| a.1 == "Bearer tok"));
}

#[tokio::test]
async fn a_server_that_is_not_listed_is_never_asked() {
    let s = stand("").await;
    for list in [
        vec![],
        vec![FhirServer { base: "https://ehr.example/fhir".into(), issuer: None }],
        vec![FhirServer { base: s.base.clone(), issuer: Some("https://other".into()) }],
    ] {
        let app = with(list).await;
        let v = hook(&app, &bare_call(&s.base)).await;
        assert!(
            v["cards"].to_string().contains("Not assessed")
                || v["cards"].to_string().contains("not assessed"),
            "{v:#}"
        );
    }
    let near = with(listed(&s)).await;
    for other in [
        format!("{}.evil.example", s.base),
        format!("{}/../admin", s.base),
        s.base.replace("127.0.0.1", "127.0.0.1@evil.example"),
        s.base.replace("/fhir", ""),
    ] {
        hook(&near, &bare_call(&other)).await;
    }
    let mut no_token = bare_call(&s.base);
    no_token.as_object_mut().unwrap().remove("fhirAuthorization");
    hook(&near, &no_token).await;
    assert_eq!(s.asked.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn an_id_cannot_lead_elsewhere() {
    let s = stand("").await;
    let app = with(listed(&s)).await;
    let mut v = bare_call(&s.base);
    v["context"]["patientId"] = json!("../../admin?x=1#");
    hook(&app, &v).await;
    for (what, _) in s.asked.lock().unwrap().iter() {
        assert!(!what.starts_with("admin"), "{what}");
    }
}

#[tokio::test]
async fn faults_of_the_server_are_said_and_hold_nothing_up() {
    for (how, words) in
        [("error", "answered 403"), ("redirect", "answered 302"), ("slow", "in time"), ("large", "too large")]
    {
        let s = stand(how).await;
        let app = with(listed(&s)).await;
        let begun = std::time::Instant::now();
        let v = hook(&app, &bare_call(&s.base)).await;
        assert!(begun.elapsed() < Duration::from_secs(2), "{how}");
        let text = v["cards"].to_string();
        assert!(text.contains(words) && !text.contains("secret"), "{how}: {text}");
    }
    let s = stand("elsewhere").await;
    let app = with(listed(&s)).await;
    hook(&app, &bare_call(&s.base)).await;
    assert_eq!(
        s.asked.lock().unwrap().iter().filter(|a| a.0 == "MedicationRequest").count(),
        1,
        "a next page elsewhere is not followed"
    );
}
