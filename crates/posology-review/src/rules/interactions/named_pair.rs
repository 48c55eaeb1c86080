#![doc = include_str!("named_pair.md")]
use super::pairs;
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::words::capital;
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
    for (i, x) in ctx.after.iter().enumerate() {
        for y in &ctx.after[i + 1..] {
            for p in pairs(ctx, x, y) {
                if p.file.reported_by.is_some()
                    || p.file.kind == "pharmacokinetic" && super::exposure_change::covers(ctx, p.a, p.b)
                {
                    continue;
                }
                let (a, b) = (ctx.name(p.a), ctx.name(p.b));
                let mut d = Draft::new(
                    p.severity,
                    format!("{} with {b}: {}", capital(a), p.file.effect.trim_end_matches('.')),
                )
                .about(ctx, [p.a, p.b])
                .say(&p.file.mechanism);
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
