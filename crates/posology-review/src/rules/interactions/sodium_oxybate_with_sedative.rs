#![doc = include_str!("sodium_oxybate_with_sedative.md")]
use super::group::group_finding;
use crate::context::Context;
use crate::draft::Findings;
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::Taken;

/// The rule.
pub static RULE: Rule = Rule {
    id: "sodium-oxybate-with-sedative",
    summary: "Sodium oxybate is taken with another sedative or with alcohol.",
    family: Family::Interactions,
    status: RuleStatus::Stable,
    applies: |c| c.taken(c.known.substance.sodium_oxybate).is_some(),
    needs: &[],
    silent_in: &[ClinicalContext::IntensiveCare],
    check,
    page: include_str!("sodium_oxybate_with_sedative.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let left: Vec<&Taken<'_>> = ctx.taken(ctx.known.substance.sodium_oxybate).into_iter().collect();
    let right: Vec<&Taken<'_>> = ctx.after.iter().collect();
    if let Some((d, _)) = group_finding(ctx, RULE.id, "Sodium oxybate with another sedative", &left, &right) {
        out.push(d);
    }
}
