#![doc = include_str!("contraindicated_condition.md")]
use crate::context::Context;
use crate::derived::Derived;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::TakenState;
use crate::words::{capital, list, num};
use posology_knowledge::schema::{Contraindication, ContraindicationStrength};
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "contraindicated-condition",
    summary: "The patient has a condition in which the drug is contraindicated, to be avoided or to be used with care.",
    family: Family::Uses,
    status: RuleStatus::Stable,
    applies: |c| c.after.iter().any(|t| !c.kb.substance(t.substance).contraindications.is_empty()),
    needs: &[],
    silent_in: &[ClinicalContext::Palliative, ClinicalContext::IntensiveCare],
    check,
    page: include_str!("contraindicated_condition.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(derived) = Derived::of(ctx.kb) else { return };
    for t in &ctx.after {
        let s = ctx.kb.substance(t.substance);
        let mut found: Vec<(&Contraindication, String, bool)> = Vec::new();
        let Some(ids) = derived.contraindications.get(t.substance.at()) else { continue };
        for (c, id) in s.contraindications.iter().zip(ids).filter(|(c, _)| ctx.here(&c.jurisdiction)) {
            // Most conditions are absent: the cheap test first.
            if !ctx.has(*id) && c.condition != "age-below" {
                continue;
            }
            let Some(by_route) = t.by_route(&c.route) else { continue };
            if !by_route {
                continue;
            }
            // An age bound alone ("below six months") is a condition by itself.
            let (holds, words) = match (c.condition.as_str(), c.age_to) {
                ("age-below", Some(a)) => match ctx.age {
                    Some(age) if age < a => (
                        true,
                        format!(
                            "age below {}",
                            if a < 1.0 {
                                format!("{} months", num(a * 12.0))
                            } else {
                                format!("{} years", num(a))
                            }
                        ),
                    ),
                    _ => (false, String::new()),
                },
                (id, age_to) => {
                    let present = ctx.has_id(id) && age_to.is_none_or(|a| ctx.age.is_some_and(|x| x < a));
                    let name = ctx
                        .kb
                        .condition(id)
                        .map_or(id.to_owned(), |x| ctx.kb.condition_file(x).name.to_lowercase());
                    (present, name)
                }
            };
            // A drug is not contraindicated by what it treats here.
            if holds
                && !(c.strength != ContraindicationStrength::Contraindicated
                    && crate::rules::doses::limit::treats(ctx, t, &c.condition))
            {
                found.push((c, words, true));
            }
        }
        // One finding for each strength; a condition is told at its strongest statement.
        found.sort_by_key(|(c, ..)| rank(c.strength));
        let mut told: Vec<String> = Vec::new();
        for group in found.chunk_by(|a, b| rank(a.0.strength) == rank(b.0.strength)) {
            let mut names: Vec<&str> = Vec::new();
            for (_, words, _) in group {
                if !told.contains(words) {
                    told.push(words.clone());
                    names.push(words);
                }
            }
            if names.is_empty() {
                continue;
            }
            let c = group[0].0;
            let proposed = t.state == TakenState::Proposed;
            let (severity, verb) = match c.strength {
                ContraindicationStrength::Contraindicated => (Severity::Serious, "is contraindicated in"),
                ContraindicationStrength::Avoid => (Severity::Caution, "is to be avoided in"),
                ContraindicationStrength::Caution => (Severity::Note, "needs care in"),
            };
            let mut d = Draft::new(severity, format!("{} {verb} {}", capital(&s.name), list(&names)))
                .about(ctx, [t.substance]);
            for (c, words, _) in group.iter().filter(|(_, w, _)| names.contains(&w.as_str())) {
                let _ = words;
                d = d.say(c.note.as_deref().unwrap_or("")).source(ctx, &c.source, c.confidence);
            }
            // A contraindication without a note still says why it is found.
            if group.iter().all(|(c, ..)| c.note.is_none()) {
                d = d.say(format!("The record shows {}.", list(&names)));
            }
            let dependence = [
                ctx.known.class.benzodiazepine,
                ctx.known.class.z_drug,
                ctx.known.class.opioid,
                ctx.known.class.antiepileptic,
            ]
            .into_iter()
            .flatten()
            .any(|k| ctx.kb.in_class(t.substance, k));
            d = match (c.strength, proposed, dependence) {
                (ContraindicationStrength::Caution, ..) => d.action(ActionKind::Monitor, "Weigh it, and watch for harm."),
                (_, true, _) => d.action(ActionKind::Reconsider, format!("Choose another treatment than {}.", s.name)),
                (_, false, true) => d.action(ActionKind::Taper, format!("Review the need for {}; if it has been taken for weeks it is tapered, not stopped at once.", s.name)),
                (_, false, false) => d.action(ActionKind::Reconsider, format!("Review the need for {}.", s.name)),
            };
            out.push(d);
        }
    }
}

const fn rank(s: ContraindicationStrength) -> u8 {
    match s {
        ContraindicationStrength::Contraindicated => 0,
        ContraindicationStrength::Avoid => 1,
        ContraindicationStrength::Caution => 2,
    }
}
