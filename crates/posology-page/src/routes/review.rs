//! Enter, resolve, review, try.
use super::{App, aside};
use crate::entry::Entry;
use crate::form::Form;
use crate::reply::{Refusal, private};
use crate::smart::Smart;
use crate::views::{enter as page, resolved as panel, review as answer_page};
use crate::{examples, outcome};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use posology_knowledge::{ResolveOptions, resolve};
use posology_review::Context;
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    example: String,
}

/// The first page.
pub async fn enter(State(app): State<App>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let entry = match examples::find(&asked.example) {
        Some(e) => Entry::example(e),
        None => Entry::empty(app.page.date()),
    };
    entered(&app, &entry, &headers)
}

/// What was entered, to go on with.
pub fn entered(app: &App, entry: &Entry, headers: &HeaderMap) -> Response {
    let case = entry.case();
    let resolved = resolve(&case, &app.page.kb, ResolveOptions { rxnorm: None });
    let around = page::Around {
        issuers: app.smart.as_ref().map(Smart::names).unwrap_or_default(),
        launched: app.smart.as_ref().is_some_and(|s| s.has_session(headers)),
    };
    app.private("/", "Medication review", &page::view(&app.page.kb, entry, &case, &resolved, &around))
}

/// A form that was sent by its address alone has nothing in it.
pub async fn home() -> Redirect {
    Redirect::to("/")
}

/// The first page with what was entered.
pub async fn again(State(app): State<App>, headers: HeaderMap, form: Form) -> Response {
    let mut entry = Entry::read(&form, app.page.date());
    if form.get("forget") == "record" {
        entry.record = None;
    }
    entered(&app, &entry, &headers)
}

/// How each line is understood.
pub async fn resolved(State(app): State<App>, form: Form) -> Response {
    let entry = Entry::read(&form, app.page.date());
    let case = entry.case();
    let resolved = resolve(&case, &app.page.kb, ResolveOptions { rxnorm: None });
    private(panel::panel(&app.page.kb, &case, &resolved))
}

/// The review.
pub async fn answer(State(app): State<App>, headers: HeaderMap, form: Form) -> Result<Response, Refusal> {
    let entry = Entry::read(&form, app.page.date());
    if entry.is_empty() {
        return Ok(entered(&app, &entry, &headers));
    }
    let curve = app.page.kb.find(form.get("curve"));
    let shared = app.clone();
    let body = aside(move || {
        let kb = &shared.page.kb;
        answer_page::view(kb, &entry, &outcome::of(&entry, kb), curve)
    })
    .await?;
    Ok(app.private("/", "Review", &body))
}

/// The curve of another drug.
pub async fn curve(State(app): State<App>, form: Form) -> Result<Response, Refusal> {
    let entry = Entry::read(&form, app.page.date());
    let chosen = app.page.kb.find(form.get("curve"));
    let body = aside(move || {
        let kb = &app.page.kb;
        let o = outcome::of(&entry, kb);
        answer_page::curves(&Context::new(&o.tried, kb, &o.settings), chosen)
    })
    .await?;
    Ok(private(body).into_response())
}
