#![doc = include_str!("name_corrected.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{Family, Rule, RuleStatus};
use posology_knowledge::ResolvedBy;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "name-corrected",
    summary: "A drug name was read after correcting a typing error.",
    family: Family::Record,
    status: RuleStatus::Stable,
    applies: |c| c.after.iter().flat_map(|t| &t.parts).any(|p| p.resolved_by == ResolvedBy::NameCorrected),
    needs: &[],
    silent_in: &[],
    check,
    page: include_str!("name_corrected.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    for t in &ctx.after {
        for p in t.parts.iter().filter(|p| p.resolved_by == ResolvedBy::NameCorrected) {
            out.push(
                Draft::new(Severity::Note, format!("\"{}\" was read as {}", p.product, ctx.name(t.substance)))
                    .about(ctx, [t.substance])
                    .say(format!("{}: everything said about {} here rests on that reading. Names that look alike are a known cause of harm.", p.path, ctx.name(t.substance)))
                    .action(ActionKind::Verify, "Check the drug with the patient, the package or the pharmacy."),
            );
        }
    }
}
