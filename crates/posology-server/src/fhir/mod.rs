//! `POST /fhir/$review` and what describes it.
mod metadata;
mod operation;

use crate::app::App;
use axum::Router;
use axum::routing::{get, post};

/// The doors.
pub fn router() -> Router<App> {
    Router::new()
        .route("/fhir/$review", post(operation::review_record))
        // Some clients escape the dollar.
        .route("/fhir/%24review", post(operation::review_record))
        .route("/fhir/metadata", get(metadata::metadata))
        .route("/fhir/OperationDefinition/review", get(metadata::definition))
}

pub(crate) use metadata::{__path_definition, __path_metadata};
pub(crate) use operation::{__path_review_record, outcome};
