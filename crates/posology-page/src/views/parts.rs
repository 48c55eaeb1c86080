//! Pieces that several pages share.
use crate::words;
use maud::{Markup, html};
use posology_model::{Evidence, Severity};

/// The word of a severity, in its colour.
pub fn severity(s: Severity) -> Markup {
    html! { strong class=(words::tag(s)) { (s.as_str()) } }
}

/// Sources of a statement: title, place, confidence in words, the figure as printed.
pub fn evidence(list: &[Evidence]) -> Markup {
    if list.is_empty() {
        return html! { p class="quiet" { "No source is named: it follows from the record alone." } };
    }
    html! {
        ul class="sources" {
            @for e in list {
                @let (word, meaning) = words::confidence(e.confidence);
                li {
                    a href=(format!("/source/{}#{}", e.source_id, anchor(&e.locator))) { (e.source) }
                    @if !e.locator.is_empty() { " · " (e.locator.replace('-', " ")) }
                    " · " span class=(format!("confidence {word}")) title=(meaning) { (word) }
                    @if let Some(p) = &e.printed { br; q { (p) } }
                }
            }
        }
    }
}

/// A locator as an anchor.
pub fn anchor(locator: &str) -> String {
    locator.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' }).collect()
}

/// Links that lead back.
pub fn crumbs(links: &[(&str, &str)]) -> Markup {
    html! {
        nav class="nhsuk-breadcrumb crumbs" aria-label="Breadcrumb" {
            ol class="nhsuk-breadcrumb__list" {
                @for (to, words) in links { li class="nhsuk-breadcrumb__list-item" { a class="nhsuk-breadcrumb__link" href=(to) { (words) } } }
            }
        }
    }
}

/// "a, b and c", each a link.
pub fn links(items: &[(String, String)]) -> Markup {
    html! {
        @for (i, (to, words)) in items.iter().enumerate() {
            @if i > 0 { ", " }
            a href=(to) { (words) }
        }
    }
}
