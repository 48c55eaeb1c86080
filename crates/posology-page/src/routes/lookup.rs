//! Look things up: permanent addresses.
use super::{App, not_found};
use crate::reply::Refusal;
use crate::views;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use posology_knowledge::NameMatch;
use serde::Deserialize;

/// All drugs.
pub async fn drugs(State(app): State<App>) -> Markup {
    app.public("/drugs", "Drugs", &views::lists::drugs(&app.page.kb))
}

/// One drug by id; a name or brand leads there.
pub async fn drug(State(app): State<App>, Path(name): Path<String>) -> Result<Response, Refusal> {
    let kb = &app.page.kb;
    let show = |ix, from: Option<&str>| {
        let title = crate::words::capital(&kb.substance(ix).name);
        app.public("/drugs", &title, &views::drug::view(kb, ix, from)).into_response()
    };
    if let Some(ix) = kb.find(&name) {
        return Ok(show(ix, None));
    }
    match kb.by_name(&name) {
        // A corrected spelling is told, not silently followed.
        Some((ix, NameMatch::Corrected(_))) => Ok(show(ix, Some(&name))),
        Some((ix, _)) => Ok(Redirect::to(&format!("/drug/{}", kb.substance(ix).id)).into_response()),
        None => {
            let near = kb.suggestions(&name, 4);
            let remedy = if near.is_empty() {
                "That says nothing about its safety.".to_owned()
            } else {
                format!("Near it: {}.", near.join(", "))
            };
            Err(not_found(&format!("the knowledge holds no drug named \"{name}\""), remedy))
        }
    }
}

/// All rules.
pub async fn rules(State(app): State<App>) -> Markup {
    app.public("/rules", "Rules", &views::rule::index())
}

/// One rule.
pub async fn rule(State(app): State<App>, Path(id): Path<String>) -> Result<Markup, Refusal> {
    let r = posology_review::rule(&id).ok_or_else(|| {
        not_found(&format!("no rule has the id \"{id}\""), "Its name may be found in the list of rules.")
    })?;
    Ok(app.public("/rules", r.id, &views::rule::view(r)))
}

/// All classes.
pub async fn classes(State(app): State<App>) -> Markup {
    app.public("/drugs", "Classes", &views::class::index(&app.page.kb))
}

/// One class.
pub async fn class(State(app): State<App>, Path(id): Path<String>) -> Result<Markup, Refusal> {
    let kb = &app.page.kb;
    let ix = kb
        .class(&id)
        .ok_or_else(|| not_found(&format!("no class has the id \"{id}\""), "Look for it in the search."))?;
    let title = crate::words::capital(&kb.corpus.classes[ix.at()].plural);
    Ok(app.public("/drugs", &title, &views::class::view(kb, ix)))
}

/// All sources.
pub async fn sources(State(app): State<App>) -> Markup {
    app.public("/sources", "Sources", &views::source::index(&app.page.kb))
}

/// One source.
pub async fn source(State(app): State<App>, Path(id): Path<String>) -> Result<Markup, Refusal> {
    let kb = &app.page.kb;
    let s = kb
        .source(&id)
        .ok_or_else(|| not_found(&format!("no source has the id \"{id}\""), "Look for it in the search."))?;
    let cited = app.index.cited_by(&id);
    Ok(app.public("/sources", &s.title, &views::source::view(kb, s, cited)))
}

/// All interactions.
pub async fn interactions(State(app): State<App>) -> Markup {
    app.public("/drugs", "Interactions", &views::interaction::index(&app.page.kb))
}

/// One interaction.
pub async fn interaction(State(app): State<App>, Path(id): Path<String>) -> Result<Markup, Refusal> {
    let kb = &app.page.kb;
    let f = kb.corpus.interactions.iter().find(|f| f.id == id).ok_or_else(|| {
        not_found(&format!("no interaction has the id \"{id}\""), "Look for it in the search.")
    })?;
    Ok(app.public("/drugs", &views::interaction::sides(kb, f), &views::interaction::view(kb, f)))
}

#[derive(Deserialize)]
pub struct Words {
    #[serde(default)]
    q: String,
}

/// Searches.
pub async fn search(State(app): State<App>, Query(words): Query<Words>) -> Markup {
    let query: String = words.q.chars().take(200).collect();
    let query = query.trim();
    let hits = app.index.find(&app.page.kb, query);
    let page =
        views::layout::Page { title: "Search", here: "/search", query, demo: app.page.demo, wide: false };
    views::layout::page(&page, &views::search::view(query, &hits))
}
