//! The page of an interaction.
use super::parts;
use crate::words;
use maud::{Markup, html};
use posology_knowledge::KnowledgeBase;
use posology_knowledge::schema::{InteractionFile, Participant};
use posology_model::Severity;

/// "opioids with benzodiazepines".
pub fn sides(kb: &KnowledgeBase, f: &InteractionFile) -> String {
    let side = |p: &Participant| {
        let class =
            p.class.as_deref().and_then(|c| kb.class(c)).map(|c| kb.corpus.classes[c.at()].plural.clone());
        let names = p
            .substance
            .iter()
            .chain(&p.substances)
            .map(|s| kb.find(s).map_or_else(|| s.clone(), |ix| kb.substance(ix).name.clone()));
        class.into_iter().chain(names).collect::<Vec<_>>().join(", ")
    };
    format!("{} with {}", side(&f.a), side(&f.b))
}

fn side(kb: &KnowledgeBase, p: &Participant) -> Markup {
    let mut links: Vec<(String, String)> = Vec::new();
    links.extend(
        p.class
            .as_deref()
            .and_then(|c| kb.class(c))
            .map(|c| &kb.corpus.classes[c.at()])
            .map(|c| (format!("/class/{}", c.id), c.plural.clone())),
    );
    links.extend(p.substance.iter().chain(&p.substances).map(|s| {
        let name = kb.find(s).map_or_else(|| s.clone(), |ix| kb.substance(ix).name.clone());
        (format!("/drug/{s}"), name)
    }));
    html! {
        (parts::links(&links))
        @if !p.except.is_empty() { ", except " (p.except.join(", ").replace('-', " ")) }
        @if !p.route.is_empty() { ", " (p.route.join(" or ")) }
        @if let Some(m) = p.min_daily_mg { ", from " (words::num(m)) " mg a day" }
    }
}

/// The page.
pub fn view(kb: &KnowledgeBase, f: &InteractionFile) -> Markup {
    let evidence: Vec<_> = f.sources.iter().map(|s| kb.evidence(s, f.confidence)).collect();
    html! {
        (parts::crumbs(&[("/interactions", "Interactions")]))
        h1 class="nhsuk-heading-l tight" { (words::capital(&sides(kb, f))) }
        p { @if let Some(s) = Severity::from_word(&f.severity) { (parts::severity(s)) } " " (f.kind) " · evidence: " (f.evidence.replace('-', " ")) @if !f.jurisdiction.is_empty() { " · " (f.jurisdiction.iter().map(|j| words::country(*j)).collect::<Vec<_>>().join(", ")) } }
        dl class="dense-list" {
            dt { "First" } dd { (side(kb, &f.a)) }
            dt { "Second" } dd { (side(kb, &f.b)) }
            dt { "What happens" } dd { (f.effect) }
            dt { "How" } dd { (f.mechanism) }
            dt { "What to do" } dd { (f.management) }
            @if let Some(m) = &f.monitoring { dt { "What to watch" } dd { (m) } }
            @for m in &f.modifiers {
                dt { @if let Some(s) = Severity::from_word(&m.severity) { (parts::severity(s)) } " where" }
                dd { (m.why) @if let Some(c) = &m.condition { " (" (c.replace('-', " ")) ")" } }
            }
            @if !f.lists.is_empty() { dt { "On the lists" } dd { (f.lists.join(", ")) } }
            @if let Some(r) = &f.reported_by { dt { "Reported by" } dd { a href=(format!("/rule/{r}")) { (r) } } }
        }
        h2 class="nhsuk-heading-s tight" { "Sources" }
        (parts::evidence(&evidence))
    }
}

/// All of them, gravest first.
pub fn index(kb: &KnowledgeBase) -> Markup {
    let mut all: Vec<_> = kb.corpus.interactions.iter().collect();
    all.sort_by_key(|f| (std::cmp::Reverse(Severity::from_word(&f.severity)), f.id.clone()));
    html! {
        h1 class="nhsuk-heading-l tight" { "Interactions (" (all.len()) ")" }
        p class="lead" { "Named ones, with the severity that a source states. Exposure ratios are predicted for all drugs together in a review and are not listed here." }
        ul class="facts" {
            @for f in all { li { @if let Some(s) = Severity::from_word(&f.severity) { (parts::severity(s)) " " } a href=(format!("/interaction/{}", f.id)) { (sides(kb, f)) } } }
        }
    }
}
