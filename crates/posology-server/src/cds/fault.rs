//! The answer when the check could not run: fast, no error of HTTP, and nothing that looks like "no findings".
use super::cards::source;
use super::wire::{Card, HookResponse};
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::Response;

/// Why a check did not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A fault inside.
    Internal,
    /// It took too long.
    Late,
    /// Too much is going on.
    Busy,
}

impl Fault {
    const fn words(self) -> &'static str {
        match self {
            Self::Internal => "A fault inside the checking service ended it. The fault is in its log.",
            Self::Late => "It took longer than the time allowed for it.",
            Self::Busy => "The checking service has more calls in work than it takes.",
        }
    }
}

/// The card that says so.
pub fn not_run(base: &str, fault: Fault) -> Response<axum::body::Body> {
    let card = Card {
        // No review, so no id: there is nothing to give feedback on.
        uuid: String::new(),
        summary: "The medication check did not run: nothing was assessed".into(),
        detail: format!(
            "{} Interactions, doses and risks of this patient's medication were **not** checked. The order is not blocked.",
            fault.words()
        ),
        indicator: "warning",
        source: source(base, None),
        suggestions: Vec::new(),
        selection_behavior: None,
        override_reasons: Vec::new(),
        links: Vec::new(),
    };
    let body = serde_json::to_vec(&HookResponse { cards: vec![card], extension: None }).unwrap_or_default();
    let mut r = Response::new(Body::from(body));
    *r.status_mut() = StatusCode::OK;
    r.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    r
}
