//! Errors of the service as `application/problem+json` (RFC 9457): what is wrong, where, and what to do. Never patient data.
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Status of HTTP.
    pub status: u16,
    /// What is wrong, in a few words.
    pub title: String,
    /// Where, and what to do.
    pub detail: String,
}

impl Problem {
    /// A problem.
    pub fn new(status: StatusCode, title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { status: status.as_u16(), title: title.into(), detail: detail.into() }
    }

    /// Of the request: 400.
    pub fn bad(title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, title, detail)
    }

    /// Nothing is there: 404.
    pub fn missing(title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, title, detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
    }
}
