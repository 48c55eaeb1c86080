#![doc = include_str!("respiratory_risk.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::taken::Taken;
use crate::words::{list, num};
use posology_knowledge::schema::EffectKind;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "respiratory-risk",
    summary: "A drug that depresses breathing in somebody whose breathing is at risk.",
    family: Family::Sedation,
    status: RuleStatus::Stable,
    applies: |c| c.after.iter().any(|t| c.kb.has_effect(t.substance, EffectKind::RespiratoryDepression)),
    needs: &[],
    silent_in: &[
        ClinicalContext::Palliative,
        ClinicalContext::IntensiveCare,
        ClinicalContext::ProceduralSedation,
    ],
    check,
    page: include_str!("respiratory_risk.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let drugs: Vec<&Taken<'_>> = ctx
        .after
        .iter()
        .filter(|t| {
            ctx.kb.effect(t.substance, EffectKind::RespiratoryDepression).is_some_and(|e| e.grade >= 2)
        })
        .collect();
    if drugs.is_empty() {
        return;
    }
    let mut risks: Vec<String> = Vec::new();
    let mut acute = false;
    for id in [
        "copd",
        "sleep-apnoea",
        "respiratory-depression",
        "severe-respiratory-insufficiency",
        "asthma",
        "neuromuscular-disease",
    ] {
        if let Some(c) = ctx.kb.condition(id).filter(|c| ctx.has(Some(*c))) {
            risks.push(ctx.kb.condition_file(c).name.to_lowercase());
            acute |= matches!(id, "respiratory-depression" | "severe-respiratory-insufficiency");
        }
    }
    let mut d = Draft::new(Severity::Caution, String::new());
    for (m, p, words) in [
        (ctx.known.measure.spo2, "spo2-low", "oxygen saturation"),
        (ctx.known.measure.respiratory_rate, "respiratory-rate-low", "breathing rate"),
    ] {
        if let (Some((v, _)), Some(p)) = (ctx.dated_value(m), ctx.number(p))
            && v < p.value
        {
            risks.push(format!("{words} {}", num(v)));
            d = d.parameter(ctx, p);
            acute = true;
        }
    }
    // Asthma alone is common and seldom a reason; it counts only beside something else.
    if risks.is_empty() || risks == ["asthma"] {
        return;
    }
    let names = list(drugs.iter().map(|t| ctx.name(t.substance)));
    let severity = if acute || drugs.len() > 1 { Severity::Serious } else { Severity::Caution };
    let mut f = Draft::new(severity, format!("{} with {}: breathing at risk", names, list(&risks)))
        .about(ctx, drugs.iter().map(|t| t.substance));
    f = f.say(format!(
        "{names} depress{} breathing; {} leaves little reserve.",
        if drugs.len() == 1 { "es" } else { "" },
        list(&risks)
    ));
    for t in &drugs {
        if let Some(e) = ctx.kb.effect(t.substance, EffectKind::RespiratoryDepression) {
            f = f.source(ctx, &e.source, e.confidence);
        }
    }
    let _ = d;
    out.push(
        f.action(ActionKind::Reconsider, "Prefer a drug that does not depress breathing; if none will do, the lowest dose and the first doses watched.")
            .action(ActionKind::Monitor, "Sedation, breathing rate and oxygen saturation after the start and each rise."),
    );
}
