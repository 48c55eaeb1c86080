#![doc = include_str!("benzodiazepine_with_z_drug.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::Taken;
use crate::words::list;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "benzodiazepine-with-z-drug",
    summary: "A benzodiazepine and a Z-drug are taken together.",
    family: Family::Doses,
    status: RuleStatus::Stable,
    applies: |c| c.any(c.known.class.benzodiazepine) && c.any(c.known.class.z_drug),
    needs: &[],
    silent_in: &[ClinicalContext::Palliative, ClinicalContext::IntensiveCare],
    check,
    page: include_str!("benzodiazepine_with_z_drug.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let b: Vec<&Taken<'_>> = ctx.of(ctx.known.class.benzodiazepine).collect();
    let z: Vec<&Taken<'_>> = ctx.of(ctx.known.class.z_drug).collect();
    let names = list(b.iter().chain(&z).map(|t| ctx.name(t.substance)));
    out.push(
        Draft::new(Severity::Serious, format!("Benzodiazepine beside a Z-drug: {names}"))
            .about(ctx, b.iter().chain(&z).map(|t| t.substance))
            .say("Both act at the same receptor: sedation, falls and dependence add up, and sleep gains little.")
            .action(ActionKind::Reconsider, "Choose one; taper the other when it has been taken for weeks."),
    );
}
