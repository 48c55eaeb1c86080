#![doc = include_str!("seizure_history.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::Taken;
use crate::words::list;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "withdrawal-seizure-history",
    summary: "A benzodiazepine in somebody who has had a withdrawal seizure: no taper or switch outside specialist care.",
    family: Family::Withdrawal,
    status: RuleStatus::Stable,
    applies: |c| {
        c.has_id("withdrawal-seizure") && (c.any(c.known.class.benzodiazepine) || c.any(c.known.class.z_drug))
    },
    needs: &[],
    silent_in: &[ClinicalContext::Palliative, ClinicalContext::IntensiveCare],
    check,
    page: include_str!("seizure_history.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let drugs: Vec<&Taken<'_>> =
        ctx.of(ctx.known.class.benzodiazepine).chain(ctx.of(ctx.known.class.z_drug)).collect();
    let names = list(drugs.iter().map(|t| ctx.name(t.substance)));
    let mut d = Draft::new(Severity::Caution, format!("Withdrawal seizure on record, {names} taken"))
        .about(ctx, drugs.iter().map(|t| t.substance))
        .say("Each further withdrawal can bring a worse one. A reduction belongs in specialist, often inpatient care; an automatic switch to another benzodiazepine is not offered.");
    if let Some(p) = ctx.number("taper-max-percent") {
        d = d.parameter(ctx, p);
    }
    out.push(
        d.action(ActionKind::Refer, "Involve specialists before any reduction.")
            .action(ActionKind::Continue, "No missed doses: make sure of the supply."),
    );
}
