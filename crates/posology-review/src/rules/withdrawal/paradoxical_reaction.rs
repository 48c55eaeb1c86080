#![doc = include_str!("paradoxical_reaction.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::Taken;
use crate::words::list;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "paradoxical-reaction",
    summary: "Agitation began after a benzodiazepine or Z-drug was started: it may be the drug.",
    family: Family::Withdrawal,
    status: RuleStatus::Stable,
    applies: |c| {
        c.has_id("agitation") && (c.any(c.known.class.benzodiazepine) || c.any(c.known.class.z_drug))
    },
    needs: &[],
    silent_in: &[ClinicalContext::Palliative, ClinicalContext::IntensiveCare],
    check,
    page: include_str!("paradoxical_reaction.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(agitation) = ctx.kb.condition("agitation") else { return };
    let onset = ctx
        .case
        .conditions
        .iter()
        .filter(|c| ctx.kb.condition_and_broader(c.condition).contains(agitation.at()))
        .filter_map(|c| c.onset)
        .filter(|d| *d <= ctx.day())
        .max();
    let drugs: Vec<&Taken<'_>> = ctx
        .of(ctx.known.class.benzodiazepine)
        .chain(ctx.of(ctx.known.class.z_drug))
        // Given for the agitation, or begun after it: not its cause.
        .filter(|t| {
            !crate::rules::doses::limit::treats(ctx, t, "agitation")
                || t.parts.iter().all(|p| p.reasons.is_empty())
        })
        .filter(|t| matches!((t.since(), onset), (Some(s), Some(o)) if s <= o))
        .collect();
    if drugs.is_empty() {
        return;
    }
    let names = list(drugs.iter().map(|t| ctx.name(t.substance)));
    out.push(
        Draft::new(Severity::Caution, format!("Agitation since the start of {names}"))
            .about(ctx, drugs.iter().map(|t| t.substance))
            .say("Restlessness, aggression and disinhibition can be caused by the drug itself, more often in children and in the old; so can withdrawal between doses. More of it makes the first worse.")
            .action(ActionKind::Reconsider, "Review before any rise of the dose; if it is the drug, lower it in steps or replace it."),
    );
}
