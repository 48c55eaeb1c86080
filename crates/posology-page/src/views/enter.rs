//! The page on which a record is entered.
use super::resolved;
use crate::entry::{Entry, KNOWN};
use crate::examples::EXAMPLES;
use maud::{Markup, html};
use posology_knowledge::schema::Jurisdiction;
use posology_knowledge::{KnowledgeBase, ResolvedCase};
use posology_model::Case;

/// Everything around the form.
pub struct Around<'a> {
    /// Names of the servers of records that a launch may begin at, by index.
    pub issuers: Vec<&'a str>,
    /// Whether a record of a launch is at hand.
    pub launched: bool,
}

const PLACEHOLDER: &str = "diazepam 5 mg tablet, 1 three times a day, since 2025-11-01, for anxiety";

/// The page.
pub fn view(
    kb: &KnowledgeBase,
    entry: &Entry,
    case: &Case,
    resolved: &ResolvedCase,
    around: &Around<'_>,
) -> Markup {
    html! {
        h1 class="nhsuk-heading-l tight" { "Medication review" }
        p class="lead" { "Paste a medication list or open a FHIR record. Findings come ranked, with their sources, and with what could not be assessed." }
        form method="post" action="/review" enctype="multipart/form-data" id="enter" {
            // The first button of a form is what Enter presses.
            button class="nhsuk-u-visually-hidden" type="submit" tabindex="-1" aria-hidden="true" { "Review" }
            div class="enter-grid" {
                div {
                    label class="nhsuk-label nhsuk-label--s" for="list" { "Medication list" }
                    p class="nhsuk-hint" id="list-hint" { "One drug a line: name, strength, form, instruction, since, reason. Lines such as " code { "order: …" } ", " code { "stop: …" } ", " code { "conditions: …" } ", " code { "allergies: …" } " and " code { "egfr: 45" } " are read too." }
                    textarea class="nhsuk-textarea list" id="list" name="list" rows="13" spellcheck="false" autocapitalize="off" aria-describedby="list-hint" placeholder=(PLACEHOLDER)
                        hx-post="/resolve" hx-trigger="input changed delay:250ms" hx-target="#resolved" hx-swap="outerHTML" hx-include="closest form" hx-encoding="application/x-www-form-urlencoded" { (entry.list) }
                }
                div {
                    h2 class="nhsuk-label nhsuk-label--s" { "As understood" }
                    p class="nhsuk-hint" { "What is not understood is named here and under “not assessed”, never guessed." }
                    (resolved::panel(kb, case, resolved))
                }
            }
            @if let Some(r) = &entry.record {
                div class="nhsuk-inset-text opened" {
                    p { strong { "Opened: " (r.name) } ": " (r.case.medications.len()) " medication entries, " (r.case.orders.len()) " draft orders, " (r.case.conditions.len()) " conditions, " (r.case.observations.len()) " observations. What is typed is added to it." }
                    p { button class="link-button" type="submit" name="forget" value="record" formaction="/enter" { "Leave this record out" } }
                }
                (record_fields(entry))
            }
            fieldset class="nhsuk-fieldset known" {
                legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s" { "What is known of the patient" }
                p class="nhsuk-hint" { "Empty is unknown: what depends on it is then listed as not assessed. What stands here holds over the list and the record." }
                div class="known-grid" {
                    @for (k, value) in KNOWN.iter().zip(&entry.known) {
                        div class=(format!("known-{}", k.name)) {
                            label class="nhsuk-label" for=(k.name) { (k.label) }
                            @if k.choices.is_empty() {
                                input class="nhsuk-input" id=(k.name) name=(k.name) value=(value) placeholder=(k.hint) autocomplete="off";
                            } @else {
                                select class="nhsuk-select" id=(k.name) name=(k.name) {
                                    option value="" { "not known" }
                                    @for (v, words) in k.choices { option value=(v) selected[value == v] { (words) } }
                                }
                            }
                        }
                    }
                    div class="known-date" {
                        label class="nhsuk-label" for="as-of" { "Date of the review" }
                        input class="nhsuk-input" id="as-of" name="as-of" type="date" value=(entry.as_of);
                    }
                    div class="known-country" {
                        label class="nhsuk-label" for="country" { "Labels and guidelines" }
                        select class="nhsuk-select" id="country" name="country" {
                            option value="us" selected[entry.country == Jurisdiction::Us] { "United States" }
                            option value="uk" selected[entry.country == Jurisdiction::Uk] { "United Kingdom" }
                        }
                    }
                    div class="known-file" {
                        label class="nhsuk-label" for="file" { "Open a file" }
                        input class="nhsuk-file-upload" id="file" name="file" type="file" accept=".json,.ndjson,.txt,.csv,application/fhir+json" aria-describedby="file-hint";
                        span class="nhsuk-hint" id="file-hint" { "FHIR R4 JSON, list or CSV; it is read on this machine" }
                    }
                }
            }
            @for c in &entry.changes { input type="hidden" name="change" value=(c.code()); }
            div class="actions" {
                button class="nhsuk-button" type="submit" { "Review" }
                button class="nhsuk-button nhsuk-button--secondary" type="submit" formaction="/enter" { "Check the list only" }
                @if around.launched { a href="/smart/patient" { "Load the patient of the record system again" } }
            }
        }
        section class="examples" aria-labelledby="examples" {
            h2 class="nhsuk-heading-s" id="examples" { "Examples" }
            ul {
                @for e in EXAMPLES { li { a href=(format!("/?example={}", e.id)) { (e.title) } } }
            }
        }
        @if !around.issuers.is_empty() {
            section class="examples" aria-labelledby="launch" {
                h2 class="nhsuk-heading-s" id="launch" { "Open a patient of a record system (SMART on FHIR)" }
                ul { @for (i, name) in around.issuers.iter().enumerate() { li { a href=(format!("/smart/start?issuer={i}")) { (name) } } } }
            }
        }
    }
}

/// The opened record, as the form carries it.
pub fn record_fields(entry: &Entry) -> Markup {
    html! {
        @if let Some(r) = &entry.record {
            input type="hidden" name="record-name" value=(r.name);
            input type="hidden" name="record" value=(serde_json::to_string(&r.case).unwrap_or_default());
        }
    }
}

/// Everything entered, hidden: what another page needs to go on.
pub fn state_fields(entry: &Entry) -> Markup {
    html! {
        // A text area keeps the line breaks of the list.
        textarea name="list" hidden aria-hidden="true" tabindex="-1" { (entry.list) }
        (record_fields(entry))
        @for (k, value) in KNOWN.iter().zip(&entry.known) {
            @if !value.is_empty() { input type="hidden" name=(k.name) value=(value); }
        }
        input type="hidden" name="as-of" value=(entry.as_of);
        input type="hidden" name="country" value=(if entry.country == Jurisdiction::Uk { "uk" } else { "us" });
        @for c in &entry.changes { input type="hidden" name="change" value=(c.code()); }
    }
}
