//! The page of a source.
use super::parts;
use maud::{Markup, html};
use posology_knowledge::KnowledgeBase;
use posology_knowledge::schema::{SourceFile, SourceKind};

const fn kind(k: SourceKind) -> &'static str {
    match k {
        SourceKind::Label => "label",
        SourceKind::Regulator => "regulator",
        SourceKind::Guideline => "guideline",
        SourceKind::Journal => "journal",
        SourceKind::Formulary => "formulary",
        SourceKind::Textbook => "textbook",
        SourceKind::Terminology => "terminology",
        SourceKind::Law => "law",
    }
}

/// An address that a browser may open.
fn web(url: &str) -> Option<&str> {
    (url.starts_with("https://") || url.starts_with("http://")).then_some(url)
}

/// The page.
pub fn view(kb: &KnowledgeBase, s: &SourceFile, cited_by: &[(String, String)]) -> Markup {
    html! {
        (parts::crumbs(&[("/sources", "Sources")]))
        h1 class="nhsuk-heading-l tight" { (s.title) }
        dl class="dense-list" {
            dt { "Kind" } dd { (kind(s.kind)) }
            dt { "Publisher" } dd { (s.publisher) @if let Some(y) = s.year { ", " (y) } @if let Some(e) = &s.edition { ", " (e) } }
            @if let Some(u) = s.url.as_deref().and_then(web) { dt { "Address" } dd { a href=(u) rel="noreferrer external" { (u) } } }
            @if let Some(d) = &s.doi { dt { "DOI" } dd { a href=(format!("https://doi.org/{d}")) rel="noreferrer external" { (d) } } }
            @if let Some(p) = &s.pmid { dt { "PubMed" } dd { a href=(format!("https://pubmed.ncbi.nlm.nih.gov/{p}/")) rel="noreferrer external" { (p) } } }
            @if let Some(l) = &s.licence { dt { "Licence" } dd { (l) } }
            @if let Some(n) = &s.note { dt { "Remark" } dd { (n) } }
        }
        h2 class="nhsuk-heading-s tight" { "Looked up (" (s.figures.len()) ")" }
        @if s.figures.is_empty() { p { "Nothing: every fact that names it is secondary and never interrupts." } }
        dl class="figures" {
            @for f in &s.figures {
                dt id=(parts::anchor(&f.locator)) { (f.locator.replace('-', " ")) " · " time datetime=(f.retrieved) { (f.retrieved) } }
                dd { q { (f.printed) } @if let Some(u) = web(&f.address) { br; a href=(u) rel="noreferrer external" { (u) } } }
            }
        }
        @if !cited_by.is_empty() {
            h2 class="nhsuk-heading-s tight" { "Used for (" (cited_by.len()) ")" }
            p { (parts::links(cited_by)) }
        }
        p class="quiet" { "Knowledge " (kb.version()) "." }
    }
}

/// All of them, by kind.
pub fn index(kb: &KnowledgeBase) -> Markup {
    let kinds = [
        SourceKind::Label,
        SourceKind::Regulator,
        SourceKind::Guideline,
        SourceKind::Journal,
        SourceKind::Formulary,
        SourceKind::Textbook,
        SourceKind::Terminology,
        SourceKind::Law,
    ];
    html! {
        h1 class="nhsuk-heading-l tight" { "Sources (" (kb.corpus.sources.len()) ")" }
        @for k in kinds {
            @let of: Vec<&SourceFile> = kb.corpus.sources.iter().filter(|s| s.kind == k).collect();
            @if !of.is_empty() {
                details class="nhsuk-details more" {
                    summary class="nhsuk-details__summary" { h2 class="nhsuk-details__summary-text" { (crate::words::capital(kind(k))) " (" (of.len()) ")" } }
                    div class="nhsuk-details__text" {
                        ul class="facts" { @for s in of { li { a href=(format!("/source/{}", s.id)) { (s.title) } " · " (s.publisher) @if let Some(y) = s.year { ", " (y) } " · " (s.figures.len()) " looked up" } } }
                    }
                }
            }
        }
    }
}
