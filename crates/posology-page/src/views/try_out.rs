//! What if: stop this, halve that, start something.
use crate::entry::Entry;
use crate::outcome::Outcome;
use crate::words::mg;
use maud::{Markup, html};
use posology_knowledge::KnowledgeBase;
use posology_review::Context;

/// The switches. Each button sends the whole state again; with script only the answer is exchanged.
pub fn panel(kb: &KnowledgeBase, entry: &Entry, outcome: &Outcome) -> Markup {
    let ctx = Context::new(&outcome.recorded, kb, &outcome.settings);
    html! {
        section class="try" aria-labelledby="try" {
            h2 class="nhsuk-heading-s tight" id="try" { "What if" }
            @if !entry.changes.is_empty() {
                ul class="tried" {
                    @for c in &entry.changes {
                        li { (c.words(kb)) " " (button("undo", &c.code(), "undo", &c.words(kb))) }
                    }
                }
            }
            table class="dense switches" {
                caption class="nhsuk-u-visually-hidden" { "Drugs taken, and changes to try" }
                thead class="nhsuk-u-visually-hidden" { tr { th scope="col" { "Drug" } th scope="col" { "Try" } } }
                tbody {
                    @for t in &ctx.now {
                        @let s = kb.substance(t.substance);
                        @let tried = |code: String| entry.changes.iter().any(|c| c.code() == code);
                        tr {
                            th scope="row" { (s.name) " " span class="quiet" { (mg(t.daily_mg)) } }
                            td {
                                @if !tried(format!("stop:{}", s.id)) { (button("change", &format!("stop:{}", s.id), "stop", &s.name)) }
                                @if t.daily_high().is_some() && !t.dose_missing && !tried(format!("halve:{}", s.id)) && !tried(format!("stop:{}", s.id)) { " " (button("change", &format!("halve:{}", s.id), "halve", &s.name)) }
                            }
                        }
                    }
                }
            }
            @if ctx.now.is_empty() { p class="quiet" { "Nothing recorded counts as taken at the date." } }
            div class="start-line" {
                label class="nhsuk-label" for="start" { "Start, or change to" }
                input class="nhsuk-input" form="state" id="start" name="start" placeholder="naloxone 4 mg nasal spray" autocomplete="off" maxlength="500";
                button class="small-button" type="submit" form="state" hx-post="/review" hx-include="#state" hx-target="#answer" hx-select="#answer" hx-swap="outerHTML" { "try" }
            }
        }
    }
}

/// `about` is read out after the word, so that buttons of different drugs do not sound alike.
fn button(name: &str, value: &str, words: &str, about: &str) -> Markup {
    html! {
        button class="small-button" type="submit" form="state" name=(name) value=(value)
            hx-post="/review" hx-include="#state" hx-target="#answer" hx-select="#answer" hx-swap="outerHTML" { (words) span class="nhsuk-u-visually-hidden" { " " (about) " (a try)" } }
    }
}
