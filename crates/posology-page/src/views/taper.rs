//! A plan to reduce or stop: risk first, then steps, calendar, curve, supply; adjustable.
use super::{enter, taper_form};
use crate::chart;
use crate::entry::Entry;
use crate::routes::taper::Asked;
use crate::words::{self, num};
use jiff::civil::Date;
use maud::{Markup, html};
use posology_knowledge::KnowledgeBase;
use posology_model::Evidence;
use posology_model::history::plus_days;
use posology_taper::{Piece, Plan, Step, WarningLevel};

/// The page before there is a plan, or where there cannot be one.
pub fn blank(kb: &KnowledgeBase, entry: Option<&Entry>, asked: &Asked, refusal: Option<&str>) -> Markup {
    html! {
        h1 class="nhsuk-heading-l tight" tabindex="-1" { "Plan a taper" }
        @match entry.filter(|e| !e.is_empty()) {
            Some(_) => { p class="lead" { "Dose, duration and risks are read from the record that was reviewed; what is written below holds over it." } }
            None => { p class="lead" { "Without a record nothing is known of seizures, alcohol, opioids, pregnancy, epilepsy or age, and the plan says so. To plan with them, start from a " a href="/" { "review" } "." } }
        }
        @if let Some(r) = refusal {
            div class="nhsuk-error-summary" role="alert" aria-labelledby="refusal" {
                h2 class="nhsuk-error-summary__title" id="refusal" { "There is no plan" }
                div class="nhsuk-error-summary__body" { p { (words::capital(r)) "." } }
            }
        }
        form method="post" action="/taper" {
            @if let Some(e) = entry { (enter::state_fields(e)) }
            (taper_form::fields(kb, asked))
        }
    }
}

/// The page of a plan.
pub fn view(
    kb: &KnowledgeBase,
    entry: Option<&Entry>,
    asked: &Asked,
    p: &Plan,
    event_refused: Option<&str>,
) -> Markup {
    let json = serde_json::to_string(p).unwrap_or_default();
    let leaflet = posology_papers::with_leaflet(kb).contains(&p.substance.id.as_str());
    html! {
        h1 class="nhsuk-heading-l tight" tabindex="-1" { "Taper of " (p.substance.name) }
        p class="meta" { "From " (num(p.from.daily_dose_mg)) " mg a day · " (p.guideline_used.name) " · " (p.guideline_used.pace) " · made for " (p.as_of) " · knowledge " (p.knowledge_version) }
        p class="nhsuk-inset-text disclaimer" { (p.disclaimer) }
        @if let Some(q) = &p.awaits_prescriber { div class="stop-box" role="alert" { p { strong { "Waits for the prescriber: " } (q) } } }
        (risk(p))
        (warnings(p))
        div class="answer-grid" {
            div class="answer-main" {
                (steps(kb, p))
            }
            aside class="answer-side" aria-label="Change and take along" {
                section class="try" aria-labelledby="adjust" {
                    h2 class="nhsuk-heading-s tight" id="adjust" { "Life happened" }
                    @if let Some(e) = event_refused { p class="refused" role="alert" { strong { "Not done: " } (e) } }
                    form method="post" action="/taper/adjust" {
                        @if let Some(e) = entry { (enter::state_fields(e)) }
                        input type="hidden" name="plan" value=(json);
                        (hidden(asked))
                        label class="nhsuk-label" for="event" { "What" }
                        input class="nhsuk-input" id="event" name="event" list="events" placeholder="hold 7 days" autocomplete="off" required maxlength="200";
                        datalist id="events" {
                            @for e in ["hold 7 days", "hold 14 days", "missed 3 days", "slower", "faster", "step back", "dose now 7.5 mg", "symptoms: GAD-7 15"] { option value=(e) {} }
                        }
                        label class="nhsuk-label" for="on" { "On" }
                        input class="nhsuk-input" id="on" name="on" type="date" value=(p.steps.first().map_or(p.as_of, |s| s.start)) required;
                        button class="small-button" type="submit" { "Make a new plan from that day" }
                    }
                    @if !p.history.is_empty() {
                        h3 class="sub" { "So far" }
                        ul { @for h in &p.history { li { (h.on) ": " (h.event) " – " (h.effect) } } }
                    }
                }
                section class="go-on" aria-labelledby="take" {
                    h2 class="nhsuk-heading-s tight" id="take" { "Take along" }
                    form method="post" action="/taper/plan.json" target="_blank" {
                        @if let Some(e) = entry { (enter::state_fields(e)) }
                        input type="hidden" name="plan" value=(json);
                        input type="hidden" name="drug" value=(p.substance.id);
                        @if leaflet { button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="submit" formaction="/leaflet.pdf" { "Leaflet with this plan (PDF)" } }
                        button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="submit" formaction="/taper/plan.ics" { "Calendar (ICS)" }
                        button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="submit" formaction="/taper/plan.csv" { "Table (CSV)" }
                        button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="submit" formaction="/taper/fhir.json" { "FHIR (draft)" }
                        button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="submit" { "Plan (JSON)" }
                    }
                }
                section class="gaps" aria-labelledby="plan-gaps" {
                    h2 class="nhsuk-heading-s tight" id="plan-gaps" { "Not assessed (" (p.not_assessed.len()) ")" }
                    @if p.not_assessed.is_empty() { p { "Nothing that the plan needs was missing." } }
                    ul { @for n in &p.not_assessed { li { strong { (n.what) } ": " (n.why) } } }
                }
            }
        }
        (chart::plan::chart(p).figure())
        (calendar(p))
        (supply(p))
        section aria-labelledby="again" {
            h2 class="nhsuk-heading-m" id="again" { "Plan it otherwise" }
            form method="post" action="/taper" {
                @if let Some(e) = entry { (enter::state_fields(e)) }
                (taper_form::fields(kb, asked))
            }
        }
    }
}

fn hidden(a: &Asked) -> Markup {
    html! {
        @for (name, value) in a.pairs() { input type="hidden" name=(name) value=(value); }
    }
}

fn source(e: &Evidence) -> Markup {
    html! { " " a class="ref" href=(format!("/source/{}#{}", e.source_id, super::parts::anchor(&e.locator))) { (e.source) } " (" (words::confidence(e.confidence).0) ")" }
}

fn risk(p: &Plan) -> Markup {
    let a = &p.advice;
    html! {
        section class="risk" aria-labelledby="risk" {
            h2 class="nhsuk-heading-m tight" id="risk" { "Risk first" }
            p { strong { (a.summary) } " Physical dependence: " (a.dependence) "." }
            @if !a.risks.is_empty() { ul { @for r in &a.risks { li { strong { (r.kind.replace('-', " ")) ": " } (r.text) (source(&r.evidence)) } } } }
            @if !(a.harms_of_stopping.is_empty() && a.harms_of_going_on.is_empty()) {
                details class="nhsuk-details" {
                    summary class="nhsuk-details__summary" { span class="nhsuk-details__summary-text" { "The harm of stopping, and of going on" } }
                    div class="nhsuk-details__text two" {
                        div { h3 class="sub" { "Stopping" } ul { @for h in &a.harms_of_stopping { li { (h.text) (source(&h.evidence)) } } } }
                        div { h3 class="sub" { "Going on" } ul { @for h in &a.harms_of_going_on { li { (h.text) (source(&h.evidence)) } } } }
                    }
                }
            }
        }
    }
}

fn warnings(p: &Plan) -> Markup {
    let class = |l: WarningLevel| match l {
        WarningLevel::Critical => ("critical", "nhsuk-tag severity severity-critical"),
        WarningLevel::Caution => ("caution", "nhsuk-tag severity severity-caution"),
        WarningLevel::Note => ("note", "nhsuk-tag severity severity-note"),
    };
    html! {
        @if !p.warnings.is_empty() {
            section aria-labelledby="warnings" {
                h2 class="nhsuk-heading-s tight" id="warnings" { "To know before using it" }
                ul class="warnings" { @for w in &p.warnings { li { strong class=(class(w.level).1) { (class(w.level).0) } " " (w.text) } } }
            }
        }
    }
}

fn pieces(list: &[Piece]) -> String {
    list.iter()
        .map(|p| match (p.count, p.volume_ml) {
            (Some(c), _) => format!("{} × {}", count(c), p.product),
            (None, Some(v)) => format!("{} mL of {}", num(v), p.product),
            (None, None) => p.product.clone(),
        })
        .collect::<Vec<_>>()
        .join(" + ")
}

fn count(c: f64) -> String {
    let whole = c.floor();
    let part = match ((c - whole) * 4.0).round() as i64 {
        1 => "¼",
        2 => "½",
        3 => "¾",
        _ => "",
    };
    if whole == 0.0 && !part.is_empty() { part.to_owned() } else { format!("{whole}{part}") }
}

fn steps(kb: &KnowledgeBase, p: &Plan) -> Markup {
    let name = |id: &str| kb.find(id).map_or_else(|| id.to_owned(), |ix| kb.substance(ix).name.clone());
    html! {
        section aria-labelledby="steps" {
            h2 class="nhsuk-heading-m tight" id="steps" { "Steps" }
            div class="scroll" tabindex="0" role="group" aria-label="Steps of the plan" {
                table class="nhsuk-table dense dates" {
                    caption class="nhsuk-u-visually-hidden" { "Steps of the plan" }
                    thead { tr { th scope="col" { "From" } th scope="col" { "Days" } th scope="col" { "A day" } th scope="col" { "Cut" } th scope="col" { "Doses" } th scope="col" { "Look" } } }
                    tbody {
                        @for s in &p.steps {
                            tr {
                                th scope="row" { (s.start) }
                                td { @if s.days == 0 { "end" } @else { (s.days) } }
                                td { (num(s.daily_dose_mg)) " mg" @if s.substance != p.substance.id { " " (name(&s.substance)) } @if let Some(a) = &s.also { " + " (num(a.daily_dose_mg)) " mg " (name(&a.substance)) } @if s.kind != "reduction" { br; em { (s.kind.replace('-', " ")) } } }
                                td { (cut(s)) @if s.fall_exceeds_bound { br; strong { "beyond the bound" } } }
                                td { @for d in &s.doses { (d.time) " " (pieces(&d.pieces)) br; } }
                                td { @if let Some([a, b]) = s.review { (a) @if a != b { " to " (b) } } }
                            }
                        }
                    }
                }
            }
            @if !p.reaches_goal { p { strong { "The goal is not reached: " } "nothing smaller can be made from products that exist." } }
        }
    }
}

fn cut(s: &Step) -> String {
    if s.reduction_percent < 0.0 {
        format!("+{} %", num(-s.reduction_percent))
    } else {
        format!("{} %", num(s.reduction_percent))
    }
}

/// Months, with the dose of each day on which it changes.
fn calendar(p: &Plan) -> Markup {
    const MONTHS: usize = 24;
    let first = p.steps.first().map_or(p.as_of, |s| s.start).first_of_month();
    let mut months: Vec<Date> = Vec::new();
    let mut m = first;
    while m <= p.ends && months.len() < MONTHS {
        months.push(m);
        m = plus_days(m.last_of_month(), 1);
    }
    let dose = |d: Date| {
        p.steps
            .iter()
            .rev()
            .find(|s| s.start <= d && (s.days == 0 || d < plus_days(s.start, i64::from(s.days))))
    };
    html! {
        details class="nhsuk-details more" {
            summary class="nhsuk-details__summary" { h2 class="nhsuk-details__summary-text" { "Calendar" } }
            div class="nhsuk-details__text" {
                @if m <= p.ends { p { "The first " (MONTHS) " months; the ICS file holds all." } }
                div class="calendar" {
                    @for month in &months {
                        table class="month" {
                            caption { (name_of(*month)) }
                            thead { tr { @for d in ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"] { th scope="col" { (d) } } } }
                            tbody {
                                @let lead = i64::from(month.weekday().to_monday_zero_offset());
                                @let days = i64::from(month.days_in_month());
                                @for w in 0..((lead + days + 6) / 7) {
                                    tr {
                                        @for c in 0..7 {
                                            @let n = w * 7 + c - lead;
                                            @if n < 0 || n >= days { td {} } @else {
                                                @let d = plus_days(*month, n);
                                                @let s = dose(d);
                                                @let change = s.is_some_and(|s| s.start == d);
                                                td class=(if change { "change" } else if s.is_some() { "in" } else { "out" }) { (n + 1) @if let Some(s) = s.filter(|_| change) { strong { (num(s.daily_dose_mg)) span class="nhsuk-u-visually-hidden" { " mg a day from here" } } } }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                p class="quiet" { "A number in bold is the daily dose in mg from that day on." }
            }
        }
    }
}

fn name_of(d: Date) -> String {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    format!("{} {}", NAMES[usize::from(d.month().unsigned_abs()).saturating_sub(1) % 12], d.year())
}

fn supply(p: &Plan) -> Markup {
    let amount = |c: Option<f64>, v: Option<f64>| match (c, v) {
        (Some(c), _) => count(c),
        (None, Some(v)) => format!("{} mL", num(v)),
        (None, None) => String::new(),
    };
    html! {
        details class="nhsuk-details more" {
            summary class="nhsuk-details__summary" { h2 class="nhsuk-details__summary-text" { "Supply, never for longer than to the next change" } }
            div class="nhsuk-details__text scroll" tabindex="0" role="group" aria-label="Supply by step" {
                table class="nhsuk-table dense" {
                    caption class="nhsuk-u-visually-hidden" { "Supply by step" }
                    thead { tr { th scope="col" { "Not before" } th scope="col" { "For days" } th scope="col" { "Product" } th scope="col" { "Amount" } th scope="col" { "In it" } } }
                    tbody {
                        @for s in &p.supply { tr { th scope="row" { (s.dispense_on) } td { (s.days) } td { (s.product) } td { (amount(s.count, s.volume_ml)) } td { (num(s.amount_mg)) " mg" } } }
                        @for s in &p.supply_total { tr class="sum" { th scope="row" { "in all" } td {} td { (s.product) } td { (amount(s.count, s.volume_ml)) } td { (num(s.amount_mg)) " mg" } } }
                    }
                }
            }
        }
    }
}
