//! A service in memory, calls of it, and the schema that every answer of a hook must meet.
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use posology_knowledge::{Corpus, KnowledgeBase};
use posology_server::app::App;
use posology_server::config::Config;
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};
use tower::ServiceExt as _;

pub const DAY: &str = "2026-11-24";

pub fn kb() -> Arc<KnowledgeBase> {
    static KB: OnceLock<Arc<KnowledgeBase>> = OnceLock::new();
    Arc::clone(
        KB.get_or_init(|| Arc::new(KnowledgeBase::new(Corpus::from_bytes(posology_corpus::BYTES).unwrap()))),
    )
}

pub fn config() -> Config {
    Config { as_of: Some(DAY.parse().unwrap()), page: false, ..Config::default() }
}

pub async fn app() -> App {
    App::new(config(), kb()).await.unwrap()
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.bytes)))
    }
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

pub async fn call(app: &App, req: Request<Body>) -> Answer {
    let r = app.router().oneshot(req).await.unwrap();
    let (parts, body) = r.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, bytes }
}

pub fn get(path: &str) -> Request<Body> {
    Request::get(path).header("host", "127.0.0.1:8080").body(Body::empty()).unwrap()
}

pub fn post(path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path)
        .header("host", "127.0.0.1:8080")
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}

/// Calls a hook and holds the answer against the schema, and against what this service promises beyond it.
pub async fn hook(app: &App, body: &Value) -> Value {
    let name = body["hook"].as_str().unwrap();
    let a = call(app, post(&format!("/cds-services/posology-{name}"), body.to_string())).await;
    assert_eq!(a.status, StatusCode::OK, "{}", a.text());
    let v = a.json();
    check(&v);
    v
}

pub fn check(v: &Value) {
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
    let schema = SCHEMA.get_or_init(|| {
        let text = include_str!("../../../../schema/cds-hooks-2.0-response.schema.json");
        jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
    });
    let faults: Vec<String> = schema.iter_errors(v).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}\n{v:#}");
    let cards = v["cards"].as_array().unwrap();
    assert!(cards.len() <= 5, "{} cards", cards.len());
    let critical = cards.iter().filter(|c| c["indicator"] == "critical").count();
    assert!(critical <= 1);
    assert!(critical == 0 || cards[0]["indicator"] == "critical", "the critical card comes first");
}

pub fn request(text: &str, id: &str, code: Option<(&str, &str)>, sig: &str, status: &str) -> Value {
    let mut concept = json!({ "text": text });
    if let Some((code, display)) = code {
        concept["coding"] = json!([{ "system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": code, "display": display }]);
    }
    json!({
        "resourceType": "MedicationRequest", "id": id, "status": status, "intent": "order", "authoredOn": "2026-09-01",
        "subject": { "reference": "Patient/p1" }, "medicationCodeableConcept": concept,
        "dosageInstruction": [{ "text": sig }],
    })
}

pub fn bundle(list: &[Value]) -> Value {
    json!({ "resourceType": "Bundle", "type": "searchset", "entry": list.iter().map(|r| json!({ "resource": r })).collect::<Vec<_>>() })
}

/// A call: drugs taken, drafts.
pub fn ask(name: &str, taken: &[Value], drafts: &[Value]) -> Value {
    let mut v = json!({
        "hook": name,
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": { "userId": "Practitioner/1", "patientId": "p1" },
        "prefetch": {
            "patient": { "resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1959-03-14" },
            "medications": bundle(taken),
            "statements": bundle(&[]), "conditions": bundle(&[]), "allergies": bundle(&[]), "observations": bundle(&[]),
        },
    });
    if name != "patient-view" {
        v["context"]["draftOrders"] = bundle(drafts);
        if name == "order-select" {
            v["context"]["selections"] = drafts
                .iter()
                .map(|d| json!(format!("MedicationRequest/{}", d["id"].as_str().unwrap())))
                .collect();
        }
    }
    v
}

pub fn oxycodone() -> Value {
    request(
        "oxycodone hydrochloride 10 MG Oral Tablet",
        "oxy",
        Some(("1049621", "oxycodone hydrochloride 10 MG Oral Tablet")),
        "1 tablet every 6 hours",
        "active",
    )
}

pub fn diazepam(id: &str, sig: &str, status: &str) -> Value {
    request("diazepam 5 MG Oral Tablet", id, Some(("197591", "diazepam 5 MG Oral Tablet")), sig, status)
}

pub fn summaries(v: &Value) -> Vec<String> {
    v["cards"].as_array().unwrap().iter().map(|c| c["summary"].as_str().unwrap().to_owned()).collect()
}

pub fn card<'v>(v: &'v Value, rule: &str) -> &'v Value {
    v["cards"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["source"]["topic"]["code"] == rule)
        .unwrap_or_else(|| panic!("no card of {rule}: {:?}", summaries(v)))
}
