//! The list of drugs.
use maud::{Markup, html};
use posology_knowledge::KnowledgeBase;
use std::collections::BTreeMap;

/// All drugs by first letter.
pub fn drugs(kb: &KnowledgeBase) -> Markup {
    let mut by: BTreeMap<char, Vec<(&str, &str)>> = BTreeMap::new();
    for (_, s) in kb.substances() {
        let letter = s.name.chars().next().map_or('?', |c| c.to_ascii_uppercase());
        by.entry(letter).or_default().push((&s.name, &s.id));
    }
    let total: usize = by.values().map(Vec::len).sum();
    html! {
        h1 class="nhsuk-heading-l tight" { "Drugs (" (total) ")" }
        p class="lead" { "By class: " a href="/classes" { "classes" } ". Together: " a href="/interactions" { "interactions" } "." }
        nav aria-label="Letters" class="jump" { ul { @for c in by.keys() { li { a href=(format!("#letter-{c}")) { (c) } } } } }
        @for (c, mut list) in by {
            (letter(c, { list.sort_unstable(); &list }))
        }
    }
}

fn letter(c: char, list: &[(&str, &str)]) -> Markup {
    html! {
        h2 class="nhsuk-heading-s tight" id=(format!("letter-{c}")) { (c) }
        ul class="columns" { @for (name, id) in list { li { a href=(format!("/drug/{id}")) { (name) } } } }
    }
}
