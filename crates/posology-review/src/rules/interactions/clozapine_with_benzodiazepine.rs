#![doc = include_str!("clozapine_with_benzodiazepine.md")]
use super::group::group_finding;
use crate::context::Context;
use crate::draft::Findings;
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::Taken;

/// The rule.
pub static RULE: Rule = Rule {
    id: "clozapine-with-benzodiazepine",
    summary: "Clozapine and a benzodiazepine are taken together, above all at the start of one of them.",
    family: Family::Interactions,
    status: RuleStatus::Stable,
    applies: |c| c.taken(c.known.substance.clozapine).is_some() && c.any(c.known.class.benzodiazepine),
    needs: &[],
    silent_in: &[ClinicalContext::IntensiveCare],
    check,
    page: include_str!("clozapine_with_benzodiazepine.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let left: Vec<&Taken<'_>> = ctx.taken(ctx.known.substance.clozapine).into_iter().collect();
    let right: Vec<&Taken<'_>> = ctx.of(ctx.known.class.benzodiazepine).collect();
    if let Some((d, _)) = group_finding(ctx, RULE.id, "Clozapine with a benzodiazepine", &left, &right) {
        out.push(d);
    }
}
