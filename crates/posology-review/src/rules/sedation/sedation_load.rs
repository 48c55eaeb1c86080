#![doc = include_str!("sedation_load.md")]
use crate::context::Context;
use crate::draft::{Draft, Findings};
use crate::load::cns_load;
use crate::rule::{ClinicalContext, Family, Rule, RuleStatus};
use crate::words::{list, num};
use posology_knowledge::SubstanceIx;
use posology_model::{ActionKind, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "sedation-load",
    summary: "The doses of all sedating drugs together make a moderate or high load.",
    family: Family::Sedation,
    status: RuleStatus::Stable,
    applies: |c| c.of(c.known.class.cns_depressant).count() > 1,
    needs: &[],
    silent_in: &[
        ClinicalContext::Palliative,
        ClinicalContext::IntensiveCare,
        ClinicalContext::ProceduralSedation,
    ],
    check,
    page: include_str!("sedation_load.md"),
};

fn check(ctx: &Context<'_>, out: &mut Findings<'_>) {
    let mut parts: Vec<(SubstanceIx, f64)> = Vec::new();
    let mut missing: Vec<&str> = Vec::new();
    for t in ctx.of(ctx.known.class.cns_depressant) {
        match t.daily_high().and_then(|d| cns_load(ctx.kb, t.substance, d)) {
            Some(x) if x > 0.0 => parts.push((t.substance, x)),
            Some(_) => {}
            None => missing.push(ctx.name(t.substance)),
        }
    }
    if !missing.is_empty() {
        out.not_assessed(
            format!("the part of {} in the sedation load", list(&missing)),
            "its daily dose or its lowest effective dose is not known; the load is a lower bound",
        );
    }
    let total: f64 = parts.iter().map(|p| p.1).sum();
    let older = ctx.age_at_least("older-adult-age");
    let (moderate, high) = if older {
        ("sedation-load-older-moderate", "sedation-load-older-high")
    } else {
        ("sedation-load-moderate", "sedation-load-high")
    };
    let (Some(m), Some(h)) = (ctx.number(moderate), ctx.number(high)) else { return };
    if total < m.value || parts.len() < 2 {
        return;
    }
    parts.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let (severity, word, p) =
        if total >= h.value { (Severity::Serious, "high", h) } else { (Severity::Caution, "moderate", m) };
    let each = list(parts.iter().map(|(s, x)| format!("{} {}", ctx.name(*s), num(*x))));
    let mut d = Draft::new(severity, format!("Sedation load {} ({word})", num(total)))
        .about(ctx, parts.iter().map(|p| p.0))
        .say(format!(
            "Drug burden of the sedating drugs at their doses: {each}; {} or more is {word}{}.",
            num(p.value),
            if older { " at this age" } else { "" }
        ))
        .figure("sedation_load", total)
        .parameter(ctx, p);
    if let Some(x) = ctx.number("dbi-half-point") {
        d = d.parameter(ctx, x);
    }
    if !missing.is_empty() {
        d = d.say(format!("Without {}: their doses are not known.", list(&missing)));
    }
    let first = ctx.name(parts[0].0);
    out.push(d.action(ActionKind::Reconsider, format!("The largest part is {first}: ask first whether it can be lower, or given when the others are not.")));
}
