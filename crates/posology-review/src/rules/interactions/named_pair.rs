#![doc = include_str!("named_pair.md")]
use super::Pair;
use super::exposure_change::covers;
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::words::{capital, list};
use posology_knowledge::SubstanceIx;
use posology_model::ActionKind;

/// The rule.
pub static RULE: Rule = Rule {
    id: "named-pair",
    summary: "Two drugs whose interaction the knowledge names, and that no more specific rule reports.",
    family: Family::Interactions,
    status: RuleStatus::Stable,
    applies: |c| c.after.len() > 1,
    needs: &[],
    silent_in: &[ClinicalContext::IntensiveCare],
    check,
    page: include_str!("named_pair.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let mut found: Vec<&Pair<'_>> = ctx
        .pairs()
        .iter()
        .filter(|p| {
            p.file.reported_by.is_none() && !(p.file.kind == "pharmacokinetic" && covers(ctx, p.a, p.b))
        })
        .collect();
    // Pairs of one entry of the knowledge (two NSAIDs beside one SSRI) are one finding.
    found.sort_by(|p, q| p.file.id.cmp(&q.file.id).then(q.severity.cmp(&p.severity)));
    for group in found.chunk_by(|p, q| p.file.id == q.file.id) {
        let p = group[0];
        let side = |f: fn(&Pair<'_>) -> SubstanceIx| {
            let mut v: Vec<SubstanceIx> = group.iter().map(|p| f(p)).collect();
            v.sort();
            v.dedup();
            v
        };
        let (a, b) = (side(|p| p.a), side(|p| p.b));
        let names = |v: &[SubstanceIx]| list(v.iter().map(|s| ctx.name(*s)));
        let title =
            format!("{} with {}: {}", capital(&names(&a)), names(&b), p.file.effect.trim_end_matches('.'));
        let mut d =
            Draft::new(p.severity, title).about(ctx, a.iter().chain(&b).copied()).say(&p.file.mechanism);
        for w in &p.because {
            d = d.say(w);
        }
        if let Some(u) = p.uncertain {
            d = d.say(format!("Whether it applies is not certain: {u}."));
        }
        d = d.say(evidence_words(&p.file.evidence));
        for s in &p.file.sources {
            d = d.source(ctx, s, p.file.confidence);
        }
        d = d.action(ActionKind::Reconsider, p.file.management.clone());
        if let Some(m) = &p.file.monitoring {
            d = d.action(ActionKind::Monitor, m.clone());
        }
        out.push(d);
    }
}

fn evidence_words(word: &str) -> &'static str {
    match word {
        "label" => "Evidence: stated in a label.",
        "controlled-study" => "Evidence: controlled study.",
        "observational" => "Evidence: observational studies.",
        "case-reports" => "Evidence: case reports.",
        "theoretical" => "Evidence: theoretical.",
        _ => "",
    }
}
