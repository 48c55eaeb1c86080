#![doc = include_str!("interacting_drug.md")]
use crate::change::{change, patient};
use crate::context::Context;
use crate::derived::Derived;
use crate::draft::{Draft, Findings};
use crate::expected::{days_of_change, days_words};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::rules::dependence::episode::benzodiazepine_use;
use crate::rules::interactions::exposure_change::grave;
use crate::taken::{Taken, current};
use crate::words::{capital, list, num};
use posology_knowledge::SubstanceIx;
use posology_model::history::plus_days;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "interacting-drug-started-or-stopped",
    summary: "A drug that changes the clearance of another starts or stops, and the exposure of the other shifts.",
    family: Family::Withdrawal,
    status: RuleStatus::Stable,
    applies: |c| c.now.len() + c.after.len() > 1,
    needs: &[],
    silent_in: &[ClinicalContext::IntensiveCare],
    check,
    page: include_str!("interacting_drug.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(derived) = Derived::of(ctx.kb) else { return };
    let person = patient(ctx);
    // Before: what was taken before the orders, or some weeks ago where there is no order.
    let earlier;
    let (before, after): (&[Taken<'_>], &[Taken<'_>]) = if ctx.has_orders() {
        (&ctx.now, &ctx.after)
    } else {
        let Some(days) = ctx.number("reduction-lookback-days") else { return };
        earlier = current(ctx.case, plus_days(ctx.day(), -(days.value as i64)));
        (&earlier, &ctx.now)
    };
    // Nothing begun or ended: nothing shifts.
    let same =
        before.len() == after.len() && before.iter().zip(after).all(|(b, a)| b.substance == a.substance);
    if same {
        return;
    }
    let dependence = benzodiazepine_use(ctx);
    for v in after {
        // The victim itself goes on at the same dose; otherwise other rules speak.
        let Some(old) = before.iter().find(|b| b.substance == v.substance) else { continue };
        if old.daily_mg != v.daily_mg {
            continue;
        }
        let ratio = |list: &[Taken<'_>]| change(derived, v, list, &person);
        let (a, b) = (ratio(before), ratio(after));
        let by =
            |c: &Option<crate::change::Change<'_>>| c.as_ref().map(|c| c.by.to_vec()).unwrap_or_default();
        let (by_a, by_b) = (by(&a), by(&b));
        let gone: Vec<SubstanceIx> =
            by_a.iter().filter(|s| !after.iter().any(|t| t.substance == **s)).copied().collect();
        let new: Vec<SubstanceIx> =
            by_b.iter().filter(|s| !before.iter().any(|t| t.substance == **s)).copied().collect();
        if gone.is_empty() && new.is_empty() {
            continue;
        }
        let value = |c: &Option<crate::change::Change<'_>>| c.as_ref().map_or(1.0, |c| c.active);
        let shift = value(&b) / value(&a);
        if !shift.is_finite() {
            continue;
        }
        let dependent = dependence.substances.contains(&v.substance)
            && dependence.likelihood.as_ref().is_some_and(|l| l.matters());
        let fall = (1.0 - shift) * 100.0;
        let bound = ctx.number("interacting-stop-fall-percent");
        let withdrawal = dependent && bound.is_some_and(|p| fall >= p.value);
        let (Some(up), Some(down)) = (ctx.number("auc-ratio-report"), ctx.number("auc-ratio-lowered-report"))
        else {
            return;
        };
        // A start that raises or lowers is already told by the exposure rules; here only what they cannot see: stops, and withdrawal.
        let by_stop = !gone.is_empty() && (shift >= up.value || shift <= down.value);
        if !withdrawal && !by_stop {
            continue;
        }
        let name = ctx.name(v.substance);
        let what = if gone.is_empty() {
            format!("{} starts", list(new.iter().map(|s| ctx.name(*s))))
        } else {
            format!("{} stops", list(gone.iter().map(|s| ctx.name(*s))))
        };
        let severity = if withdrawal || shift >= up.value && grave(ctx, v.substance) {
            Severity::Serious
        } else {
            Severity::Caution
        };
        let change_words = if shift < 1.0 {
            format!("falls by {} %", num(fall.round()))
        } else {
            format!("rises {}-fold", num((shift * 10.0).round() / 10.0))
        };
        let mut d = Draft::new(severity, format!("{}: exposure to {name} {change_words}", capital(&what)))
            .about(ctx, std::iter::once(v.substance).chain(gone.iter().copied()).chain(new.iter().copied()))
            .say(format!("At an unchanged dose the predicted active exposure to {name} {change_words} over the days to weeks after {what}."))
            .figure("active_exposure_shift", shift);
        if let Some(days) = days_of_change(ctx, v, before, after) {
            d = d
                .say(format!("Nine tenths of it come within {} (simulated at this dose).", days_words(days)))
                .figure("days_to_90_percent", days);
        }
        if let Some(l) = dependence.likelihood.as_ref().filter(|_| withdrawal) {
            d = d.say(format!("{name} has been taken long enough for physical dependence ({}): this can bring withdrawal without any change of its dose.", l.row.text.trim_end_matches('.')));
            d = d.source(ctx, &l.row.source, l.row.confidence);
        }
        if let Some(p) = bound.filter(|_| withdrawal) {
            d = d.parameter(ctx, p);
        }
        for s in gone.iter().chain(&new) {
            if let Some(k) = ctx.kb.kinetics(*s) {
                for (r, c) in k
                    .inhibits
                    .iter()
                    .map(|x| (&x.source, x.confidence))
                    .chain(k.induces.iter().map(|x| (&x.source, x.confidence)))
                    .take(2)
                {
                    d = d.source(ctx, r, c);
                }
            }
        }
        if ctx.has_orders() {
            d = d.about_order();
        }
        d = if shift < 1.0 {
            d.action(ActionKind::Monitor, format!("Watch for withdrawal or loss of effect of {name} over the next weeks; tell the patient what to look for."))
                .action(ActionKind::Reconsider, "Change the interacting drug in steps where that is possible, or choose one that does not act on the enzyme.")
        } else {
            d.action(
                ActionKind::ReduceDose,
                format!("Expect a stronger effect of {name}; plan a lower dose and a look within two weeks."),
            )
        };
        out.push(d);
    }
}
