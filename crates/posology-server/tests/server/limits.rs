//! A checker that is slow or fails, clients that go away, bodies that never end: nothing of it holds up an order or piles up.
use crate::support::*;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use posology_server::app::App;
use posology_server::config::{Config, Limits};
use posology_server::work::Checker;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use tower::ServiceExt as _;

/// A checker that waits until it is let go, and counts how many wait.
#[derive(Clone, Default)]
pub struct Gate(Arc<(Mutex<bool>, Condvar)>, Arc<AtomicUsize>);

impl Gate {
    pub fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }
    pub fn waiting(&self) -> usize {
        self.1.load(Ordering::SeqCst)
    }
    pub fn checker(&self) -> Checker {
        let gate = self.clone();
        Checker(Arc::new(move |case, kb, settings| {
            gate.1.fetch_add(1, Ordering::SeqCst);
            let open = gate.0.0.lock().unwrap();
            drop(gate.0.1.wait_while(open, |open| !*open).unwrap());
            gate.1.fetch_sub(1, Ordering::SeqCst);
            posology_review::review(case, kb, settings)
        }))
    }
    pub async fn until_waiting(&self, n: usize) {
        while self.waiting() != n {
            tokio::task::yield_now().await;
        }
    }
}

/// Opens the gate also where a test fails: the threads behind it must end.
impl Drop for Gate {
    fn drop(&mut self) {
        self.open();
    }
}

fn order_sign() -> Value {
    ask("order-sign", &[oxycodone()], &[diazepam("d1", "1 tablet three times a day", "draft")])
}

fn with(limits: Limits) -> Config {
    Config { limits, ..config() }
}

pub fn says_that_it_did_not_run(v: &Value) {
    check(v);
    let c = &v["cards"][0];
    assert_eq!(v["cards"].as_array().unwrap().len(), 1);
    assert_eq!(c["indicator"], "warning");
    assert!(c["summary"].as_str().unwrap().contains("did not run"), "{v:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_checker_is_answered_for_in_time_and_does_not_pile_up() {
    let gate = Gate::default();
    let limits = Limits { hook_ms: 50, in_flight: 3, ..Limits::default() };
    let app = App::with_checker(with(limits), kb(), gate.checker()).await.unwrap();
    // Three are given up while they compute; each still has its place.
    for n in 1..=3 {
        says_that_it_did_not_run(&hook(&app, &order_sign()).await);
        gate.until_waiting(n).await;
    }
    // The fourth is turned away and starts nothing.
    let fourth = hook(&app, &order_sign()).await;
    says_that_it_did_not_run(&fourth);
    assert!(fourth["cards"][0]["detail"].as_str().unwrap().contains("more calls in work"), "{fourth:#}");
    assert_eq!(gate.waiting(), 3);
    // The other doors compute in the same places.
    let fhir = call(&app, post("/fhir/$review", bundle(&[oxycodone()]).to_string())).await;
    assert_eq!(fhir.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(fhir.json()["issue"][0]["code"], "throttled");
    let rxnav = call(&app, get("/REST/interaction/list.json?rxcuis=197591+1049621")).await;
    assert_eq!(rxnav.status, StatusCode::SERVICE_UNAVAILABLE);
    gate.open();
    gate.until_waiting(0).await;
    // Places come back as computations end.
    while app.0.room.available_permits() < 3 {
        tokio::task::yield_now().await;
    }
    let app =
        App::with_checker(with(Limits { hook_ms: 60_000, ..limits }), kb(), gate.checker()).await.unwrap();
    let v = hook(&app, &order_sign()).await;
    assert_eq!(v["cards"][0]["indicator"], "critical");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_other_door_has_a_time_limit() {
    let gate = Gate::default();
    let limits = Limits { request_ms: 50, ..Limits::default() };
    let app = App::with_checker(with(limits), kb(), gate.checker()).await.unwrap();
    let record = bundle(&[json!({ "resourceType": "Patient", "id": "p1" }), oxycodone()]);
    let fhir = call(&app, post("/fhir/$review", record.to_string())).await;
    assert_eq!(
        (fhir.status, &fhir.json()["issue"][0]["code"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("timeout"))
    );
    let rxnav = call(&app, get("/REST/interaction/list.json?rxcuis=197591+1049621")).await;
    assert_eq!(rxnav.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_go_away_do_not_use_the_service_up() {
    let gate = Gate::default();
    let limits = Limits { in_flight: 2, ..Limits::default() };
    let app = App::with_checker(with(limits), kb(), gate.checker()).await.unwrap();
    for _ in 0..5 {
        let request: Request<Body> = post("/cds-services/posology-order-sign", order_sign().to_string());
        // As a server does when the connection breaks: the future is dropped while it waits.
        let going = app.router().oneshot(request);
        let _ = tokio::time::timeout(std::time::Duration::from_millis(20), going).await;
    }
    gate.open();
    while app.0.room.available_permits() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(app.0.metrics.in_flight.get(), 0);
    assert_eq!(hook(&app, &order_sign()).await["cards"][0]["indicator"], "critical");
}

#[tokio::test]
async fn a_checker_that_panics_is_answered_for() {
    let checker = Checker(Arc::new(|_, _, _| panic!("a fault put in by the test")));
    let app = App::with_checker(config(), kb(), checker).await.unwrap();
    says_that_it_did_not_run(&hook(&app, &order_sign()).await);
    let fhir = call(&app, post("/fhir/$review", bundle(&[oxycodone()]).to_string())).await;
    assert_eq!(fhir.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(call(&app, get("/healthz")).await.status, StatusCode::OK);
}
