//! What the open cds-hooks sandbox does in a browser, call by call: its preflights, its discovery, its calls with a token of its own, its feedback.
use crate::support::*;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use posology_server::app::App;
use posology_server::config::Config;

const ORIGIN: &str = "http://localhost:8090";

fn preflight(path: &str, origin: &str, method: &str, headers: &str) -> Request<Body> {
    Request::options(path)
        .header("host", "127.0.0.1:8080")
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", headers)
        .body(Body::empty())
        .unwrap()
}

#[tokio::test]
async fn its_preflights_are_answered() {
    let app = app().await;
    for (path, method, headers) in [
        ("/cds-services", "GET", "authorization"),
        ("/cds-services/posology-order-sign", "POST", "authorization,content-type"),
        ("/cds-services/posology-order-sign/feedback", "POST", "authorization,content-type"),
    ] {
        let a = call(&app, preflight(path, ORIGIN, method, headers)).await;
        assert!(a.status.is_success(), "{path}: {}", a.status);
        assert_eq!(a.headers["access-control-allow-origin"], ORIGIN);
        assert!(a.headers["access-control-allow-methods"].to_str().unwrap().contains(method));
        let allowed = a.headers["access-control-allow-headers"].to_str().unwrap().to_ascii_lowercase();
        assert!(headers.split(',').all(|h| allowed.contains(h)), "{allowed}");
    }
}

#[tokio::test]
async fn other_origins_are_not_allowed_unless_listed() {
    let app = app().await;
    for origin in ["https://evil.example", "http://localhost.evil.example", "null"] {
        let a = call(&app, preflight("/cds-services", origin, "GET", "authorization")).await;
        assert!(a.headers.get("access-control-allow-origin").is_none(), "{origin}");
    }
    let listed = App::new(Config { cors_origins: vec!["https://ehr.example".into()], ..config() }, kb())
        .await
        .unwrap();
    let a = call(&listed, preflight("/cds-services", "https://ehr.example", "GET", "authorization")).await;
    assert_eq!(a.headers["access-control-allow-origin"], "https://ehr.example");
}

#[tokio::test]
async fn its_calls_are_answered_with_a_token_that_nobody_registered() {
    let app = app().await;
    let mut r = get("/cds-services");
    r.headers_mut().insert("origin", ORIGIN.parse().unwrap());
    r.headers_mut().insert("authorization", "Bearer eyJhbGciOiJFUzM4NCJ9.e30.c2ln".parse().unwrap());
    let a = call(&app, r).await;
    assert_eq!(a.status, StatusCode::OK);
    assert_eq!(a.headers["access-control-allow-origin"], ORIGIN);
    // It sends its prefetch under the keys of discovery, with empty searchsets, and its FHIR server without a token for it.
    let mut v =
        ask("patient-view", &[oxycodone(), diazepam("d", "1 tablet three times a day", "active")], &[]);
    v["fhirServer"] = serde_json::json!("http://localhost:8091/fhir");
    let mut r = post("/cds-services/posology-patient-view", v.to_string());
    r.headers_mut().insert("origin", ORIGIN.parse().unwrap());
    r.headers_mut().insert("accept", "application/json".parse().unwrap());
    let a = call(&app, r).await;
    check(&a.json());
    assert_eq!(a.headers["access-control-allow-origin"], ORIGIN);
}
