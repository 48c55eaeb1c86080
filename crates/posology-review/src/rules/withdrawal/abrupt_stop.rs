#![doc = include_str!("abrupt_stop.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::rules::dependence::episode::{Use, use_until};
use crate::words::{capital, list};
use posology_knowledge::{Origin, SubstanceIx};
use posology_model::history::{days_between, plus_days};
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "abrupt-stop",
    summary: "A benzodiazepine or Z-drug stops, or has just stopped, after use that makes physical dependence likely.",
    family: Family::Withdrawal,
    status: RuleStatus::Stable,
    applies: |c| {
        c.case.exposures.iter().any(|e| {
            [c.known.class.benzodiazepine, c.known.class.z_drug]
                .into_iter()
                .flatten()
                .any(|k| c.kb.in_class(e.substance, k))
        })
    },
    needs: &[],
    silent_in: &[ClinicalContext::Palliative],
    check,
    page: include_str!("abrupt_stop.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let class = |s: SubstanceIx| {
        [ctx.known.class.benzodiazepine, ctx.known.class.z_drug]
            .into_iter()
            .flatten()
            .any(|k| ctx.kb.in_class(s, k))
    };
    // An order to stop what is taken, nothing of the class left after it.
    let covered = ctx.after.iter().any(|t| class(t.substance));
    let stopped: Vec<SubstanceIx> = ctx.stops().map(|e| e.substance).filter(|s| class(*s)).collect();
    if !stopped.is_empty() && !covered {
        report(ctx, &use_until(ctx, ctx.day()), &stopped, None, out);
        return;
    }
    // Ended in the last weeks, nothing of the class now.
    let Some(lookback) = ctx.number("reduction-lookback-days") else { return };
    if ctx.now.iter().any(|t| class(t.substance)) || covered {
        return;
    }
    let last = ctx
        .case
        .exposures
        .iter()
        .filter(|e| {
            e.origin == Origin::Record && class(e.substance) && e.start.is_some_and(|s| s <= ctx.day())
        })
        .filter_map(|e| e.end.map(|end| (end, e.substance)))
        .max();
    let Some((end, substance)) = last else { return };
    let ago = days_between(end, ctx.day());
    if ago < 1 || ago as f64 > lookback.value {
        return;
    }
    report(ctx, &use_until(ctx, end), &[substance], Some(plus_days(end, 1)), out);
}

fn report(
    ctx: &Context<'_>,
    u: &Use<'_>,
    stopped: &[SubstanceIx],
    since: Option<posology_model::Date>,
    out: &mut Findings<'_>,
) {
    let (Some(e), Some(l)) = (&u.current, &u.likelihood) else { return };
    if !l.matters() {
        return;
    }
    let names = list(stopped.iter().map(|s| ctx.name(*s)));
    let seizures = ctx.has_id("withdrawal-seizure") || ctx.has_id("epilepsy");
    let severity = match (l.likely(), seizures) {
        (true, true) => Severity::Critical,
        (true, false) => Severity::Serious,
        (false, true) => Severity::Serious,
        (false, false) => Severity::Caution,
    };
    let mut d = Draft::new(
        severity,
        format!("{} stops at once after {} days", capital(&names), e.length_days()),
    )
    .about(ctx, stopped.iter().copied())
    .say(match since {
        None => format!("The order ends it at once; it has been taken since {}.", e.start),
        Some(day) => format!("No supply is on record from {day}; it had been taken since {}.", e.start),
    })
    .say(&l.row.text)
    .say("Withdrawal can bring anxiety, sleeplessness, tremor, confusion and seizures; it can be fatal.");
    if seizures {
        d = d.say("A seizure history is on record: the risk of a seizure is higher.");
    }
    d = d.source(ctx, &l.row.source, l.row.confidence).figure("days_of_use", e.length_days() as f64);
    if let Some(p) = ctx.number("taper-max-percent") {
        d = d.parameter(ctx, p);
    }
    d = if since.is_none() {
        d.about_order().action(ActionKind::Taper, "Plan a taper instead of the stop (posology taper), with tablets that exist and a review at each step.")
    } else {
        d.action(ActionKind::Verify, "Find out whether it is still taken, from where, and how the patient is.")
            .action(ActionKind::Taper, "If it was stopped: do not resume the old dose automatically, tolerance may be lost; the prescriber decides on a lower restart and a taper.")
    };
    out.push(d.action(
        ActionKind::Monitor,
        "Withdrawal signs; sooner with short-acting drugs, up to three weeks later with long-acting ones.",
    ));
}
