#![doc = include_str!("indication_missing.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::Taken;
use crate::words::list;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "indication-missing",
    summary: "A controlled drug that causes dependence has no recorded reason.",
    family: Family::Uses,
    status: RuleStatus::Stable,
    applies: |c| {
        c.any(c.known.class.benzodiazepine) || c.any(c.known.class.z_drug) || c.any(c.known.class.opioid)
    },
    needs: &[],
    silent_in: &[
        ClinicalContext::Palliative,
        ClinicalContext::IntensiveCare,
        ClinicalContext::ProceduralSedation,
    ],
    check,
    page: include_str!("indication_missing.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let k = &ctx.known.class;
    let none: Vec<&Taken<'_>> = ctx
        .after
        .iter()
        .filter(|t| {
            [k.benzodiazepine, k.z_drug, k.opioid]
                .into_iter()
                .flatten()
                .any(|c| ctx.kb.in_class(t.substance, c))
        })
        .filter(|t| t.parts.iter().all(|p| p.reasons.is_empty() && p.reason_text.is_none()))
        .collect();
    if none.is_empty() {
        return;
    }
    let names = list(none.iter().map(|t| ctx.name(t.substance)));
    out.push(
        Draft::new(Severity::Note, format!("No reason on record for {names}"))
            .about(ctx, none.iter().map(|t| t.substance))
            .say("Without a reason neither benefit nor the right length of treatment can be judged.")
            .action(ActionKind::Verify, "Record what it is for and when it will be reviewed."),
    );
}
