//! Rules about drugs taken together.
pub(crate) mod additive;
pub mod clozapine_with_benzodiazepine;
pub mod effect_load;
pub mod exposure_change;
pub mod flumazenil_risk;
pub(crate) mod group;
pub mod maoi_combination;
pub mod named_pair;
pub mod opioid_benzodiazepine_muscle_relaxant;
pub mod opioid_with_gabapentinoid;
pub mod qt_load;
pub mod serotonin_load;
pub mod smoking_change;
pub mod sodium_oxybate_with_sedative;
use crate::context::Context;
use crate::draft::Draft;
use crate::taken::{Taken, TakenState};
use posology_knowledge::SubstanceIx;
use posology_knowledge::schema::InteractionFile;
use posology_model::Severity;
use posology_model::history::days_between;

/// An interaction of the knowledge that holds for two substances as taken.
#[derive(Debug, Clone)]
pub struct Pair<'k> {
    /// The facts.
    pub file: &'k InteractionFile,
    /// Substance on side `a`.
    pub a: SubstanceIx,
    /// Substance on side `b`.
    pub b: SubstanceIx,
    /// Severity in this patient.
    pub severity: Severity,
    /// Why it is not the usual severity.
    pub because: Vec<&'k str>,
    /// A side holds only for routes or doses that are not known here.
    pub uncertain: Option<&'static str>,
}

/// Interactions that hold for two substances as taken, by id.
pub fn pairs<'k>(ctx: &Context<'k>, x: &Taken<'k>, y: &Taken<'k>) -> Vec<Pair<'k>> {
    let kb = ctx.kb;
    let mut out = Vec::new();
    if !kb.may_interact(x.substance, y.substance) {
        return out;
    }
    for (ix, swapped) in kb.interactions_between(x.substance, y.substance) {
        let file = kb.interaction(ix);
        if !ctx.here(&file.jurisdiction) {
            continue;
        }
        let (a, b) = if swapped { (y, x) } else { (x, y) };
        let mut uncertain = None;
        let mut holds = true;
        for (t, p) in [(a, &file.a), (b, &file.b)] {
            match t.by_route(&p.route) {
                Some(false) => holds = false,
                None => uncertain = Some("the route is not recorded"),
                Some(true) => {}
            }
            match t.by_form(&p.form) {
                Some(false) => holds = false,
                None => uncertain = Some("the dose form is not recorded"),
                Some(true) => {}
            }
            match (p.min_daily_mg, t.daily_high()) {
                (Some(min), Some(d)) if d < min => holds = false,
                (Some(_), None) => uncertain = Some("the dose is not known"),
                _ => {}
            }
        }
        if !holds {
            continue;
        }
        let (severity, because) = severity(ctx, file, a, b);
        out.push(Pair { file, a: a.substance, b: b.substance, severity, because, uncertain });
    }
    out
}

/// Severity in this patient: the gravest modifier that holds, or the usual one.
fn severity<'k>(
    ctx: &Context<'_>,
    file: &'k InteractionFile,
    a: &Taken<'_>,
    b: &Taken<'_>,
) -> (Severity, Vec<&'k str>) {
    let usual = Severity::from_word(&file.severity).unwrap_or(Severity::Caution);
    let mut out = (usual, Vec::new());
    for m in &file.modifiers {
        let condition = m.condition.as_deref().is_none_or(|c| ctx.has_id(c));
        let age = m.age_from.is_none_or(|f| ctx.age.is_some_and(|a| a >= f));
        let new = m.started_within_days.is_none_or(|d| is_new(ctx, a, d) || is_new(ctx, b, d));
        if !(condition && age && new) {
            continue;
        }
        let Some(s) = Severity::from_word(&m.severity) else { continue };
        if s > out.0 || (s == out.0 && s != usual) {
            if s > out.0 {
                out.1.clear();
            }
            out.0 = s;
            out.1.push(m.why.as_str());
        } else if s < usual && out.0 == usual && out.1.is_empty() && file.modifiers.len() == 1 {
            // The only modifier lowers it.
            out = (s, vec![m.why.as_str()]);
        }
    }
    out
}

/// Proposed, or begun within so many days.
pub fn is_new(ctx: &Context<'_>, t: &Taken<'_>, days: u32) -> bool {
    t.state == TakenState::Proposed && ctx.taken_now(t.substance).is_none()
        || t.since().is_some_and(|s| days_between(s, ctx.day()) < i64::from(days))
}

/// Interactions among everything after the orders: computed once a review by [`Context::pairs`].
pub fn all_pairs<'k>(ctx: &Context<'k>) -> Vec<Pair<'k>> {
    let mut out = Vec::new();
    for (i, x) in ctx.after.iter().enumerate() {
        for y in &ctx.after[i + 1..] {
            out.extend(pairs(ctx, x, y));
        }
    }
    out
}

/// The interactions between members of two groups that a rule reports, gravest first.
pub fn reported<'k>(
    ctx: &Context<'k>,
    left: &[&Taken<'k>],
    right: &[&Taken<'k>],
    rule: &str,
) -> Vec<Pair<'k>> {
    let has = |group: &[&Taken<'k>], s: SubstanceIx| group.iter().any(|t| t.substance == s);
    let mut out: Vec<Pair<'k>> = ctx
        .pairs()
        .iter()
        .filter(|p| p.file.reported_by.as_deref() == Some(rule))
        .filter(|p| has(left, p.a) && has(right, p.b) || has(left, p.b) && has(right, p.a))
        .cloned()
        .collect();
    out.sort_by(|p, q| q.severity.cmp(&p.severity).then_with(|| p.file.id.cmp(&q.file.id)));
    out
}

/// Adds sources of interactions, the gravest first.
pub fn with_sources(mut d: Draft, ctx: &Context<'_>, pairs: &[Pair<'_>]) -> Draft {
    for p in pairs {
        for s in &p.file.sources {
            d = d.source(ctx, s, p.file.confidence);
        }
    }
    d
}
