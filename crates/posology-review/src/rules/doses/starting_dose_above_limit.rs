#![doc = include_str!("starting_dose_above_limit.md")]
use super::limit::{bounds, exceeds};
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::TakenState;
use crate::words::{capital, mg, num};
use posology_knowledge::schema::LimitKind;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "starting-dose-above-limit",
    summary: "A new order starts above the highest advised starting dose.",
    family: Family::Doses,
    status: RuleStatus::Stable,
    applies: |c| c.after.iter().any(|t| t.state == TakenState::Proposed),
    needs: &[],
    silent_in: &[
        ClinicalContext::Palliative,
        ClinicalContext::IntensiveCare,
        ClinicalContext::ProceduralSedation,
        ClinicalContext::SupervisedWithdrawal,
        ClinicalContext::SeizureRescue,
    ],
    check,
    page: include_str!("starting_dose_above_limit.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    for t in
        ctx.after.iter().filter(|t| t.state == TakenState::Proposed && ctx.taken_now(t.substance).is_none())
    {
        let mut over = bounds(ctx, t, LimitKind::DailyStartMax, out);
        let Some(dose) = t.daily_mg else { continue };
        over.retain(|b| exceeds(ctx, dose.1, b.mg));
        over.sort_by(|a, b| a.mg.total_cmp(&b.mg));
        let Some(worst) = over.first() else { continue };
        let far = ctx.number("dose-far-above-limit-ratio").map_or(2.0, |p| p.value);
        let severity = if dose.1 >= worst.mg * far { Severity::Serious } else { Severity::Caution };
        let name = ctx.name(t.substance);
        let mut d = Draft::new(
            severity,
            format!(
                "{} is to start at {} a day; the advised start is at most {} mg{}",
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
            d = d.source(ctx, &b.limit.source, b.limit.confidence);
            if let Some(n) = &b.limit.note {
                d = d.say(n);
            }
        }
        if over.iter().all(|b| b.limit.note.is_none()) {
            d = d.say(format!("The order begins with {} a day.", mg(dose)));
        }
        out.push(d.action(
            ActionKind::ReduceDose,
            format!(
                "If {name} is taken at all, begin with {} mg a day or less, and see the patient again before anything changes.",
                num(worst.mg)
            ),
        ));
    }
}
