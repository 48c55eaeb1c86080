#![doc = include_str!("serotonin_load.md")]
use super::{reported, with_sources};
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::rules::interactions::additive::{members, words};
use posology_knowledge::schema::EffectKind;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "serotonin-load",
    summary: "Two or more drugs that raise serotonin are taken together.",
    family: Family::Interactions,
    status: RuleStatus::Stable,
    applies: |c| {
        c.after.iter().filter(|t| c.kb.has_effect(t.substance, EffectKind::Serotonergic)).count() > 1
    },
    needs: &[],
    silent_in: &[ClinicalContext::IntensiveCare],
    check,
    page: include_str!("serotonin_load.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let m = members(ctx, EffectKind::Serotonergic, 1);
    let (Some(two), Some(three)) = (ctx.number("serotonin-count"), ctx.number("serotonin-count-serious"))
    else {
        return;
    };
    let strong = m.iter().filter(|(_, e)| e.grade >= 2).count();
    let taken: Vec<_> = m.iter().map(|(t, _)| *t).collect();
    // A pair that the knowledge names is always told here, because the rule of named pairs leaves it to this one.
    let everything: Vec<_> = ctx.after.iter().collect();
    let pairs = reported(ctx, &everything, &everything, RULE.id);
    if pairs.is_empty() {
        // Weak ones (grade 1) count only beside an established one; pairs with an MAO inhibitor are told by their own rule.
        let maoi = m.iter().any(|(t, _)| ctx.kb.has_effect(t.substance, EffectKind::MaoInhibition));
        if strong == 0 || (m.len() as f64) < two.value || maoi && m.len() == 2 {
            return;
        }
    }
    let base = if strong as f64 >= three.value {
        Severity::Serious
    } else if strong >= 2 {
        Severity::Caution
    } else {
        Severity::Note
    };
    let severity = pairs.iter().map(|p| p.severity).fold(base, Severity::max);
    let mut d = Draft::new(severity, format!("{} drugs that raise serotonin: {}", m.len(), words(ctx, &m)))
        .about(ctx, taken.iter().map(|t| t.substance).chain(pairs.iter().flat_map(|p| [p.a, p.b])))
        .say("Together they can bring on serotonin toxicity: agitation, tremor, clonus, sweating, fever, most often within a day of a start or a rise.");
    for p in pairs.iter().take(2) {
        d = d.say(&p.file.effect);
    }
    d = with_sources(d, ctx, &pairs);
    for (_, e) in &m {
        d = d.source(ctx, &e.source, e.confidence);
    }
    if let Some(p) = pairs.first() {
        d = d.action(ActionKind::Reconsider, p.file.management.clone());
    }
    out.push(d.action(
        ActionKind::Monitor,
        "Name the signs to the patient; look at reflexes and temperature after each start or rise.",
    ));
}
