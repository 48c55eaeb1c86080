#![doc = include_str!("substance_use_history.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::{Taken, TakenState};
use crate::words::list;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "substance-use-history",
    summary: "A benzodiazepine, Z-drug, opioid, gabapentinoid or stimulant in somebody with a substance use disorder on record.",
    family: Family::Dependence,
    status: RuleStatus::Stable,
    applies: |c| {
        c.has_id("substance-use-disorder")
            || c.has_id("opioid-use-disorder")
            || c.has_id("alcohol-use-disorder")
    },
    needs: &[],
    silent_in: &[
        ClinicalContext::Palliative,
        ClinicalContext::IntensiveCare,
        ClinicalContext::SupervisedWithdrawal,
    ],
    check,
    page: include_str!("substance_use_history.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let treatment = |t: &Taken<'_>| {
        ctx.has_id("opioid-use-disorder")
            && (Some(t.substance) == ctx.known.substance.methadone
                || Some(t.substance) == ctx.known.substance.buprenorphine)
    };
    let drugs: Vec<&Taken<'_>> = ctx
        .after
        .iter()
        .filter(|t| super::early_refill::controlled(ctx, t.substance) && !treatment(t))
        .collect();
    if drugs.is_empty() {
        return;
    }
    let conditions: Vec<String> = ["opioid-use-disorder", "alcohol-use-disorder", "substance-use-disorder"]
        .iter()
        .filter_map(|id| ctx.kb.condition(id))
        .filter(|c| ctx.has(Some(*c)))
        .map(|c| ctx.kb.condition_file(c).name.to_lowercase())
        .collect();
    let names = list(drugs.iter().map(|t| ctx.name(t.substance)));
    let new = drugs.iter().any(|t| t.state == TakenState::Proposed);
    let mut d = Draft::new(if new { Severity::Serious } else { Severity::Caution }, format!("{names} with {} on record", list(&conditions)))
        .about(ctx, drugs.iter().map(|t| t.substance))
        .say("The risk of misuse, overdose and relapse is higher. It is a reason for care and closer contact, not for refusing treatment.");
    if let Some(s) = drugs
        .iter()
        .find_map(|t| ctx.kb.effect(t.substance, posology_knowledge::schema::EffectKind::Dependence))
    {
        d = d.source(ctx, &s.source, s.confidence);
    }
    out.push(
        d.action(
            ActionKind::Counsel,
            "Agree on small supplies, one prescriber, safe storage; offer treatment of the disorder.",
        )
        .action(ActionKind::Refer, "Involve addiction services where they are not yet."),
    );
}
