#![doc = include_str!("single_dose_above_limit.md")]
use super::limit::{Bound, bounds, exceeds};
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::words::{capital, num};
use posology_knowledge::schema::LimitKind;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "single-dose-above-limit",
    summary: "One dose is above a limit that holds for this patient.",
    family: Family::Doses,
    status: RuleStatus::Stable,
    applies: |c| {
        c.after
            .iter()
            .any(|t| c.kb.substance(t.substance).limits.iter().any(|l| l.kind == LimitKind::SingleMax))
    },
    needs: &[],
    silent_in: &[
        ClinicalContext::Palliative,
        ClinicalContext::IntensiveCare,
        ClinicalContext::ProceduralSedation,
        ClinicalContext::SupervisedWithdrawal,
    ],
    check,
    page: include_str!("single_dose_above_limit.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    for t in &ctx.after {
        let all = bounds(ctx, t, LimitKind::SingleMax, out);
        for p in &t.parts {
            let Some((_, dose)) = p.single_mg else { continue };
            let mut over: Vec<&Bound<'_>> =
                all.iter().filter(|b| b.holds_for(p) && exceeds(ctx, dose, b.mg)).collect();
            over.sort_by(|a, b| a.mg.total_cmp(&b.mg).then(a.limit.derived.cmp(&b.limit.derived)));
            let Some(worst) = over.first() else { continue };
            let far = ctx.number("dose-far-above-limit-ratio").map_or(2.0, |p| p.value);
            let usual =
                if over.iter().any(|b| dose >= b.mg * far) { Severity::Serious } else { Severity::Caution };
            let severity = over
                .iter()
                .filter_map(|b| b.limit.severity.as_deref().and_then(Severity::from_word))
                .max()
                .unwrap_or(usual);
            let name = ctx.name(t.substance);
            let mut d = Draft::new(
                severity,
                format!(
                    "{} {} mg in one dose is above the limit of {} mg{}",
                    capital(name),
                    num(dose),
                    num(worst.mg),
                    worst.narrow
                ),
            )
            .about(ctx, [t.substance])
            .figure("single_mg", dose)
            .figure("limit_mg", worst.mg);
            for b in &over {
                d = d.say(b.words(dose)).source(ctx, &b.limit.source, b.limit.confidence);
            }
            out.push(d.action(
                ActionKind::ReduceDose,
                format!(
                    "Bring a dose of {name} to {} mg or less, or record why more is needed.",
                    num(worst.mg)
                ),
            ));
            break;
        }
    }
}
