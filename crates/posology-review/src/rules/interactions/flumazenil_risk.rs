#![doc = include_str!("flumazenil_risk.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{Family, Rule, RuleStatus};
use crate::rules::dependence::episode::benzodiazepine_use;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "flumazenil-risk",
    summary: "Flumazenil in somebody likely dependent on a benzodiazepine.",
    family: Family::Interactions,
    status: RuleStatus::Stable,
    applies: |c| c.taken(c.known.substance.flumazenil).is_some(),
    needs: &[],
    silent_in: &[],
    check,
    page: include_str!("flumazenil_risk.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(f) = ctx.known.substance.flumazenil else { return };
    let u = benzodiazepine_use(ctx);
    let Some(l) = u.likelihood.as_ref().filter(|l| l.matters()) else { return };
    let mut d = Draft::new(if l.likely() { Severity::Critical } else { Severity::Serious }, "Flumazenil after long use of a benzodiazepine: seizures")
        .about(ctx, std::iter::once(f).chain(u.substances.iter().copied()))
        .say("Reversal throws a dependent person into acute withdrawal with seizures; the sedation returns when flumazenil wears off, after about an hour.")
        .say(&l.row.text);
    for s in &ctx.kb.substance(f).contraindications {
        d = d.source(ctx, &s.source, s.confidence);
    }
    out.push(
        d.source(ctx, &l.row.source, l.row.confidence)
            .action(ActionKind::Reconsider, "Support breathing instead; involve a poisons service."),
    );
}
