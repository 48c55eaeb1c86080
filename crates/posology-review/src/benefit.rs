//! What good a drug does for this use, how fast and for how long: shown beside the findings.
use crate::context::Context;
use crate::expected::{BuildUp, build_up, days_words};
use crate::taken::{Taken, TakenState};
use crate::words::fixed;
use posology_knowledge::schema::{Onset, UseBasis, UseFact};
use posology_knowledge::{ConditionIx, Exposure};
use posology_model::Benefit;

/// Benefits of what is proposed; where nothing is, of the benzodiazepines, Z-drugs and opioids taken.
pub fn benefits(ctx: &Context<'_>) -> Vec<Benefit> {
    let proposed = ctx.after.iter().any(|t| t.state == TakenState::Proposed);
    ctx.after
        .iter()
        .filter(|t| if proposed { t.state == TakenState::Proposed } else { is_controlled(ctx, t) })
        .map(|t| one(ctx, t))
        .filter(|b| !b.statements.is_empty())
        .collect()
}

fn is_controlled(ctx: &Context<'_>, t: &Taken<'_>) -> bool {
    [ctx.known.class.benzodiazepine, ctx.known.class.z_drug, ctx.known.class.opioid]
        .into_iter()
        .flatten()
        .any(|c| ctx.kb.in_class(t.substance, c))
}

/// Uses of a substance for a condition (or a broader one) that hold here, best basis first.
pub fn uses_for<'a>(ctx: &'a Context<'_>, e: &Exposure, indication: ConditionIx) -> Vec<&'a UseFact> {
    let wider = ctx.kb.condition_and_broader(indication);
    let s = ctx.kb.substance(e.substance);
    let mut out: Vec<&UseFact> = s
        .uses
        .iter()
        .filter(|u| ctx.here(&u.jurisdiction))
        .filter(|u| e.by_route(&u.route) != Some(false))
        .filter(|u| {
            ctx.age.is_none_or(|a| u.age_from.is_none_or(|f| a >= f) && u.age_to.is_none_or(|t| a < t))
        })
        .filter(|u| ctx.kb.condition(&u.indication).is_some_and(|c| wider.contains(c.at())))
        .collect();
    // The use that names the condition itself speaks before one that names a broader condition.
    let own = &ctx.kb.condition_file(indication).id;
    if out.iter().any(|u| &u.indication == own) {
        out.retain(|u| &u.indication == own);
    }
    out.sort_by_key(|u| match u.basis {
        UseBasis::NotRecommended => 0,
        UseBasis::Labelled => 1,
        UseBasis::Guideline => 2,
        UseBasis::OffLabel => 3,
    });
    out
}

fn one(ctx: &Context<'_>, t: &Taken<'_>) -> Benefit {
    let s = ctx.kb.substance(t.substance);
    let mut statements = Vec::new();
    let mut evidence = Vec::new();
    let mut indication = None;
    for p in &t.parts {
        for r in &p.reasons {
            indication.get_or_insert_with(|| ctx.kb.condition_file(*r).name.clone());
            for u in uses_for(ctx, p, *r) {
                statements.push(basis_words(u, &ctx.kb.condition_file(*r).name, &s.name));
                evidence.push(ctx.kb.evidence(&u.source, u.confidence));
                if let Some(b) = &u.benefit {
                    statements.push(b.clone());
                    let src = u.benefit_source.as_ref().unwrap_or(&u.source);
                    evidence.push(ctx.kb.evidence(src, u.confidence));
                }
            }
        }
        for o in s.onsets.iter().filter(|o| p.route.is_some_and(|r| r.as_str() == o.route)) {
            let words = onset_words(o);
            if !words.is_empty() && !statements.contains(&words) {
                statements.push(words);
                evidence.push(ctx.kb.evidence(&o.source, o.confidence));
            }
        }
    }
    if t.state == TakenState::Proposed
        && let Some(b) = build_up(ctx, t)
    {
        statements.push(build_up_words(&b));
        evidence.push(ctx.kb.evidence(&b.source.0, b.source.1));
    }
    evidence.dedup();
    Benefit { substance: ctx.kb.reference(t.substance), indication, statements, evidence }
}

fn basis_words(u: &UseFact, condition: &str, name: &str) -> String {
    let dose = u.dose_text.as_ref().map(|d| format!(": {d}")).unwrap_or_default();
    match u.basis {
        UseBasis::Labelled => format!("{name} is labelled for {condition}{dose}."),
        UseBasis::Guideline => format!("A guideline recommends {name} for {condition}{dose}."),
        UseBasis::OffLabel => format!("Use of {name} for {condition} is off-label{dose}."),
        UseBasis::NotRecommended => format!("{name} is recommended against for {condition}."),
    }
}

fn build_up_words(b: &BuildUp) -> String {
    let peak =
        if b.first_peak_ng_ml >= 20.0 { fixed(b.first_peak_ng_ml, 0) } else { fixed(b.first_peak_ng_ml, 1) };
    let head = format!(
        "Simulated for this patient: after the first dose a peak of about {peak} ng/mL at {} h",
        fixed(b.peak_h, 1)
    );
    if b.accumulation < 1.15 {
        return format!("{head}; taken as ordered it does not accumulate.");
    }
    format!(
        "{head}; taken as ordered the active total rises to {} times that of the first day, nine tenths of it within {}.",
        fixed(b.accumulation, 1),
        days_words(b.days)
    )
}

fn onset_words(o: &Onset) -> String {
    let mut parts = Vec::new();
    let range = |r: [f64; 2], unit: &str| {
        if r[0] == r[1] { format!("{} {unit}", r[0]) } else { format!("{} to {} {unit}", r[0], r[1]) }
    };
    if let Some(x) = o.onset_min {
        parts.push(format!("first effect after {}", range(x, "min")));
    }
    if let Some(x) = o.peak_h {
        parts.push(format!("peak after {}", range(x, "h")));
    }
    if let Some(x) = o.duration_h {
        parts.push(format!("effect of a single dose lasts {}", range(x, "h")));
    }
    if let Some(x) = o.half_life_h {
        parts.push(format!("half-life {}", range(x, "h")));
    }
    if let Some(x) = &o.active_metabolite {
        parts.push(format!("active metabolite {x}"));
    }
    if parts.is_empty() { String::new() } else { format!("By the {} route: {}.", o.route, parts.join("; ")) }
}
