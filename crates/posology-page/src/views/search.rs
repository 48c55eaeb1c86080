//! What a search found.
use crate::search::{Hit, Kind};
use maud::{Markup, html};

/// The page.
pub fn view(query: &str, hits: &[Hit]) -> Markup {
    html! {
        h1 class="nhsuk-heading-l tight" { @if query.is_empty() { "Search" } @else { "“" (query) "”" } }
        @if query.is_empty() {
            p { "Write the name of a drug (typing errors are forgiven), a brand, a class, a rule, two drugs together, or words of a source." }
        } @else if hits.is_empty() {
            p { strong { "Nothing found." } " The knowledge does not hold it, which says nothing about its safety." }
        }
        @for kind in Kind::ALL {
            @let of: Vec<&Hit> = hits.iter().filter(|h| h.kind == kind).collect();
            @if !of.is_empty() {
                h2 class="nhsuk-heading-s tight" { (kind.words()) " (" (of.len()) ")" }
                ul class="facts" { @for h in of { li { a href=(h.address) { (h.title) } @if !h.note.is_empty() { " – " (h.note) } } } }
            }
        }
    }
}
