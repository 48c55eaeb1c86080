//! A small authorisation server with a record, and the launches against it over sockets.
use crate::support::state;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use posology_page::{Issuer, SmartSettings, router};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;

type Map = BTreeMap<String, String>;

#[derive(Default)]
struct Ehr {
    base: Mutex<String>,
    /// What was asked, by code.
    codes: Mutex<BTreeMap<String, Map>>,
    /// Answers of `/authorize`, as asked.
    asked: Mutex<Vec<Map>>,
    without_pkce: Mutex<bool>,
    refuse: Mutex<bool>,
    forbid: Mutex<Option<&'static str>>,
    away: Mutex<bool>,
    secret: Mutex<Option<&'static str>>,
    expires: Mutex<u64>,
    reads: Mutex<Vec<String>>,
}

const TOKEN: &str = "token-that-must-not-leave";

async fn configuration(State(e): State<Arc<Ehr>>) -> Json<Value> {
    let base = e.base.lock().unwrap().clone();
    let ways = if *e.without_pkce.lock().unwrap() { vec!["plain"] } else { vec!["S256"] };
    Json(
        json!({ "issuer": base, "authorization_endpoint": format!("{base}/authorize"), "token_endpoint": format!("{base}/token"),
        "code_challenge_methods_supported": ways, "capabilities": ["launch-ehr", "launch-standalone"] }),
    )
}

async fn authorize(State(e): State<Arc<Ehr>>, Query(q): Query<Map>) -> Response {
    e.asked.lock().unwrap().push(q.clone());
    let back = q["redirect_uri"].clone();
    if *e.refuse.lock().unwrap() {
        return Redirect::to(&format!(
            "{back}?error=access_denied&error_description=not%20today&state={}",
            q["state"]
        ))
        .into_response();
    }
    let code = format!("code-{}", e.codes.lock().unwrap().len());
    let state = q["state"].clone();
    e.codes.lock().unwrap().insert(code.clone(), q);
    Redirect::to(&format!("{back}?code={code}&state={state}")).into_response()
}

async fn token(State(e): State<Arc<Ehr>>, headers: HeaderMap, Form(f): Form<Map>) -> Response {
    let refused = |why: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": why }))).into_response();
    let Some(asked) = e.codes.lock().unwrap().remove(&f["code"]) else { return refused("invalid_grant") };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(f["code_verifier"].as_bytes()));
    let good = f["grant_type"] == "authorization_code"
        && f["redirect_uri"] == asked["redirect_uri"]
        && challenge == asked["code_challenge"];
    if !good {
        return refused("invalid_grant");
    }
    match *e.secret.lock().unwrap() {
        Some(secret) => {
            let wanted = base64::engine::general_purpose::STANDARD.encode(format!("posology:{secret}"));
            if headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok())
                != Some(&format!("Basic {wanted}"))
            {
                return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" })))
                    .into_response();
            }
        }
        None if f.get("client_id").map(String::as_str) == Some("posology") => {}
        None => return refused("invalid_client"),
    }
    Json(json!({ "access_token": TOKEN, "token_type": "Bearer", "expires_in": *e.expires.lock().unwrap(), "patient": "p1", "scope": asked["scope"] })).into_response()
}

async fn read(
    State(e): State<Arc<Ehr>>,
    Path(path): Path<String>,
    Query(q): Query<Map>,
    headers: HeaderMap,
) -> Response {
    if headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()) != Some(&format!("Bearer {TOKEN}")) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let page = q.get("page").cloned().unwrap_or_default();
    e.reads.lock().unwrap().push(format!("{path} {page}"));
    if *e.forbid.lock().unwrap() == Some(path.as_str()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let base = e.base.lock().unwrap().clone();
    let drug = |id: &str, name: &str, sig: &str, start: &str| {
        json!({ "resource": { "resourceType": "MedicationRequest", "id": id, "status": "active", "intent": "order", "subject": { "reference": "Patient/p1" },
            "medicationCodeableConcept": { "text": name }, "authoredOn": start, "dosageInstruction": [{ "text": sig }] } })
    };
    let body = match path.as_str() {
        "Patient/p1" => {
            json!({ "resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1959-03-02" })
        }
        "MedicationRequest" if page.is_empty() => {
            let next = if *e.away.lock().unwrap() {
                "http://127.0.0.1:1/fhir?page=2".to_owned()
            } else {
                format!("{base}/MedicationRequest?patient=p1&page=2")
            };
            json!({ "resourceType": "Bundle", "type": "searchset", "link": [{ "relation": "next", "url": next }],
                "entry": [drug("m1", "oxycodone 10 mg tablet", "1 tablet every 6 hours", "2026-08-03")] })
        }
        "MedicationRequest" => {
            json!({ "resourceType": "Bundle", "type": "searchset", "entry": [drug("m2", "diazepam 5 mg tablet", "1 tablet three times a day", "2026-10-01")] })
        }
        _ => json!({ "resourceType": "Bundle", "type": "searchset", "entry": [] }),
    };
    Json(body).into_response()
}

struct Setup {
    ehr: Arc<Ehr>,
    /// Address of the page, and of the server of records.
    page: String,
    fhir: String,
    client: reqwest::Client,
}

async fn setup(lifetime: Duration, secret: Option<&'static str>) -> Setup {
    let ehr = Arc::new(Ehr { expires: Mutex::new(3600), secret: Mutex::new(secret), ..Ehr::default() });
    let records = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let fhir = format!("http://{}", records.local_addr().unwrap());
    fhir.clone_into(&mut ehr.base.lock().unwrap());
    let server = Router::new()
        .route("/.well-known/smart-configuration", get(configuration))
        .route("/authorize", get(authorize))
        .route("/token", post(token))
        .route("/{*path}", get(read))
        .with_state(ehr.clone());
    tokio::spawn(async move { axum::serve(records, server).await });
    let pages = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let page = format!("http://{}", pages.local_addr().unwrap());
    let issuer = Issuer {
        name: "Test records".into(),
        url: fhir.clone(),
        client_id: "posology".into(),
        client_secret: secret.map(str::to_owned),
    };
    let settings = SmartSettings { lifetime, ..SmartSettings::new(&page, vec![issuer]) };
    let app = router(state().smart(settings));
    tokio::spawn(async move { axum::serve(pages, app).await });
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    Setup { ehr, page, fhir, client }
}

struct Step {
    status: u16,
    to: String,
    cookies: Vec<String>,
    text: String,
}

impl Setup {
    async fn go(&self, address: &str, cookies: &[String]) -> Step {
        let address =
            if address.starts_with('/') { format!("{}{address}", self.page) } else { address.to_owned() };
        let jar: Vec<&str> = cookies.iter().filter_map(|c| c.split(';').next()).collect();
        let r = self.client.get(address).header("cookie", jar.join("; ")).send().await.unwrap();
        Step {
            status: r.status().as_u16(),
            to: r.headers().get("location").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned(),
            cookies: r
                .headers()
                .get_all("set-cookie")
                .iter()
                .filter_map(|v| v.to_str().ok())
                .map(str::to_owned)
                .collect(),
            text: r.text().await.unwrap(),
        }
    }

    /// From the beginning to the last redirect of the page itself: the answer of the callback.
    async fn sign_in(&self, first: &str) -> Step {
        let begun = self.go(first, &[]).await;
        assert_eq!(begun.status, 303, "{}", begun.text);
        let signed = self.go(&begun.to, &[]).await;
        self.go(&signed.to, &begun.cookies).await
    }

    fn ehr_launch(&self) -> String {
        format!("/smart/launch?iss={}&launch=xyz", self.fhir)
    }
}

/// Tests of this crate need a provider of TLS as the page has it, before the first client is made.
fn provider() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

const HALF_HOUR: Duration = Duration::from_secs(1800);

#[tokio::test]
async fn a_launch_from_the_record_system_opens_the_patient() {
    provider();
    let s = setup(HALF_HOUR, None).await;
    let back = s.sign_in(&s.ehr_launch()).await;
    assert_eq!((back.status, back.to.as_str()), (303, "/smart/patient"), "{}", back.text);
    let session = back.cookies.iter().find(|c| c.starts_with("posology-smart=")).expect("a session");
    assert!(
        session.contains("HttpOnly") && session.contains("SameSite=Lax") && session.contains("Max-Age=1800"),
        "{session}"
    );
    let page = s.go("/smart/patient", &back.cookies).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(
        page.text.contains("Opioid with benzodiazepine or Z-drug: oxycodone and diazepam"),
        "the second page of the record is read too"
    );
    assert!(page.text.contains("Female, 67 years"));
    assert!(!page.text.contains(TOKEN) && !session.contains(TOKEN), "the token stays on the server");
    let asked = s.ehr.asked.lock().unwrap()[0].clone();
    assert_eq!(
        (asked["launch"].as_str(), asked["aud"].as_str(), asked["code_challenge_method"].as_str()),
        ("xyz", s.fhir.as_str(), "S256")
    );
    assert!(
        asked["scope"].starts_with("launch openid") && !asked["scope"].contains(".c"),
        "reads only: {}",
        asked["scope"]
    );
    let home = s.go("/", &back.cookies).await;
    assert!(home.text.contains("Load the patient of the record system again"));
    let end = s
        .client
        .post(format!("{}/smart/end", s.page))
        .header("cookie", session.split(';').next().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(end.status().as_u16(), 303);
    assert_eq!(s.go("/smart/patient", &back.cookies).await.status, 401);
}

#[tokio::test]
async fn a_launch_from_the_page_itself_with_a_secret() {
    provider();
    let s = setup(HALF_HOUR, Some("s3cret")).await;
    let home = s.go("/", &[]).await;
    assert!(home.text.contains("/smart/start?issuer=0") && home.text.contains("Test records"));
    let back = s.sign_in("/smart/start?issuer=0").await;
    assert_eq!(back.status, 303, "{}", back.text);
    let asked = s.ehr.asked.lock().unwrap()[0].clone();
    assert!(asked["scope"].starts_with("launch/patient ") && !asked.contains_key("launch"));
    assert_eq!(s.go("/smart/patient", &back.cookies).await.status, 200);
    assert_eq!(s.go("/smart/start?issuer=7", &[]).await.status, 404);
}

#[tokio::test]
async fn strangers_are_refused() {
    provider();
    let s = setup(HALF_HOUR, None).await;
    for iss in ["http://127.0.0.1:1", "https://evil.example/fhir", "", &format!("{}.evil.example", s.fhir)] {
        let a = s.go(&format!("/smart/launch?iss={iss}&launch=x"), &[]).await;
        assert_eq!(a.status, 403, "{iss}");
    }
    assert!(s.ehr.asked.lock().unwrap().is_empty() && s.ehr.reads.lock().unwrap().is_empty());
    assert_eq!(s.go("/smart/patient", &["posology-smart=guess".to_owned()]).await.status, 401);
    *s.ehr.without_pkce.lock().unwrap() = true;
    let a = s.go(&s.ehr_launch(), &[]).await;
    assert!(a.status == 502 && a.text.contains("PKCE"), "{}", a.text);
}

#[tokio::test]
async fn a_sign_in_holds_once_and_in_one_browser() {
    provider();
    let s = setup(HALF_HOUR, None).await;
    let begun = s.go(&s.ehr_launch(), &[]).await;
    let signed = s.go(&begun.to, &[]).await;
    let elsewhere = s.go(&signed.to, &["posology-smart-start=other".to_owned()]).await;
    assert!(elsewhere.status == 400 && elsewhere.text.contains("another browser"));
    let late = s.go(&signed.to, &begun.cookies).await;
    assert_eq!(late.status, 400, "the state is used up");
    assert_eq!(s.go("/smart/callback?code=code-0&state=made-up", &begun.cookies).await.status, 400);
    *s.ehr.refuse.lock().unwrap() = true;
    let refused = s.sign_in(&s.ehr_launch()).await;
    assert!(refused.status == 403 && refused.text.contains("not today"), "{}", refused.text);
}

#[tokio::test]
async fn a_session_ends_with_its_time() {
    provider();
    let s = setup(Duration::ZERO, None).await;
    let back = s.sign_in(&s.ehr_launch()).await;
    assert_eq!(s.go("/smart/patient", &back.cookies).await.status, 401, "the page's own limit");
    let s = setup(HALF_HOUR, None).await;
    *s.ehr.expires.lock().unwrap() = 0;
    let back = s.sign_in(&s.ehr_launch()).await;
    assert_eq!(s.go("/smart/patient", &back.cookies).await.status, 401, "the server's limit");
}

#[tokio::test]
async fn what_the_server_does_not_give_is_named() {
    provider();
    let s = setup(HALF_HOUR, None).await;
    *s.ehr.forbid.lock().unwrap() = Some("Condition");
    *s.ehr.away.lock().unwrap() = true;
    let back = s.sign_in(&s.ehr_launch()).await;
    let page = s.go("/smart/patient", &back.cookies).await;
    assert!(page.text.contains("Condition: ") && page.text.contains("403"), "{}", page.text);
    assert!(page.text.contains("its next page is at another server"));
    *s.ehr.forbid.lock().unwrap() = Some("Patient/p1");
    let none = s.go("/smart/patient", &back.cookies).await;
    assert_eq!(none.status, 502, "no patient is no review");
}
