//! The page of a rule, and the list of them.
use super::parts;
use crate::markdown;
use maud::{Markup, html};
use posology_review::{Family, RULES, Rule};

const FAMILIES: [Family; 8] = [
    Family::Uses,
    Family::Doses,
    Family::Interactions,
    Family::Sedation,
    Family::Dependence,
    Family::Withdrawal,
    Family::Monitoring,
    Family::Record,
];

/// The page.
pub fn view(r: &Rule) -> Markup {
    html! {
        (parts::crumbs(&[("/rules", "Rules")]))
        h1 class="nhsuk-heading-l tight" { (r.id) }
        p class="lead" { (r.summary) }
        p class="meta" {
            "Family " (r.family.as_str()) " · status " (r.status.as_str())
            @if !r.needs.is_empty() { " · not run, and said so, where the record lacks " (r.needs.iter().map(|n| n.missing().0).collect::<Vec<_>>().join("; ")) }
            @if !r.silent_in.is_empty() { " · silent in " (r.silent_in.iter().map(|c| c.words()).collect::<Vec<_>>().join(", ")) }
        }
        div class="rule-page" { (markdown::render(r.page)) }
    }
}

/// All of them, by family.
pub fn index() -> Markup {
    html! {
        h1 class="nhsuk-heading-l tight" { "Rules (" (RULES.len()) ")" }
        p class="lead" { "A rule is a mechanism; its numbers are facts with sources. Each has a page that says what it checks, why, when it is silent and what it cannot tell, with cases that are run as tests." }
        @for family in FAMILIES {
            @let of: Vec<_> = RULES.iter().filter(|r| r.family == family).collect();
            @if !of.is_empty() {
                h2 class="nhsuk-heading-s tight" { (crate::words::capital(family.as_str())) " (" (of.len()) ")" }
                ul class="facts" { @for r in of { li { a href=(format!("/rule/{}", r.id)) { (r.id) } " – " (r.summary) } } }
            }
        }
    }
}
