//! Overrides by rule, and what they say of alert fatigue.
use crate::feedback::RuleFeedback;
use crate::words::count;
use maud::{Markup, html};

/// Below this many answers a share says little.
const FEW: u64 = 20;
/// From this share of overrides on a rule deserves a look.
const MANY: f64 = 0.9;

/// The page.
pub fn view(answers: Option<Result<&[RuleFeedback], &str>>) -> Markup {
    html! {
        h1 class="nhsuk-heading-l tight" { "Feedback" }
        p class="lead" { "What clinicians answered to findings. Published override rates of medication alerts are 90 % and more; a rule that is always overridden teaches people to look away." }
        @match answers {
            None => { p class="nhsuk-inset-text" { "This service keeps no answers: there is no store. Start it with " code { "posology serve --data DIR" } " to keep them." } }
            Some(Err(e)) => { div class="nhsuk-error-summary" role="alert" { h2 class="nhsuk-error-summary__title" { "The answers cannot be read" } div class="nhsuk-error-summary__body" { p { (e) } } } }
            Some(Ok([])) => { p class="nhsuk-inset-text" { "No answers yet." } }
            Some(Ok(list)) => (table(list)),
        }
        h2 class="nhsuk-heading-s tight" { "How to read it" }
        ul {
            li { "The share is of the findings answered, with a 95 % interval (Wilson). Findings shown and not answered are counted apart: silence is no agreement." }
            li { "A high share of overrides may mean that the rule is wrong here, that it is right and shown to the wrong person, or that it is right and ignored. The reasons tell which." }
            li { "A rule with " (FEW) " answers or more and nine in ten overridden is marked for a look. Nothing is silenced by this page." }
        }
    }
}

/// Wilson's interval of a share.
fn wilson(k: u64, n: u64) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (n, p, z) = (n as f64, k as f64 / n as f64, 1.96);
    let middle = p + z * z / (2.0 * n);
    let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let d = 1.0 + z * z / n;
    (((middle - spread) / d).max(0.0), ((middle + spread) / d).min(1.0))
}

fn table(list: &[RuleFeedback]) -> Markup {
    let mut rows: Vec<&RuleFeedback> = list.iter().collect();
    rows.sort_by(|a, b| b.overridden.cmp(&a.overridden).then(a.rule.cmp(&b.rule)));
    let (shown, over, accepted) = rows.iter().fold((0u64, 0u64, 0u64), |s, r| {
        (s.0.saturating_add(r.shown), s.1.saturating_add(r.overridden), s.2.saturating_add(r.accepted))
    });
    let percent = |x: f64| format!("{:.0} %", 100.0 * x);
    html! {
        p { strong { (count(usize::try_from(shown).unwrap_or(usize::MAX), "finding", "findings")) " shown" } ", " (over) " overridden, " (accepted) " acted on." }
        div class="scroll" tabindex="0" role="group" aria-label="Answers by rule" {
            table class="nhsuk-table dense" {
                caption class="nhsuk-u-visually-hidden" { "Answers by rule" }
                thead { tr { th scope="col" { "Rule" } th scope="col" class="n" { "Shown" } th scope="col" class="n" { "Overridden" } th scope="col" class="n" { "Acted on" } th scope="col" { "Share overridden" } th scope="col" { "Reasons told" } } }
                tbody {
                    @for r in rows {
                        @let answered = r.overridden.saturating_add(r.accepted);
                        @let (lo, hi) = wilson(r.overridden, answered);
                        tr {
                            th scope="row" { a href=(format!("/rule/{}", r.rule)) { (r.rule) } }
                            td class="n" { (r.shown) } td class="n" { (r.overridden) } td class="n" { (r.accepted) }
                            td {
                                @if answered == 0 { "no answer" } @else {
                                    (percent(r.overridden as f64 / answered as f64)) " (" (percent(lo)) " to " (percent(hi)) ")"
                                    @if answered < FEW { " · few answers" } @else if r.overridden as f64 / answered as f64 >= MANY { " · " strong { "look at this rule" } }
                                }
                            }
                            td { @for (i, (why, n)) in r.reasons.iter().enumerate() { @if i > 0 { "; " } @if why.is_empty() { "none told" } @else { (why) } " (" (n) ")" } }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // Newcombe 1998, Statistics in Medicine 17:857, table I: 81 of 263 gives 0.2553 to 0.3662.
        let (lo, hi) = wilson(81, 263);
        assert!((lo - 0.2553).abs() < 5e-4 && (hi - 0.3662).abs() < 5e-4, "{lo} {hi}");
        assert_eq!(wilson(0, 0), (0.0, 1.0));
    }
}
