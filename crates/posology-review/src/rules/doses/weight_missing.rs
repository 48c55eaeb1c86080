#![doc = include_str!("weight_missing.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{Family, Rule, RuleStatus};
use crate::words::capital;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "child-weight-missing",
    summary: "A child's dose that goes by weight cannot be checked without one.",
    family: Family::Doses,
    status: RuleStatus::Stable,
    applies: |c| {
        c.weight_kg.is_none() && matches!((c.age, c.number("adult-age")), (Some(a), Some(p)) if a < p.value)
    },
    needs: &[],
    silent_in: &[],
    check,
    page: include_str!("weight_missing.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    for t in &ctx.after {
        let s = ctx.kb.substance(t.substance);
        let by_weight = s
            .limits
            .iter()
            .find(|l| l.mg_per_kg.is_some() && ctx.here(&l.jurisdiction))
            .map(|l| (&l.source, l.confidence))
            .or_else(|| {
                s.uses
                    .iter()
                    .find(|u| u.single_mg_per_kg.is_some() && ctx.here(&u.jurisdiction))
                    .map(|u| (&u.source, u.confidence))
            });
        let written = t.parts.iter().any(|p| p.single_mg_per_kg.is_some());
        if by_weight.is_none() && !written {
            continue;
        }
        let mut d = Draft::new(
            Severity::Caution,
            format!("{} in a child without a recorded weight", capital(&s.name)),
        )
        .about(ctx, [t.substance])
        .say("The dose goes by body weight and cannot be checked.");
        if let Some((r, c)) = by_weight {
            d = d.source(ctx, r, c);
        }
        out.push(d.action(ActionKind::Verify, "Weigh the child and write the weight beside the dose."));
    }
}
