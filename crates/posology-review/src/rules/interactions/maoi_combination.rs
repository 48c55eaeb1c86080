#![doc = include_str!("maoi_combination.md")]
use super::group::group_finding;
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::Taken;
use crate::words::{capital, num};
use posology_knowledge::schema::EffectKind;
use posology_knowledge::{EndKnown, Origin, SubstanceIx};
use posology_model::history::days_between;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "maoi-combination",
    summary: "A monoamine oxidase inhibitor is taken, or was taken within its wash-out, beside a drug that must not be combined with it.",
    family: Family::Interactions,
    status: RuleStatus::Stable,
    applies: |c| c.case.exposures.iter().any(|e| c.kb.has_effect(e.substance, EffectKind::MaoInhibition)),
    needs: &[],
    silent_in: &[ClinicalContext::IntensiveCare],
    check,
    page: include_str!("maoi_combination.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let inhibits = |s: SubstanceIx| ctx.kb.has_effect(s, EffectKind::MaoInhibition);
    let left: Vec<&Taken<'_>> = ctx.after.iter().filter(|t| inhibits(t.substance)).collect();
    let right: Vec<&Taken<'_>> = ctx.after.iter().collect();
    if let Some((d, _)) = group_finding(ctx, RULE.id, "Monoamine oxidase inhibitor combined", &left, &right) {
        out.push(d);
    }
    // Stopped within the wash-out: the enzyme is still blocked.
    let Some(washout) = ctx.number("maoi-washout-days") else { return };
    for e in &ctx.case.exposures {
        if e.origin != Origin::Record
            || !inhibits(e.substance)
            || ctx.taken(Some(e.substance)).is_some()
            || e.end_known != EndKnown::Yes
        {
            continue;
        }
        let Some(end) = e.end else { continue };
        let ago = days_between(end, ctx.day());
        if ago < 0 || ago as f64 > washout.value {
            continue;
        }
        for t in &ctx.after {
            let pair = ctx
                .kb
                .interactions_between(e.substance, t.substance)
                .map(|(ix, _)| ctx.kb.interaction(ix))
                .find(|i| i.reported_by.as_deref() == Some(RULE.id) && ctx.here(&i.jurisdiction));
            let Some(i) = pair else { continue };
            let mut d = Draft::new(
                Severity::from_word(&i.severity).unwrap_or(Severity::Serious),
                format!(
                    "{} {ago} days after {} ended",
                    capital(ctx.name(t.substance)),
                    ctx.name(e.substance)
                ),
            )
            .about(ctx, [t.substance, e.substance])
            .say(format!("The enzyme is blocked for up to {} days after the last dose.", num(washout.value)))
            .say(&i.effect);
            for s in &i.sources {
                d = d.source(ctx, s, i.confidence);
            }
            out.push(d.parameter(ctx, washout).action(ActionKind::Reconsider, i.management.clone()));
        }
    }
}
