//! Answers that are no page of their own: refusals, files.
use crate::views::layout::{Page, page};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

/// Something that could not be done: what, and the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Status.
    pub status: StatusCode,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl Refusal {
    /// One.
    pub fn new(status: StatusCode, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { status, what: what.into(), remedy: remedy.into() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let title = if self.status == StatusCode::NOT_FOUND { "Not found" } else { "That did not work" };
        let body = html! {
            h1 class="nhsuk-heading-l" { (title) }
            p { (crate::words::capital(&self.what)) "." }
            p { (self.remedy) }
            p { a href="/" { "Back to the start" } }
        };
        (self.status, private(page(&Page { title, ..Page::default() }, &body))).into_response()
    }
}

/// A page that may hold what was entered: no cache keeps it.
pub fn private(markup: Markup) -> Response {
    let mut r = markup.into_response();
    r.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    r
}

/// A file to keep or to open.
pub fn file(bytes: Vec<u8>, kind: &'static str, name: &str) -> Response {
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-".contains(c) { c } else { '-' }).collect();
    let disposition = HeaderValue::from_str(&format!("inline; filename=\"{safe}\""))
        .unwrap_or(HeaderValue::from_static("inline"));
    let mut r = bytes.into_response();
    let h = r.headers_mut();
    h.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    h.insert(header::CONTENT_DISPOSITION, disposition);
    h.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    r
}
