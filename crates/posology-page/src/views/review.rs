//! The review.
use super::{enter, findings, parts, resolved, try_out};
use crate::chart::{concentration, load, ratio, timeline};
use crate::entry::Entry;
use crate::outcome::Outcome;
use crate::words::{self, count, mg};
use maud::{Markup, html};
use posology_knowledge::{KnowledgeBase, SubstanceIx};
use posology_model::{Review, Sex};
use posology_review::Context;

/// The page.
pub fn view(kb: &KnowledgeBase, entry: &Entry, o: &Outcome, curve: Option<SubstanceIx>) -> Markup {
    let review = &o.review;
    let ctx = Context::new(&o.tried, kb, &o.settings);
    let gaps = review.not_assessed.len() + o.orders_not_recognised.len();
    html! {
        div id="answer" {
            form id="state" method="post" action="/review" { (enter::state_fields(entry)) }
            div class="answer-head" {
                div {
                    h1 class="nhsuk-heading-l tight" tabindex="-1" { "Review" }
                    p class="meta" { (person(&ctx)) " · " (review.as_of) " · " (words::country(o.settings.jurisdiction)) " labels and guidelines · knowledge " (review.knowledge_version) }
                }
                div class="answer-go" {
                    button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="submit" form="state" formaction="/enter" { "Edit what was entered" }
                }
            }
            (stop(o))
            @if let Some(d) = &o.difference {
                (findings::difference(d, review, &entry.changes.iter().map(|c| c.words(kb)).collect::<Vec<_>>()))
            }
            div class="answer-grid" {
                div class="answer-main" { (findings::list(review, o.difference.as_ref())) }
                aside class="answer-side" aria-label="Not assessed, and what to do next" {
                    (not_assessed(o))
                    (try_out::panel(kb, entry, o))
                    (go_on(kb, &ctx))
                }
            }
            section aria-labelledby="pictures" {
                h2 class="nhsuk-heading-m" id="pictures" { "Pictures" }
                @match timeline::chart(kb, &o.recorded, review.as_of) {
                    Some(c) => (c.figure()),
                    None => { p class="quiet" { "No history is drawn: no entry says when it started." } }
                }
                @match load::chart(&ctx) {
                    Some(c) => (c.figure()),
                    None => { p class="quiet" { "No sedation load: nothing taken is known to sedate." } }
                }
                @match ratio::chart(&ctx) {
                    Some(c) => (c.figure()),
                    None => { p class="quiet" { "No exposure ratio: nothing taken is known to change the clearance of anything else taken." } }
                }
                (curves(&ctx, curve))
            }
            (benefits(review))
            (education(review))
            (follow_up(review))
            (silenced(review))
            (taken(review))
            @if !o.problems.is_empty() {
                section aria-labelledby="problems" { h2 class="nhsuk-heading-s" id="problems" { "Problems of the input" } (resolved::problems(&o.problems)) }
            }
            p class="gap-bar" { a href="#not-assessed" { "Not assessed: " strong { (gaps) } } " · " a href="#try" { "What if" } " · " a href="#findings" { "Findings" } }
        }
    }
}

fn person(ctx: &Context<'_>) -> String {
    let sex = match ctx.sex {
        Some(Sex::Female) => "female",
        Some(Sex::Male) => "male",
        None => "sex not recorded",
    };
    let age = match ctx.age {
        Some(a) if a < 2.0 => format!("{:.0} months", (a * 12.0).floor()),
        Some(a) => format!("{:.0} years", a.floor()),
        None => "age not recorded".to_owned(),
    };
    let weight = ctx.weight_kg.map_or(String::new(), |w| format!(", {} kg", words::num(w)));
    let kidney = ctx.egfr.map_or(String::new(), |e| format!(", eGFR {}", words::num(e)));
    format!("{}, {age}{weight}{kidney}", words::capital(sex))
}

/// The one message that may interrupt.
fn stop(o: &Outcome) -> Markup {
    html! {
        @for x in &o.orders_not_recognised {
            div class="stop-box" role="alert" { p { strong { "Not reviewed: " } "the order “" (x) "” names no drug that the knowledge holds." } }
        }
        @if let Some(m) = &o.review.interruption {
            div class="stop-box" role="alert" {
                h2 class="stop-title" { span class="stop-sign" aria-hidden="true" { "!" } "Stop and decide" }
                p { strong { (m.title) } }
                @if !m.also.is_empty() {
                    p { "Also critical:" }
                    ul { @for a in &m.also { li { (a) } } }
                }
            }
        }
    }
}

fn not_assessed(o: &Outcome) -> Markup {
    let list = &o.review.not_assessed;
    html! {
        section class="gaps" aria-labelledby="not-assessed" {
            h2 class="nhsuk-heading-s tight" id="not-assessed" { "Not assessed (" (list.len() + o.orders_not_recognised.len()) ")" }
            @if list.is_empty() && o.orders_not_recognised.is_empty() {
                p { "Nothing: every entry was recognised and no rule lacked what it needs. Rules do not cover everything." }
            }
            ul {
                @for x in &o.orders_not_recognised { li { strong { "the order “" (x) "”" } ": its drug is not known" } }
                @for n in list { li { strong { (n.what) } ": " (n.why) } }
            }
        }
    }
}

/// What can be done with the review.
fn go_on(kb: &KnowledgeBase, ctx: &Context<'_>) -> Markup {
    let tapers = posology_taper::taperable(ctx);
    let known = posology_papers::with_leaflet(kb);
    let leaflets: Vec<&str> = ctx
        .after
        .iter()
        .map(|t| kb.substance(t.substance).id.as_str())
        .filter(|id| known.contains(id))
        .collect();
    html! {
        section class="go-on" aria-labelledby="go-on" {
            h2 class="nhsuk-heading-s tight" id="go-on" { "Go on" }
            @for ix in &tapers {
                @let s = kb.substance(*ix);
                button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="submit" form="state" formaction="/taper" name="drug" value=(s.id) { "Plan a taper of " (s.name) }
            }
            @for id in &leaflets {
                @let name = kb.find(id).map_or(*id, |ix| kb.substance(ix).name.as_str());
                button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="submit" form="state" formaction="/leaflet.pdf" formtarget="_blank" name="drug" value=(id) { "Leaflet: " (name) " (PDF)" }
            }
            button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="submit" form="state" formaction="/decision.pdf" formtarget="_blank" { "Decision sheet (PDF)" }
            p class="quiet" { "Papers are drafts until a clinician has checked them." }
        }
    }
}

/// The concentration of one drug, with the choice of another.
pub fn curves(ctx: &Context<'_>, chosen: Option<SubstanceIx>) -> Markup {
    let all = concentration::drawable(ctx);
    let shown = chosen.filter(|c| all.contains(c)).or_else(|| all.first().copied());
    html! {
        div id="curves" {
            @match shown {
                None => { p class="quiet" { "No concentration curve: no drug taken has a model together with a known dose and route." } }
                Some(ix) => {
                    @if all.len() > 1 {
                        div class="curve-choice" {
                            label class="nhsuk-label" for="curve" { "Concentration of" }
                            select class="nhsuk-select" form="state" id="curve" name="curve" hx-post="/curve" hx-include="#state" hx-trigger="change" hx-target="#curves" hx-swap="outerHTML" {
                                @for d in &all { option value=(ctx.kb.substance(*d).id) selected[*d == ix] { (ctx.name(*d)) } }
                            }
                            button class="small-button" type="submit" form="state" formaction="/review#curves" { "show" }
                        }
                    }
                    @match concentration::chart(ctx, ix) {
                        Ok(c) => (c.figure()),
                        Err(why) => { p class="quiet" { "No curve of " (ctx.name(ix)) ": " (why) "." } }
                    }
                }
            }
        }
    }
}

fn more(id: &str, title: &str, body: &Markup) -> Markup {
    html! {
        details class="nhsuk-details more" id=(id) {
            summary class="nhsuk-details__summary" { h2 class="nhsuk-details__summary-text" { (title) } }
            div class="nhsuk-details__text" { (body) }
        }
    }
}

fn benefits(r: &Review) -> Markup {
    if r.benefits.is_empty() {
        return html! {};
    }
    let body = html! {
        @for b in &r.benefits {
            h3 class="sub" { (b.substance.name) @if let Some(i) = &b.indication { " for " (i) } }
            p { (b.statements.join(" ")) }
            (parts::evidence(&b.evidence))
        }
    };
    more("benefits", &format!("What good it may do ({})", r.benefits.len()), &body)
}

fn education(r: &Review) -> Markup {
    if r.education.is_empty() {
        return html! {};
    }
    let body = html! { ul { @for e in &r.education { li { strong { (e.topic) ": " } (e.text) } } } };
    more("education", &format!("What to tell the patient ({})", r.education.len()), &body)
}

fn follow_up(r: &Review) -> Markup {
    if r.follow_up.is_empty() {
        return html! {};
    }
    let body = html! {
        ul { @for f in &r.follow_up { li { time datetime=(f.due) { (f.due) } " " (f.what) " (" (f.why) ")" } } }
    };
    more("follow-up", &format!("Next looks ({})", r.follow_up.len()), &body)
}

fn silenced(r: &Review) -> Markup {
    if r.silenced.is_empty() {
        return html! {};
    }
    let body = html! {
        ul { @for s in &r.silenced { li { (s.title) " (" a href=(format!("/rule/{}", s.rule)) { (s.rule) } "): " (s.why) } } }
    };
    more("silenced", &format!("Silenced by the context ({})", r.silenced.len()), &body)
}

fn taken(r: &Review) -> Markup {
    if r.exposures.is_empty() {
        return html! {};
    }
    let body = html! {
        div class="scroll" tabindex="0" role="group" aria-label="What counts as taken" {
            table class="nhsuk-table dense" {
                caption class="nhsuk-u-visually-hidden" { "What counts as taken, and why" }
                thead { tr { th scope="col" { "Drug" } th scope="col" { "State" } th scope="col" { "As recorded" } th scope="col" { "A day" } th scope="col" { "Why" } th scope="col" { "Place" } } }
                tbody {
                    @for e in &r.exposures {
                        tr {
                            th scope="row" { a href=(format!("/drug/{}", e.substance.id)) { (e.substance.name) } }
                            td { (e.state.replace('-', " ")) } td { (e.product) } td { (mg(e.daily_mg)) } td { (e.why) } td { (e.path) }
                        }
                    }
                }
            }
        }
    };
    more(
        "taken",
        &format!("What counts as taken, and why ({})", count(r.exposures.len(), "entry", "entries")),
        &body,
    )
}
