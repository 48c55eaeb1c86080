#![doc = include_str!("reduction_too_fast.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::load::diazepam_equivalent;
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::rules::dependence::episode::use_until;
use crate::words::{list, num};
use posology_model::history::{daily_on, plus_days};
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "reduction-too-fast",
    summary: "A dose is cut by more than a guideline's largest step after use that makes physical dependence likely.",
    family: Family::Withdrawal,
    status: RuleStatus::Stable,
    applies: |c| c.any(c.known.class.benzodiazepine) || c.any(c.known.class.z_drug),
    needs: &[],
    silent_in: &[ClinicalContext::Palliative],
    check,
    page: include_str!("reduction_too_fast.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let (Some(most), Some(days)) = (ctx.number("taper-max-percent"), ctx.number("taper-max-percent-days"))
    else {
        return;
    };
    let u = use_until(ctx, ctx.day());
    let Some(l) = u.likelihood.as_ref().filter(|l| l.matters()) else { return };
    let now: f64;
    let before: f64;
    let ordered = ctx.has_orders();
    let planned: Option<f64> = ctx
        .of(ctx.known.class.benzodiazepine)
        .chain(ctx.of(ctx.known.class.z_drug))
        .map(|t| t.daily_high().and_then(|d| diazepam_equivalent(ctx.kb, t.substance, d)).map(|x| x.1))
        .sum();
    let (today, today_gap) = daily_on(&u.spans, ctx.day());
    let (earlier, earlier_gap) = daily_on(&u.spans, plus_days(ctx.day(), -(days.value as i64)));
    if ordered && planned.is_some_and(|p| (p - today).abs() > 1e-9) && !today_gap {
        now = planned.unwrap_or(today);
        before = today.max(if earlier_gap { 0.0 } else { earlier });
    } else {
        if today_gap || earlier_gap || earlier <= 0.0 {
            return;
        }
        now = today;
        before = earlier;
    }
    if now <= 0.0 || before <= 0.0 {
        return;
    }
    let cut = (1.0 - now / before) * 100.0;
    if cut <= most.value + 1e-9 {
        return;
    }
    let abrupt = ctx.number("abrupt-reduction-percent").is_some_and(|p| cut >= p.value);
    let severity = match (l.likely(), abrupt) {
        (true, true) => Severity::Serious,
        _ => Severity::Caution,
    };
    let names = list(u.substances.iter().map(|s| ctx.name(*s)));
    let mut d = Draft::new(severity, format!("{names}: dose cut by {} %", num(cut.round())))
        .about(ctx, u.substances.iter().copied())
        .say(format!("From {} to {} mg diazepam equivalents a day within {} days; the guideline's largest step is {} %.", num(before), num(now), num(days.value), num(most.value)))
        .say(&l.row.text)
        .figure("cut_percent", cut)
        .parameter(ctx, most)
        .parameter(ctx, days)
        .source(ctx, &l.row.source, l.row.confidence)
        .action(ActionKind::Taper, "Plan smaller steps (posology taper); if withdrawal signs are there, hold, or go back to the last dose without them.");
    if ordered {
        d = d.about_order();
    }
    out.push(d);
}
