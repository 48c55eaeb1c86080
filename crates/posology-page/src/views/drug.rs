//! The page of a drug: what is known, each fact with source and confidence.
use super::parts;
use crate::words;
use maud::{Markup, html};
use posology_knowledge::{InteractionIx, KnowledgeBase, SubstanceIx};
use posology_model::Severity;
use posology_review::facts::{self, Fact};
use std::collections::BTreeSet;

/// The page.
pub fn view(kb: &KnowledgeBase, ix: SubstanceIx, corrected_from: Option<&str>) -> Markup {
    let s = kb.substance(ix);
    let sections = facts::of(kb, ix, None);
    let missing: Vec<&str> = sections.iter().filter(|x| x.facts.is_empty()).map(|x| x.title).collect();
    let classes: Vec<(String, String)> = kb
        .classes_of(ix)
        .iter()
        .map(|c| (format!("/class/{}", kb.corpus.classes[c].id), kb.corpus.classes[c].name.clone()))
        .collect();
    let c = &s.codes;
    let mut codes = Vec::new();
    codes.extend(c.rxnorm.iter().map(|x| format!("RxNorm {x}")));
    codes.extend(c.atc.iter().map(|x| format!("ATC {x}")));
    codes.extend(c.unii.iter().map(|x| format!("UNII {x}")));
    codes.extend(c.snomed.iter().map(|x| format!("SNOMED CT {x}")));
    html! {
        (parts::crumbs(&[("/drugs", "Drugs")]))
        h1 class="nhsuk-heading-l tight" { (words::capital(&s.name)) }
        @if let Some(from) = corrected_from { p class="nhsuk-inset-text" { "“" (from) "” was read as " (s.name) ": check that this is the drug meant." } }
        dl class="dense-list" {
            @if !s.synonyms.is_empty() { dt { "Also" } dd { (s.synonyms.join(", ")) } }
            @if !s.brands.is_empty() { dt { "Brands" } dd { (s.brands.join(", ")) } }
            @if !classes.is_empty() { dt { "Classes" } dd { (parts::links(&classes)) } }
            @if !codes.is_empty() { dt { "Codes" } dd { (codes.join(", ")) } }
            dt { "Plan" } dd { a href=(format!("/taper?drug={}", s.id)) { "a taper" } }
        }
        nav aria-label="On this page" class="jump" { ul { @for x in sections.iter().filter(|x| !x.facts.is_empty()) { li { a href=(format!("#{}", x.key)) { (x.title) " (" (x.facts.len()) ")" } } } } }
        @for x in sections.iter().filter(|x| !x.facts.is_empty()) {
            section aria-labelledby=(x.key) {
                h2 class="nhsuk-heading-s tight" id=(x.key) { (x.title) }
                @if x.key == "interactions" { (interactions(kb, ix)) } @else { ul class="facts" { @for f in &x.facts { (fact(f)) } } }
            }
        }
        @if !missing.is_empty() {
            section class="gaps" aria-labelledby="missing" {
                h2 class="nhsuk-heading-s tight" id="missing" { "The knowledge holds nothing on" }
                p { (missing.join(", ").to_lowercase()) ". That does not mean that there is nothing." }
            }
        }
        p class="quiet" { "Knowledge " (kb.version()) "." }
    }
}

fn fact(f: &Fact) -> Markup {
    let (word, meaning) = words::confidence(f.confidence);
    html! {
        li {
            (f.text)
            @if !f.jurisdiction.is_empty() { " (" (f.jurisdiction.join(", ").to_uppercase()) ")" }
            " " span class="refs" {
                @for e in &f.evidence { a class="ref" href=(format!("/source/{}#{}", e.source_id, parts::anchor(&e.locator))) { (e.source) } " · " }
                span class=(format!("confidence {word}")) title=(meaning) { (word) }
            }
        }
    }
}

fn interactions(kb: &KnowledgeBase, ix: SubstanceIx) -> Markup {
    let mut found: BTreeSet<InteractionIx> = BTreeSet::new();
    for (other, _) in kb.substances() {
        found.extend(kb.interactions_between(ix, other).map(|(k, _)| k));
    }
    let mut files: Vec<_> = found.into_iter().map(|k| kb.interaction(k)).collect();
    files.sort_by_key(|f| (std::cmp::Reverse(Severity::from_word(&f.severity)), f.id.clone()));
    html! {
        ul class="facts" {
            @for f in files {
                li {
                    @if let Some(s) = Severity::from_word(&f.severity) { (parts::severity(s)) " " }
                    a href=(format!("/interaction/{}", f.id)) { (super::interaction::sides(kb, f)) }
                    ". " (f.effect)
                }
            }
        }
    }
}
