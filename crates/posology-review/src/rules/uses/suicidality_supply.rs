#![doc = include_str!("suicidality_supply.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::Taken;
use crate::words::{list, num};
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "suicidality-with-supply",
    summary: "Suicidality on record beside a supply of a drug that is dangerous in overdose.",
    family: Family::Uses,
    status: RuleStatus::Stable,
    applies: |c| c.has_id("suicidality"),
    needs: &[],
    silent_in: &[ClinicalContext::IntensiveCare],
    check,
    page: include_str!("suicidality_supply.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let k = &ctx.known.class;
    let groups = [k.benzodiazepine, k.z_drug, k.opioid, k.barbiturate, k.tricyclic];
    let lithium = ctx.known.substance.lithium;
    let drugs: Vec<&Taken<'_>> = ctx
        .after
        .iter()
        .filter(|t| {
            groups.iter().flatten().any(|c| ctx.kb.in_class(t.substance, *c)) || lithium == Some(t.substance)
        })
        .collect();
    if drugs.is_empty() {
        return;
    }
    let Some(p) = ctx.number("suicidality-quantity-days") else { return };
    let long: Vec<String> = drugs
        .iter()
        .flat_map(|t| {
            t.parts.iter().filter_map(|e| {
                e.days_supply
                    .filter(|d| *d > p.value)
                    .map(|d| format!("{} for {} days", ctx.name(t.substance), num(d)))
            })
        })
        .collect();
    let names = list(drugs.iter().map(|t| ctx.name(t.substance)));
    let mut d = Draft::new(Severity::Serious, format!("Suicidality on record, with a supply of {names}"))
        .about(ctx, drugs.iter().map(|t| t.substance))
        .say(format!("{names}: dangerous in overdose, more so together."))
        .parameter(ctx, p);
    if !long.is_empty() {
        d = d.say(format!("Supplied: {}.", list(&long)));
    }
    out.push(
        d.action(
            ActionKind::ReduceDose,
            format!("Limit each supply to {} days or less, and agree who keeps it.", num(p.value)),
        )
        .action(ActionKind::Refer, "Assess the risk today; involve the mental-health team."),
    );
}
