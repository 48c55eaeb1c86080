#![doc = include_str!("several_prescribers.md")]
use super::early_refill::controlled;
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::words::{list, num};
use posology_knowledge::{Origin, SubstanceIx};
use posology_model::history::days_between;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "several-prescribers",
    summary: "Controlled drugs came from several prescribers within months.",
    family: Family::Dependence,
    status: RuleStatus::Stable,
    applies: |c| c.case.exposures.iter().any(|e| e.prescriber.is_some()),
    needs: &[],
    silent_in: &[ClinicalContext::Palliative, ClinicalContext::IntensiveCare],
    check,
    page: include_str!("several_prescribers.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let (Some(count), Some(window)) = (ctx.number("prescriber-count"), ctx.number("prescriber-window-days"))
    else {
        return;
    };
    let mut prescribers: Vec<&str> = Vec::new();
    let mut drugs: Vec<SubstanceIx> = Vec::new();
    for e in ctx.case.exposures.iter().filter(|e| e.origin == Origin::Record && controlled(ctx, e.substance))
    {
        let recent =
            e.start.is_some_and(|s| s <= ctx.day() && days_between(s, ctx.day()) as f64 <= window.value);
        // A hospital team is several people and one prescriber.
        if !recent || e.setting == Some(posology_model::Setting::Inpatient) {
            continue;
        }
        if let Some(p) = e.prescriber.as_deref() {
            if !prescribers.contains(&p) {
                prescribers.push(p);
            }
            if !drugs.contains(&e.substance) {
                drugs.push(e.substance);
            }
        }
    }
    if (prescribers.len() as f64) < count.value {
        return;
    }
    drugs.sort();
    let names = list(drugs.iter().map(|s| ctx.name(*s)));
    out.push(
        Draft::new(Severity::Caution, format!("{} prescribers of {names} in {} days", prescribers.len(), num(window.value)))
            .about(ctx, drugs.iter().copied())
            .say("Practices share patients, and hospitals change teams: the pattern needs verification, it says nothing about the person. What matters is that one prescriber knows of all of it.")
            .figure("prescribers", prescribers.len() as f64)
            .parameter(ctx, count)
            .parameter(ctx, window)
            .action(ActionKind::Verify, "Agree on one prescriber for these drugs; check the monitoring programme where there is one."),
    );
}
