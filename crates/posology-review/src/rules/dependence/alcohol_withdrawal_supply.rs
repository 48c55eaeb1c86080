#![doc = include_str!("alcohol_withdrawal_supply.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::rules::doses::limit::treats;
use crate::taken::Taken;
use crate::words::list;
use posology_model::{ActionKind, Setting, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "alcohol-withdrawal-unsupervised",
    summary: "A benzodiazepine for alcohol withdrawal outside supervised care, or without thiamine.",
    family: Family::Dependence,
    status: RuleStatus::Stable,
    applies: |c| c.any(c.known.class.benzodiazepine) && c.has_id("alcohol-withdrawal"),
    needs: &[],
    silent_in: &[ClinicalContext::IntensiveCare],
    check,
    page: include_str!("alcohol_withdrawal_supply.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let drugs: Vec<&Taken<'_>> =
        ctx.of(ctx.known.class.benzodiazepine).filter(|t| treats(ctx, t, "alcohol-withdrawal")).collect();
    if drugs.is_empty() {
        return;
    }
    let names = list(drugs.iter().map(|t| ctx.name(t.substance)));
    let supervised = ctx.in_context(ClinicalContext::SupervisedWithdrawal)
        || drugs.iter().all(|t| t.parts.iter().all(|p| p.setting == Some(Setting::Inpatient)));
    let thiamine = ctx.taken(ctx.known.substance.thiamine).is_some();
    let mut problems: Vec<&str> = Vec::new();
    if !supervised {
        problems.push("no supervised setting is recorded");
    }
    if !thiamine {
        problems.push("no thiamine is on record");
    }
    if problems.is_empty() {
        return;
    }
    let mut d = Draft::new(if supervised { Severity::Caution } else { Severity::Serious }, format!("{names} for alcohol withdrawal: {}", list(&problems)))
        .about(ctx, drugs.iter().map(|t| t.substance))
        .say("A supply to take home beside continued drinking is a known way to die; withdrawal itself can bring seizures, delirium and Wernicke's encephalopathy.");
    for t in &drugs {
        for u in ctx
            .kb
            .substance(t.substance)
            .uses
            .iter()
            .filter(|u| u.indication == "alcohol-withdrawal" && ctx.here(&u.jurisdiction))
        {
            d = d.source(ctx, &u.source, u.confidence);
        }
    }
    if !supervised {
        d = d.action(ActionKind::Refer, "Treat where somebody looks at the patient every day; no more than one day's supply at home, and none once drinking resumes.");
    }
    if !thiamine {
        d = d.action(
            ActionKind::Reconsider,
            "Give thiamine, by injection where the risk of Wernicke's encephalopathy is raised.",
        );
    }
    out.push(d);
}
