#![doc = include_str!("opioid_benzodiazepine_muscle_relaxant.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::Taken;
use crate::words::list;
use posology_knowledge::schema::EffectKind;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "opioid-benzodiazepine-muscle-relaxant",
    summary: "An opioid, a benzodiazepine and a muscle relaxant are taken together.",
    family: Family::Interactions,
    status: RuleStatus::Stable,
    applies: |c| {
        c.any(c.known.class.opioid)
            && c.any(c.known.class.benzodiazepine)
            && c.any(c.known.class.muscle_relaxant)
    },
    needs: &[],
    silent_in: &[ClinicalContext::Palliative, ClinicalContext::IntensiveCare],
    check,
    page: include_str!("opioid_benzodiazepine_muscle_relaxant.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let k = &ctx.known.class;
    let groups: Vec<Vec<&Taken<'_>>> =
        [k.opioid, k.benzodiazepine, k.muscle_relaxant].iter().map(|c| ctx.of(*c).collect()).collect();
    let relaxants: Vec<&Taken<'_>> =
        groups[2].iter().filter(|t| !groups[1].iter().any(|b| b.substance == t.substance)).copied().collect();
    if relaxants.is_empty() || groups[0].is_empty() {
        return;
    }
    let all: Vec<&Taken<'_>> = groups[0].iter().chain(&groups[1]).chain(&relaxants).copied().collect();
    let names = list(all.iter().map(|t| ctx.name(t.substance)));
    let mut d = Draft::new(Severity::Serious, format!("Opioid, benzodiazepine and muscle relaxant together: {names}"))
        .about(ctx, all.iter().map(|t| t.substance))
        .say("Three drugs that depress breathing and alertness at once. The three together are also a pattern that pharmacies and regulators ask about: it needs verification, it says nothing about the person.");
    for t in &relaxants {
        if let Some(e) = ctx.kb.effect(t.substance, EffectKind::CnsDepression) {
            d = d.source(ctx, &e.source, e.confidence);
        }
    }
    out.push(
        d.action(ActionKind::Verify, "Confirm with the prescribers that all three are meant, and why.")
            .action(ActionKind::Reconsider, "The muscle relaxant is usually the easiest to leave out."),
    );
}
