#![doc = include_str!("dose_escalation.md")]
use super::episode::benzodiazepine_use;
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::words::{list, num};
use posology_model::history::{days_between, dose_steps};
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "dose-escalation",
    summary: "The daily dose of a benzodiazepine or Z-drug has risen over weeks, or an order raises it.",
    family: Family::Dependence,
    status: RuleStatus::Stable,
    applies: |c| c.any(c.known.class.benzodiazepine) || c.any(c.known.class.z_drug),
    needs: &[],
    silent_in: &[ClinicalContext::Palliative, ClinicalContext::IntensiveCare],
    check,
    page: include_str!("dose_escalation.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let u = benzodiazepine_use(ctx);
    let (Some(e), Some(percent), Some(window)) =
        (&u.current, ctx.number("escalation-percent"), ctx.number("escalation-window-days"))
    else {
        return;
    };
    // The first weeks of a treatment are a titration.
    if ctx.number("physical-dependence-days").is_some_and(|p| (e.length_days() as f64) < p.value) {
        return;
    }
    let mut steps: Vec<(posology_model::Date, f64)> = dose_steps(&u.spans)
        .into_iter()
        .filter(|s| s.end >= e.start && !s.incomplete && s.daily > 0.0)
        .map(|s| (s.start, s.daily))
        .collect();
    // What the orders make of it.
    let mut planned = 0.0;
    let mut known = true;
    for t in ctx.of(ctx.known.class.benzodiazepine).chain(ctx.of(ctx.known.class.z_drug)) {
        match t.daily_high().and_then(|d| crate::load::diazepam_equivalent(ctx.kb, t.substance, d)) {
            Some(x) => planned += x.1,
            None => known = false,
        }
    }
    let ordered = ctx.has_orders()
        && known
        && planned > 0.0
        && steps.last().is_some_and(|s| (s.1 - planned).abs() > 1e-9);
    if ordered {
        steps.push((ctx.day(), planned));
    }
    let Some(&(last_day, last)) = steps.last() else { return };
    let within = |d: posology_model::Date| days_between(d, last_day) as f64 <= window.value;
    let base = steps
        .iter()
        .rev()
        .skip(1)
        .take_while(|s| within(s.0))
        .map(|s| s.1)
        .chain(steps.iter().rev().skip(1).find(|s| !within(s.0)).map(|s| s.1))
        .fold(f64::INFINITY, f64::min);
    if !base.is_finite()
        || last <= base * (1.0 + percent.value / 100.0)
        || days_between(last_day, ctx.day()) as f64 > window.value
    {
        return;
    }
    let rise = (last / base - 1.0) * 100.0;
    let serious = ctx.number("escalation-serious-percent").is_some_and(|p| rise >= p.value);
    let names = list(u.substances.iter().map(|s| ctx.name(*s)));
    out.push(
        Draft::new(if serious { Severity::Serious } else { Severity::Caution }, format!("{names}: dose up by {} %", num(rise.round())))
            .about(ctx, u.substances.iter().copied())
            .say(format!("From {} to {} mg diazepam equivalents a day (highest of the published tables) within {} days. A rising dose can be tolerance, a worse illness, or withdrawal between doses; a further rise seldom helps for long.", num(base), num(last), num(window.value)))
            .figure("rise_percent", rise)
            .parameter(ctx, percent)
            .parameter(ctx, window)
            .action(ActionKind::Monitor, "Ask what the rise was for, and look for tolerance and for symptoms between doses.")
            .action(ActionKind::Reconsider, "Treat the underlying problem another way rather than raising further."),
    );
}
