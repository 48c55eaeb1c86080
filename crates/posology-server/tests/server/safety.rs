//! What must hold whoever calls.
use crate::support::*;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use posology_server::app::App;
use posology_server::config::{Config, Limits};
use sha2::Digest as _;

#[tokio::test]
async fn every_answer_has_the_headers_and_an_id() {
    let app = app().await;
    for path in ["/cds-services", "/none", "/healthz", "/openapi.json", "/REST/interaction/sources.json"] {
        let a = call(&app, get(path)).await;
        for (name, part) in [
            ("content-security-policy", "default-src 'self'"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
        ] {
            assert!(a.headers[name].to_str().unwrap().contains(part), "{path}: {name}");
        }
        assert!(!a.headers["x-request-id"].is_empty());
    }
}

#[tokio::test]
async fn another_host_is_not_answered_on_loopback() {
    let app = app().await;
    for (host, ok) in [
        ("127.0.0.1:8080", true),
        ("localhost:9", true),
        ("[::1]:80", true),
        ("evil.example", false),
        ("localhost.evil.example:80", false),
        ("127.0.0.1.evil.example", false),
    ] {
        let r = Request::get("/cds-services").header("host", host).body(Body::empty()).unwrap();
        let s = call(&app, r).await.status;
        assert_eq!(s == StatusCode::OK, ok, "{host}: {s}");
    }
}

#[tokio::test]
async fn large_bodies_and_forms_are_refused() {
    let app =
        App::new(Config { limits: Limits { body_bytes: 1_000, ..Limits::default() }, ..config() }, kb())
            .await
            .unwrap();
    let path = "/cds-services/posology-order-sign";
    assert_eq!(call(&app, post(path, "x".repeat(2_000))).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(
        call(&app, post("/fhir/$review", "x".repeat(2_000))).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let form = Request::post(path)
        .header("host", "localhost")
        .header("content-type", "text/plain")
        .body(Body::from("{}"))
        .unwrap();
    assert_eq!(call(&app, form).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn doors_that_are_no_hooks_ask_for_a_token_where_one_is_set() {
    let hash: String = sha2::Sha256::digest(b"right").iter().map(|b| format!("{b:02x}")).collect();
    let app = App::new(Config { token_sha256: vec![hash], ..config() }, kb()).await.unwrap();
    for path in ["/fhir/metadata", "/metrics", "/REST/interaction/sources.json", "/plans/x", "/mcp"] {
        assert_eq!(call(&app, get(path)).await.status, StatusCode::UNAUTHORIZED, "{path}");
        let mut r = get(path);
        r.headers_mut().insert("authorization", "Bearer wrong".parse().unwrap());
        assert_eq!(call(&app, r).await.status, StatusCode::UNAUTHORIZED, "{path}");
        let mut r = get(path);
        r.headers_mut().insert("authorization", "Bearer right".parse().unwrap());
        assert_ne!(call(&app, r).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    for path in ["/healthz", "/readyz", "/cds-services"] {
        assert_eq!(call(&app, get(path)).await.status, StatusCode::OK, "{path}");
    }
    let open = App::new(
        Config { rxnav_open: true, token_sha256: app.0.config.token_sha256.clone(), ..config() },
        kb(),
    )
    .await
    .unwrap();
    assert_eq!(call(&open, get("/REST/interaction/sources.json")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn figures_name_routes_and_no_patient() {
    let app = app().await;
    let mut v = ask("order-sign", &[oxycodone()], &[diazepam("d1", "1 a day", "draft")]);
    v["context"]["patientId"] = serde_json::json!("p1");
    hook(&app, &v).await;
    call(&app, get("/plans/secretname")).await;
    call(&app, get("/REST/interaction/list.json?rxcuis=secretname")).await;
    let text = call(&app, get("/metrics")).await.text();
    assert!(text.contains("posology_requests_total{route=\"/cds-services/{id}\",class=\"2xx\"}"), "{text}");
    assert!(text.contains("outcome=\"answered\"") && !text.contains("secretname") && !text.contains("p1\""));
}

#[tokio::test]
async fn a_plan_is_kept_and_only_its_id_finds_it() {
    let app = app().await;
    let request = posology_taper::Request::new("diazepam", 15.0, 3, DAY.parse().unwrap());
    let plan = posology_taper::plan(&kb(), &request).unwrap();
    let a = call(&app, post("/plans", serde_json::to_string(&plan).unwrap())).await;
    assert_eq!(a.status, StatusCode::CREATED);
    let id = a.json()["id"].as_str().unwrap().to_owned();
    let back: posology_taper::Plan =
        serde_json::from_slice(&call(&app, get(&format!("/plans/{id}"))).await.bytes).unwrap();
    assert_eq!(serde_json::to_value(&back).unwrap(), serde_json::to_value(&plan).unwrap());
    for bad in ["x", "' OR 1=1 --", &"0".repeat(32)] {
        let path = format!("/plans/{}", bad.replace(' ', "%20").replace('\'', "%27"));
        assert_eq!(call(&app, get(&path)).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(call(&app, post("/plans", "{\"x\":1}")).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn text_that_means_something_to_a_database_is_text() {
    let app = app().await;
    let mut v = ask("order-sign", &[oxycodone()], &[diazepam("d1", "1 tablet three times a day", "draft")]);
    v["fhirServer"] = serde_json::json!("https://x/'; DROP TABLE reviews; --");
    v["hookInstance"] = serde_json::json!("'); DELETE FROM audit; --");
    let r = hook(&app, &v).await;
    let body = serde_json::json!({ "feedback": [{ "card": r["cards"][0]["uuid"], "outcome": "overridden", "outcomeTimestamp": "2026-11-24T10:05:31Z",
        "overrideReason": { "reason": { "code": "'; DROP TABLE feedback; --" }, "userComment": "\u{0}'; --" } }] });
    assert_eq!(
        call(&app, post("/cds-services/posology-order-sign/feedback", body.to_string())).await.status,
        StatusCode::OK
    );
    let report = call(&app, get("/feedback/rules")).await.json();
    assert!(report.to_string().contains("'; DROP TABLE feedback; --"));
}
