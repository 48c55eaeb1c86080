#![doc = include_str!("opioid_with_gabapentinoid.md")]
use super::group::group_finding;
use crate::context::Context;
use crate::draft::Findings;
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::Taken;

/// The rule.
pub static RULE: Rule = Rule {
    id: "opioid-with-gabapentinoid",
    summary: "An opioid and a gabapentinoid are taken together.",
    family: Family::Interactions,
    status: RuleStatus::Stable,
    applies: |c| c.any(c.known.class.opioid) && c.any(c.known.class.gabapentinoid),
    needs: &[],
    silent_in: &[ClinicalContext::Palliative, ClinicalContext::IntensiveCare],
    check,
    page: include_str!("opioid_with_gabapentinoid.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let left: Vec<&Taken<'_>> = ctx.of(ctx.known.class.opioid).collect();
    let right: Vec<&Taken<'_>> = ctx.of(ctx.known.class.gabapentinoid).collect();
    if let Some((d, _)) = group_finding(ctx, RULE.id, "Opioid with gabapentinoid", &left, &right) {
        out.push(d);
    }
}
