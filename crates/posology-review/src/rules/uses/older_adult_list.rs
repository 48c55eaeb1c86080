#![doc = include_str!("older_adult_list.md")]
use crate::context::Context;
use crate::derived::{Derived, LiveEntry};
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Need, Rule, RuleStatus};
use crate::taken::Taken;
use crate::words::{capital, list};
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "older-adult-criteria",
    summary: "A published list for older adults names the drug as potentially inappropriate.",
    family: Family::Uses,
    status: RuleStatus::Stable,
    applies: |c| Derived::of(c.kb).is_some_and(|d| d.lists.iter().flatten().any(|e| !of(c, e).is_empty())),
    needs: &[Need::Age],
    silent_in: &[
        ClinicalContext::Palliative,
        ClinicalContext::IntensiveCare,
        ClinicalContext::ProceduralSedation,
    ],
    check,
    page: include_str!("older_adult_list.md"),
};

fn of<'c, 'a>(ctx: &'c Context<'a>, e: &LiveEntry) -> Vec<&'c Taken<'a>> {
    ctx.after.iter().filter(|t| e.subjects.iter().any(|s| s.is(ctx.kb, t.substance))).collect()
}

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let (Some(age), Some(derived)) = (ctx.age, Derived::of(ctx.kb)) else { return };
    for (l, live) in ctx.kb.corpus.lists.iter().zip(&derived.lists).filter(|(l, _)| age >= l.age_from) {
        for (e, x) in l.entries.iter().zip(live).filter(|(e, _)| ctx.here(&e.jurisdiction)) {
            if !x.subjects.iter().any(|s| ctx.possible(*s)) {
                continue;
            }
            if !x.conditions.is_empty() && !x.conditions.iter().any(|c| ctx.has(*c)) {
                continue;
            }
            let mut drugs = of(ctx, x);
            // An exception holds for the drug that treats the condition, or, where no reason is recorded, for the patient who has it.
            drugs.retain(|t| {
                !e.except_conditions.iter().any(|c| crate::rules::doses::limit::treats(ctx, t, c))
            });
            if drugs.is_empty() {
                continue;
            }
            if let Some(with) = x.with_class {
                let Some(class) = with else { continue };
                // A pair that the knowledge names is told by the interaction rules.
                let others: Vec<&Taken<'_>> = ctx
                    .of(Some(class))
                    .filter(|o| !drugs.iter().any(|d| d.substance == o.substance))
                    .filter(|o| {
                        drugs
                            .iter()
                            .all(|d| ctx.kb.interactions_between(d.substance, o.substance).next().is_none())
                    })
                    .collect();
                if others.is_empty() {
                    continue;
                }
                drugs.extend(others);
            }
            let names = list(drugs.iter().map(|t| ctx.name(t.substance)));
            let d = Draft::new(Severity::Caution, format!("{}: {} at {} years", l.name, names, age as i64))
                .about(ctx, drugs.iter().map(|t| t.substance))
                .say(format!("{} {}", capital(e.recommendation.trim_end_matches('.')) + ".", e.rationale))
                .source(ctx, &e.source, e.confidence);
            let action = if drugs.iter().any(|t| ctx.taken_now(t.substance).is_some()) {
                d.action(ActionKind::Taper, "Review the need; what has been taken for weeks is lowered in steps with the patient, not stopped at once.")
            } else {
                d.action(ActionKind::Reconsider, "Look for a safer treatment first.")
            };
            out.push(action);
        }
    }
}
