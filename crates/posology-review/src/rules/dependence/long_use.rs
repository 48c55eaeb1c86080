#![doc = include_str!("long_use.md")]
use super::episode::benzodiazepine_use;
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::words::list;
use posology_knowledge::schema::Jurisdiction;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "use-beyond-recommended-duration",
    summary: "A benzodiazepine or Z-drug has been taken for longer than recommended.",
    family: Family::Dependence,
    status: RuleStatus::Stable,
    applies: |c| c.any(c.known.class.benzodiazepine) || c.any(c.known.class.z_drug),
    needs: &[],
    silent_in: &[ClinicalContext::Palliative],
    check,
    page: include_str!("long_use.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let u = benzodiazepine_use(ctx);
    let Some(e) = &u.current else { return };
    let id = match ctx.settings.jurisdiction {
        Jurisdiction::Us => "long-term-days-us",
        Jurisdiction::Uk => "long-term-days",
    };
    let Some(p) = ctx.number(id) else { return };
    if (e.length_days() as f64) <= p.value {
        return;
    }
    let names = list(u.substances.iter().map(|s| ctx.name(*s)));
    // An antiepileptic use is meant to be long.
    if ctx.has_id("epilepsy")
        && ctx
            .of(ctx.known.class.benzodiazepine)
            .any(|t| crate::rules::doses::limit::treats(ctx, t, "epilepsy"))
    {
        return;
    }
    out.push(
        Draft::new(Severity::Caution, format!("{names}: {} days of use", e.length_days()))
            .about(ctx, u.substances.iter().copied())
            .say(format!(
                "In use since {} ({} of {} days covered by entries); the recommended duration here is {} days. {}",
                e.start,
                e.days_covered,
                e.length_days(),
                p.value,
                p.meaning
            ))
            .figure("days_of_use", e.length_days() as f64)
            .parameter(ctx, p)
            .action(ActionKind::Monitor, "Review benefit and harm with the patient.")
            .action(ActionKind::Taper, "If it is to end, plan a taper; never stop at once."),
    );
}
