#![doc = include_str!("daily_dose_above_limit.md")]
use super::limit::{Bound, bounds, exceeds};
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::words::{capital, mg, num};
use posology_knowledge::schema::LimitKind;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "daily-dose-above-limit",
    summary: "The daily dose is above a limit that holds for this patient.",
    family: Family::Doses,
    status: RuleStatus::Stable,
    applies: |c| {
        c.after
            .iter()
            .any(|t| c.kb.substance(t.substance).limits.iter().any(|l| l.kind == LimitKind::DailyMax))
    },
    needs: &[],
    silent_in: &[
        ClinicalContext::Palliative,
        ClinicalContext::IntensiveCare,
        ClinicalContext::SupervisedWithdrawal,
    ],
    check,
    page: include_str!("daily_dose_above_limit.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    for t in &ctx.after {
        let all = bounds(ctx, t, LimitKind::DailyMax, out);
        let Some(dose) = t.daily_mg else { continue };
        let mut over: Vec<&Bound<'_>> = all.iter().filter(|b| exceeds(ctx, dose.1, b.mg)).collect();
        // The strictest first; a printed limit before a derived one of the same height.
        over.sort_by(|a, b| a.mg.total_cmp(&b.mg).then(a.limit.derived.cmp(&b.limit.derived)));
        let Some(worst) = over.first() else { continue };
        let far = ctx.number("dose-far-above-limit-ratio").map_or(2.0, |p| p.value);
        let printed = over.iter().any(|b| !b.limit.derived && dose.1 >= b.mg * far);
        let usual = if over.iter().any(|b| dose.1 >= b.mg * far && b.narrow.is_empty()) || printed {
            Severity::Serious
        } else {
            Severity::Caution
        };
        let severity = over
            .iter()
            .filter_map(|b| b.limit.severity.as_deref().and_then(Severity::from_word))
            .max()
            .unwrap_or(usual);
        let name = ctx.name(t.substance);
        let mut d = Draft::new(
            severity,
            format!(
                "{} {} a day is above the limit of {} mg{}",
                capital(name),
                mg(dose),
                num(worst.mg),
                worst.narrow
            ),
        )
        .about(ctx, [t.substance])
        .figure("daily_mg", dose.1)
        .figure("limit_mg", worst.mg);
        for b in &over {
            d = d.say(b.words(dose.1)).source(ctx, &b.limit.source, b.limit.confidence);
        }
        if let Some(n) = &worst.limit.note {
            d = d.say(n);
        }
        out.push(d.action(ActionKind::ReduceDose, format!("Bring the daily dose of {name} to {} mg or less, or record why more is needed; a dose taken for weeks is lowered in steps.", num(worst.mg))));
    }
}
