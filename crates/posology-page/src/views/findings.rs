//! Findings, gravest first; why and sources one click away.
use super::parts;
use crate::what_if::{Difference, Standing};
use crate::words::{self, count};
use maud::{Markup, html};
use posology_model::{Confidence, Finding, Review, Severity};

/// The list of findings.
pub fn list(review: &Review, difference: Option<&Difference>) -> Markup {
    let totals: Vec<(Severity, usize)> =
        [Severity::Critical, Severity::Serious, Severity::Caution, Severity::Note]
            .into_iter()
            .map(|s| (s, review.findings.iter().filter(|f| f.severity == s).count()))
            .filter(|c| c.1 > 0)
            .collect();
    html! {
        section aria-labelledby="findings" {
            h2 class="nhsuk-heading-m tight" id="findings" { "Findings" }
            @if totals.is_empty() {
                p { strong { "No rule found anything." } " That is no proof of safety: see what was not assessed." }
            } @else {
                p class="totals" {
                    @for (s, n) in &totals { a href=(format!("#{}", s.as_str())) { (parts::severity(*s)) " " (n) } " " }
                }
            }
            @for (i, f) in review.findings.iter().enumerate() {
                @let first = i == 0 || review.findings[i - 1].severity != f.severity;
                (finding(f, first, difference.map(|d| (d.standing[i], d.before[i]))))
            }
        }
    }
}

fn standing(s: Option<(Standing, Option<Severity>)>) -> Markup {
    let before = |b: Option<Severity>| b.map_or(String::new(), |b| format!(" (was {})", b.as_str()));
    html! {
        @match s {
            Some((Standing::New, _)) => { " " strong class="nhsuk-tag change-tag" { "new" } }
            Some((Standing::Graver, b)) => { " " strong class="nhsuk-tag change-tag" { "graver" (before(b)) } }
            Some((Standing::Milder, b)) => { " " strong class="nhsuk-tag change-tag" { "milder" (before(b)) } }
            Some((Standing::Changed, _)) => { " " strong class="nhsuk-tag change-tag" { "other figures" } }
            _ => {}
        }
    }
}

/// One finding. What is grave stands open; cautions and notes open at a click.
fn finding(f: &Finding, first: bool, s: Option<(Standing, Option<Severity>)>) -> Markup {
    let grave = f.severity >= Severity::Serious;
    let id = first.then(|| f.severity.as_str());
    let looked_up = f.evidence.iter().any(|e| e.confidence == Confidence::Verified);
    let body = html! {
        p { (f.detail) }
        @if !f.actions.is_empty() {
            ul class="what-to-do" { @for a in &f.actions { li { (a.text) } } }
        }
    };
    let why = html! {
        p class="rule-line" {
            "Rule " a href=(format!("/rule/{}", f.rule)) { (f.rule) }
            @if f.about_order { " · about the order" }
            @if !looked_up && !f.evidence.is_empty() { " · no source of it was looked up" }
            @if !f.substances.is_empty() {
                " · "
                (parts::links(&f.substances.iter().map(|s| (format!("/drug/{}", s.id), s.name.clone())).collect::<Vec<_>>()))
            }
        }
        (parts::evidence(&f.evidence))
    };
    html! {
        article class=(format!("finding {}", f.severity.as_str())) id=[id] {
            @if grave {
                h3 class="finding-title" { (parts::severity(f.severity)) " " (f.title) (standing(s)) }
                (body)
                details class="nhsuk-details why" {
                    summary class="nhsuk-details__summary" { span class="nhsuk-details__summary-text" { "Why, and sources (" (f.evidence.len()) ")" span class="nhsuk-u-visually-hidden" { " of: " (f.title) } } }
                    div class="nhsuk-details__text" { (why) }
                }
            } @else {
                details class="nhsuk-details brief" {
                    summary class="nhsuk-details__summary" { h3 class="finding-title" { (parts::severity(f.severity)) " " span class="nhsuk-details__summary-text" { (f.title) } (standing(s)) } }
                    div class="nhsuk-details__text" { (body) (why) }
                }
            }
        }
    }
}

/// What the changes make different, before anything else.
pub fn difference(d: &Difference, review: &Review, tried: &[String]) -> Markup {
    let of = |wanted: &[Standing]| -> Vec<(&Finding, Option<Severity>)> {
        review
            .findings
            .iter()
            .zip(&d.standing)
            .zip(&d.before)
            .filter(|((_, s), _)| wanted.contains(s))
            .map(|((f, _), b)| (f, *b))
            .collect()
    };
    let new = of(&[Standing::New]);
    let moved = of(&[Standing::Graver, Standing::Milder, Standing::Changed]);
    html! {
        section class="difference" aria-labelledby="difference" {
            h2 class="nhsuk-heading-s tight" id="difference" { "If you " (words::capital(&tried.join(", and ")).to_lowercase()) }
            div class="difference-grid" {
                div {
                    h3 { "+ New (" (new.len()) ")" }
                    @if new.is_empty() { p class="quiet" { "nothing" } }
                    ul { @for (f, _) in &new { li { (parts::severity(f.severity)) " " (f.title) } } }
                }
                div {
                    h3 { "− No longer found (" (d.gone.len()) ")" }
                    @if d.gone.is_empty() { p class="quiet" { "nothing" } }
                    ul { @for f in &d.gone { li { (parts::severity(f.severity)) " " s { (f.title) } } } }
                }
                div {
                    h3 { "± Different (" (moved.len()) ")" }
                    @if moved.is_empty() { p class="quiet" { "nothing" } }
                    ul { @for (f, b) in &moved { li { (parts::severity(f.severity)) " " (f.title) @if let Some(b) = b.filter(|b| *b != f.severity) { " (was " (b.as_str()) ")" } } } }
                }
            }
            p class="quiet" { (count(review.findings.len() - new.len() - moved.len(), "finding is", "findings are")) " as before. This compares what the rules find; it is no advice to make the change." }
        }
    }
}
