//! How each line was understood.
use crate::words::{self, mg};
use maud::{Markup, html};
use posology_knowledge::{EndKnown, KnowledgeBase, Origin, ResolvedBy, ResolvedCase};
use posology_model::{Case, InputProblem};

/// The panel that answers while a list is typed. It has a fixed height, so that nothing on the page moves.
pub fn panel(kb: &KnowledgeBase, case: &Case, resolved: &ResolvedCase) -> Markup {
    let entries = case.medications.len() + case.orders.len();
    let seen = case
        .medications
        .iter()
        .chain(case.orders.iter().map(|o| &o.medication))
        .filter(|m| resolved.exposures.iter().any(|e| e.path == m.path))
        .count();
    html! {
        div id="resolved" class="resolved" tabindex="0" role="region" aria-label="As understood" aria-live="polite" {
            @if entries == 0 && resolved.problems.is_empty() {
                p class="quiet" { "Each line appears here as it is understood: drug, dose, dates, reason." }
            } @else {
                p { strong { (seen) " of " (words::count(entries, "entry", "entries")) " recognised" } @if !resolved.conditions.is_empty() { ", " (words::count(resolved.conditions.len(), "condition", "conditions")) } @if !resolved.problems.is_empty() { ", " (words::count(resolved.problems.len(), "problem", "problems")) } }
                (problems(&resolved.problems))
                table class="nhsuk-table dense narrow-cells" {
                    caption class="nhsuk-u-visually-hidden" { "Entries as understood" }
                    thead { tr { th scope="col" { "Place" } th scope="col" { "Read as" } th scope="col" { "A day" } th scope="col" { "From" } } }
                    tbody {
                        @for m in case.medications.iter().chain(case.orders.iter().map(|o| &o.medication)) {
                            @let mine: Vec<_> = resolved.exposures.iter().filter(|e| e.path == m.path).collect();
                            @if mine.is_empty() {
                                tr class="unknown" {
                                    td { (m.path) }
                                    td colspan="3" {
                                        strong { "Not recognised: " } (m.text.as_deref().unwrap_or("no name"))
                                        @let near = kb.suggestions(m.text.as_deref().unwrap_or_default(), 3);
                                        @if near.is_empty() { ". It will not be assessed." } @else { ". It will not be assessed. Near it: " (near.join(", ")) "." }
                                    }
                                }
                            }
                            @for e in mine {
                                tr {
                                    td { (e.path) }
                                    td {
                                        a href=(format!("/drug/{}", kb.substance(e.substance).id)) { (kb.substance(e.substance).name) }
                                        @if let Some(s) = e.strength_mg { " " (words::num(s)) " mg" }
                                        @if let Some(f) = e.form { " " (f.as_str().replace('-', " ")) }
                                        @match e.origin { Origin::Record => {} Origin::ProposedStart => { " " em { "(order)" } } Origin::ProposedStop => { " " em { "(stop)" } } }
                                        @if e.resolved_by == ResolvedBy::NameCorrected { br; strong { "Spelling corrected: check that this is the drug meant." } }
                                        @if let Some(n) = &e.not_understood { br; strong { "Not understood: " } "“" (n) "”" }
                                        @if e.one_assumed { br; "one piece a dose was assumed" }
                                    }
                                    td { @if e.origin == Origin::ProposedStop { "stops" } @else { (mg(e.daily_mg)) @if e.as_needed { ", as needed" } } }
                                    td {
                                        @match e.start { Some(s) => (s), None => { @if e.origin == Origin::Record { "not recorded" } @else { "now" } } }
                                        @match (e.end_known, e.end) { (EndKnown::Yes, Some(end)) => { " to " (end) } (EndKnown::No, _) => { " ended" } _ => {} }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Problems, each with its place and remedy.
pub fn problems(list: &[InputProblem]) -> Markup {
    html! {
        @if !list.is_empty() {
            ul class="problems" {
                @for p in list { li { strong { (p.path) ": " } (p.message) ". " (words::capital(&p.remedy)) "." } }
            }
        }
    }
}
