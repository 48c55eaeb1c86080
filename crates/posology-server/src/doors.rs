//! Small doors: health, figures, saved plans, and the first page.
use crate::app::App;
use crate::clock;
use crate::ids::hex;
use crate::problem::Problem;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use posology_taper::Plan;
use serde::Serialize;
use std::sync::atomic::Ordering;

/// Doors for everybody.
pub fn open() -> Router<App> {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz))
}

/// Doors that ask for a token where tokens are set.
pub fn guarded() -> Router<App> {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/plans", post(save_plan))
        .route("/plans/{id}", get(saved_plan))
}

/// A page that names the doors, where no other is given.
pub fn page() -> Router<App> {
    Router::new().route("/", get(first_page))
}

async fn first_page(State(app): State<App>) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Posology</title></head><body><h1>Posology</h1>\
         <p>Medication reviews, as of {} with the knowledge {}. Decision support for professionals.</p><ul>\
         <li><a href=\"/cds-services\">CDS Hooks</a></li><li><a href=\"/fhir/metadata\">FHIR</a></li>\
         <li><a href=\"/REST/interaction/sources.json\">Interactions in the shapes of RxNav</a></li>\
         <li><a href=\"/openapi.json\">OpenAPI</a></li></ul></body></html>",
        app.settings().as_of,
        app.0.kb.version()
    ))
}

/// Alive.
#[utoipa::path(get, path = "/healthz", tag = "running", responses((status = 200, description = "The service runs", body = String, content_type = "text/plain")))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready for work.
#[utoipa::path(get, path = "/readyz", tag = "running",
    responses((status = 200, description = "Ready", body = String, content_type = "text/plain"),
              (status = 503, description = "The store cannot be written, or the service is about to end", body = Problem)))]
pub async fn readyz(State(app): State<App>) -> Result<&'static str, Problem> {
    let no = |why: &str| Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not ready", why));
    if app.0.ending.load(Ordering::Relaxed) {
        return no("The service is about to end.");
    }
    if !app.0.store.healthy() {
        return no("The store cannot be written.");
    }
    Ok("ready\n")
}

/// Figures.
#[utoipa::path(get, path = "/metrics", tag = "running",
    responses((status = 200, description = "Figures for Prometheus", body = String, content_type = "application/openmetrics-text"),
              (status = 401, description = "A token is needed", body = Problem)))]
pub async fn metrics(State(app): State<App>) -> Response {
    let text = app.0.metrics.text(app.0.store.counters());
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text)
        .into_response()
}

/// Where a plan was saved.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Saved {
    /// Id: who knows it can read the plan.
    pub id: String,
}

/// Keeps a plan.
#[utoipa::path(post, path = "/plans", tag = "plans",
    request_body(content = Object, description = "A plan as posology taper --format json writes it", content_type = "application/json"),
    responses((status = 201, description = "It is kept and on disk", body = Saved),
              (status = 400, description = "No plan", body = Problem),
              (status = 401, description = "A token is needed", body = Problem),
              (status = 413, description = "The body is too large", body = Problem),
              (status = 415, description = "The body is not JSON", body = Problem),
              (status = 503, description = "The store is not available", body = Problem)))]
pub async fn save_plan(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Saved>), Problem> {
    let body = crate::cds::json_body(&headers, body)?;
    let plan: Plan = serde_json::from_slice(&body).map_err(|e| {
        Problem::bad(
            "this is no plan",
            format!(
                "Line {}, column {}. Send what posology taper --format json writes.",
                e.line(),
                e.column()
            ),
        )
    })?;
    let text = serde_json::to_string(&plan).unwrap_or_default();
    let mut random = [0u8; 16];
    if rustls::crypto::ring::default_provider().secure_random.fill(&mut random).is_err() {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no id can be made", "Send it again."));
    }
    let id = hex(&random);
    let facts = vec![format!("substance:{}", plan.substance.id)];
    app.0
        .store
        .plan(id.clone(), clock::now().to_string(), text, facts)
        .await
        .map_err(|e| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the plan was not kept", e.to_string()))?;
    Ok((StatusCode::CREATED, Json(Saved { id })))
}

/// A plan that was kept.
#[utoipa::path(get, path = "/plans/{id}", tag = "plans",
    params(("id" = String, Path, description = "Id of the plan")),
    responses((status = 200, description = "The plan", body = Object, content_type = "application/json"),
              (status = 401, description = "A token is needed", body = Problem),
              (status = 404, description = "No such plan", body = Problem),
              (status = 503, description = "The store is not available", body = Problem)))]
pub async fn saved_plan(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Problem> {
    let missing = || Problem::missing("there is no such plan", "The id is what POST /plans answered.");
    if id.len() != 32 || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(missing());
    }
    let found = app.0.store.saved_plan(&id).await;
    match found.map_err(|e| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the store cannot be read", e.to_string())
    })? {
        Some(plan) => Ok(([(header::CONTENT_TYPE, "application/json")], plan).into_response()),
        None => Err(missing()),
    }
}
