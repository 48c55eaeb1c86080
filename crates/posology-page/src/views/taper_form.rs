//! The form of a taper.
use crate::routes::taper::Asked;
use maud::{Markup, html};
use posology_knowledge::KnowledgeBase;

const STRATEGIES: [(&str, &str); 6] = [
    ("", "the guideline's own way"),
    ("proportional", "a share of the current dose"),
    ("linear", "the same milligrams each time"),
    ("occupancy", "equal steps of receptor occupancy"),
    ("stepped", "the milligrams that the guideline prints"),
    ("switch", "a longer-acting drug first"),
];

/// The fields; they keep what was asked.
pub fn fields(kb: &KnowledgeBase, a: &Asked) -> Markup {
    let field = |id: &str, label: &str, value: &str, hint: &str| {
        html! {
            div {
                label class="nhsuk-label" for=(id) { (label) }
                input class="nhsuk-input" id=(id) name=(id) value=(value) placeholder=(hint) autocomplete="off" maxlength="200";
            }
        }
    };
    html! {
        div class="known-grid" {
            (field("drug", "Drug", &a.drug, "diazepam"))
            (field("dose", "Dose now", &a.dose, "5 mg three times a day"))
            (field("goal", "Down to (mg a day)", &a.goal, "0"))
            (field("pace", "Pace", &a.pace, "10 % every 2 weeks"))
            div {
                label class="nhsuk-label" for="guideline" { "Guideline" }
                select class="nhsuk-select" id="guideline" name="guideline" {
                    option value="" { "the usual one for the drug" }
                    @for f in kb.corpus.tapers.iter().filter(|f| !f.guidance.is_empty()) { option value=(f.id) selected[a.guideline == f.id] { (f.name) } }
                    option value="custom" selected[a.guideline == "custom"] { "custom (state the pace)" }
                }
            }
            div {
                label class="nhsuk-label" for="strategy" { "Strategy" }
                select class="nhsuk-select" id="strategy" name="strategy" {
                    @for (v, words) in STRATEGIES { option value=(v) selected[a.strategy == v] { (words) } }
                }
            }
            div {
                label class="nhsuk-label" for="start-on" { "First lower dose on" }
                input class="nhsuk-input" id="start-on" name="start-on" type="date" value=(a.start_on);
            }
        }
        button class="nhsuk-button" type="submit" { "Plan" }
    }
}
