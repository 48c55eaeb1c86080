//! CDS Hooks 2.0: discovery, three hooks, feedback. `docs/cds-hooks.md` is the page for people.
mod answer;
pub mod cards;
pub mod discovery;
mod fault;
mod feedback;
pub mod fetch;
mod overridden;
pub mod read;
pub mod request;
mod suggest;
mod text;
pub mod wire;

pub use fault::{Fault, not_run};

use crate::app::App;
use axum::Router;
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

/// The doors of CDS Hooks.
pub fn router(app: &App) -> Router<App> {
    let base = app.0.base.clone();
    let hooks = Router::new()
        .route("/cds-services/{id}", post(answer::hook))
        // Whatever goes wrong inside, an order is not held up: the card says that the check did not run.
        .layer(CatchPanicLayer::custom(move |_| not_run(&base, Fault::Internal)));
    Router::new()
        .route("/cds-services", get(answer::services))
        .route("/cds-services/{id}/feedback", post(feedback::feedback))
        .route("/feedback/rules", get(feedback::rules))
        .merge(hooks)
}

pub(crate) use answer::{__path_hook, __path_services, json_body};
pub(crate) use feedback::{__path_feedback, __path_rules};
