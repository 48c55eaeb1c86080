#![doc = include_str!("allergy.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{Family, Rule, RuleStatus};
use crate::taken::TakenState;
use crate::words::capital;
use posology_knowledge::ClassIx;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "allergy",
    summary: "An allergy or intolerance to the substance, or to one of a class in which allergies cross, is recorded.",
    family: Family::Uses,
    status: RuleStatus::Stable,
    applies: |c| !c.case.allergies.is_empty(),
    needs: &[],
    silent_in: &[],
    check,
    page: include_str!("allergy.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    for t in &ctx.after {
        for a in &ctx.case.allergies {
            let same = a.substance == t.substance;
            let class = (!same && !a.intolerance)
                .then(|| {
                    ctx.kb.corpus.classes.iter().enumerate().filter(|(_, c)| c.cross_allergy).find(
                        |(i, _)| {
                            let ix = ClassIx(*i as u16);
                            ctx.kb.in_class(a.substance, ix) && ctx.kb.in_class(t.substance, ix)
                        },
                    )
                })
                .flatten();
            if !same && class.is_none() {
                continue;
            }
            let name = ctx.name(t.substance);
            let what = if a.intolerance { "intolerance" } else { "allergy" };
            let severity = match (same, a.intolerance, a.severe) {
                (true, false, _) => Severity::Serious,
                (false, _, true) => Severity::Serious,
                _ => Severity::Caution,
            };
            let title = match class {
                Some((_, c)) => format!(
                    "{} beside a recorded allergy to {} ({})",
                    capital(name),
                    ctx.name(a.substance),
                    c.plural
                ),
                None => format!("{}: {what} on record", capital(name)),
            };
            let mut d = Draft::new(severity, title)
                .about(ctx, [t.substance])
                .say(format!("The record holds an {what} to {}.", ctx.name(a.substance)));
            if let Some(r) = &a.reaction {
                d = d.say(format!("Recorded reaction: {r}."));
            }
            d = d.say(if a.severe { "It is recorded as severe." } else { "" });
            d = d.action(
                ActionKind::Verify,
                "Ask what happened and when; nausea or drowsiness is a side effect, not an allergy.",
            );
            if t.state == TakenState::Proposed {
                d = d.action(ActionKind::Reconsider, "If it is confirmed, choose a drug of another class.");
            }
            out.push(d);
            break;
        }
    }
}
