//! The page of a class.
use super::parts;
use crate::words;
use maud::{Markup, html};
use posology_knowledge::{ClassIx, KnowledgeBase};
use posology_model::Severity;

/// The page.
pub fn view(kb: &KnowledgeBase, ix: ClassIx) -> Markup {
    let c = &kb.corpus.classes[ix.at()];
    let link = |id: &str| {
        (
            format!("/class/{id}"),
            kb.class(id).map_or_else(|| id.to_owned(), |x| kb.corpus.classes[x.at()].name.clone()),
        )
    };
    let broader: Vec<_> = c.broader.iter().map(|b| link(b)).collect();
    let narrower: Vec<_> =
        kb.corpus.classes.iter().filter(|x| x.broader.contains(&c.id)).map(|x| link(&x.id)).collect();
    let members: Vec<_> = kb
        .members(ix)
        .iter()
        .map(|m| kb.substance(*m))
        .map(|s| (format!("/drug/{}", s.id), s.name.clone()))
        .collect();
    let named: Vec<_> = kb
        .corpus
        .interactions
        .iter()
        .filter(|f| [&f.a, &f.b].iter().any(|p| p.class.as_ref() == Some(&c.id)))
        .collect();
    html! {
        (parts::crumbs(&[("/classes", "Classes")]))
        h1 class="nhsuk-heading-l tight" { (words::capital(&c.plural)) }
        @if let Some(d) = &c.description { p class="lead" { (d) } }
        dl class="dense-list" {
            @if !broader.is_empty() { dt { "Part of" } dd { (parts::links(&broader)) } }
            @if !narrower.is_empty() { dt { "Holds" } dd { (parts::links(&narrower)) } }
            dt { "Two of them together" } dd { @if c.duplicate { "are a duplication" } @else { "are not taken as a duplication" } }
            @if c.cross_allergy { dt { "Allergy" } dd { "members cross-react" } }
        }
        h2 class="nhsuk-heading-s tight" { "Members (" (members.len()) ")" }
        p { (parts::links(&members)) }
        @if !named.is_empty() {
            h2 class="nhsuk-heading-s tight" { "Interactions of the class (" (named.len()) ")" }
            ul class="facts" { @for f in named { li { @if let Some(s) = Severity::from_word(&f.severity) { (parts::severity(s)) " " } a href=(format!("/interaction/{}", f.id)) { (super::interaction::sides(kb, f)) } } } }
        }
    }
}

/// All of them.
pub fn index(kb: &KnowledgeBase) -> Markup {
    html! {
        h1 class="nhsuk-heading-l tight" { "Classes (" (kb.corpus.classes.len()) ")" }
        ul class="columns" {
            @for (i, c) in kb.corpus.classes.iter().enumerate() {
                li { a href=(format!("/class/{}", c.id)) { (c.plural) } " (" (kb.members(ClassIx(i as u16)).len()) ")" }
            }
        }
    }
}
