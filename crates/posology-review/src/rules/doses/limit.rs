//! Dose limits as they hold for one patient.
use crate::context::Context;
use crate::draft::Findings;
use crate::taken::Taken;
use crate::words::num;
use posology_knowledge::Exposure;
use posology_knowledge::schema::{DoseLimit, LimitKind};
use posology_model::Sex;

/// A limit in mg that holds for this patient.
#[derive(Debug)]
pub struct Bound<'k> {
    /// The fact.
    pub limit: &'k DoseLimit,
    /// Milligrams; per-kg limits are multiplied by the weight.
    pub mg: f64,
    /// What narrows it, for a title: " at 65 or older".
    pub narrow: String,
}

impl Bound<'_> {
    /// Whether the route and form of one entry are those of the limit.
    pub fn holds_for(&self, e: &Exposure) -> bool {
        e.by_route(&self.limit.route) == Some(true)
            && (self.limit.form.is_empty()
                || e.form.is_some_and(|f| self.limit.form.iter().any(|w| w == f.as_str())))
    }

    /// One sentence with both figures.
    pub fn words(&self, dose: f64) -> String {
        let kind = if self.limit.derived { "the highest dose printed" } else { "the limit" };
        let place = match self.limit.jurisdiction.as_slice() {
            [one] => format!(
                " ({})",
                if *one == posology_knowledge::schema::Jurisdiction::Us { "US" } else { "UK" }
            ),
            _ => String::new(),
        };
        format!(
            "{} mg is {}-fold {kind}{}{place}, {} mg.",
            num(dose),
            num((dose / self.mg * 10.0).round() / 10.0),
            self.narrow,
            num(self.mg)
        )
    }
}

/// Whether a dose exceeds a limit, rounding allowed for.
pub fn exceeds(ctx: &Context<'_>, dose: f64, limit: f64) -> bool {
    let tolerance = ctx.number("dose-limit-tolerance-percent").map_or(0.0, |p| p.value / 100.0);
    dose > limit * (1.0 + tolerance)
}

/// Limits of one kind that hold for a substance as taken by this patient. What cannot be told for want of age, weight or kidney function is
/// reported as not assessed, once each.
pub fn bounds<'k>(
    ctx: &Context<'k>,
    t: &Taken<'_>,
    kind: LimitKind,
    out: &mut Findings<'_>,
) -> Vec<Bound<'k>> {
    let name = ctx.name(t.substance);
    let mut found = Vec::new();
    let mut gaps: [bool; 4] = [false; 4];
    for l in ctx.kb.substance(t.substance).limits.iter().filter(|l| l.kind == kind) {
        if !in_scope(ctx, t, l, &mut gaps) {
            continue;
        }
        let mg = match (l.mg, l.mg_per_kg, ctx.weight_kg) {
            (Some(mg), Some(k), Some(w)) => mg.min(k * w),
            (Some(mg), _, _) => mg,
            (None, Some(k), Some(w)) => k * w,
            (None, Some(_), None) => {
                gaps[2] = true;
                continue;
            }
            (None, None, _) => continue,
        };
        found.push(Bound { limit: l, mg, narrow: narrow(ctx, l) });
    }
    // A wider limit with another indication speaks for its own indication only, so the general one stands beside it; but a limit for the
    // indication treated replaces general ones that are lower.
    if let Some(best) = found.iter().filter(|b| b.limit.indication.is_some()).map(|b| b.mg).reduce(f64::max) {
        found.retain(|b| {
            b.limit.indication.is_some()
                || b.limit.condition.is_some()
                || b.limit.egfr_below.is_some()
                || b.mg >= best
                || b.limit.age_from.is_some_and(|a| a >= 60.0)
        });
    }
    let what = match kind {
        LimitKind::DailyMax => "daily limits",
        LimitKind::SingleMax => "limits of a single dose",
        LimitKind::DailyStartMax => "limits of a starting dose",
        _ => "limits",
    };
    for (k, why) in [
        (0, "no age is recorded"),
        (1, "no current eGFR or creatinine clearance is recorded"),
        (2, "no current weight is recorded"),
        (3, "the route is not recorded"),
    ] {
        if gaps[k] {
            out.not_assessed(
                format!(
                    "{}{what}{}{name}",
                    ["", "kidney-dependent ", "weight-dependent ", ""][k],
                    crate::engine::OF
                ),
                why,
            );
        }
    }
    found
}

/// Whether everything that narrows a limit holds. What cannot be told is marked: age, kidney function, weight, route.
pub(super) fn in_scope(ctx: &Context<'_>, t: &Taken<'_>, l: &DoseLimit, gaps: &mut [bool; 4]) -> bool {
    if !ctx.here(&l.jurisdiction) || t.by_route(&l.route) == Some(false) {
        return false;
    }
    if t.by_route(&l.route).is_none() {
        gaps[3] = true;
        return false;
    }
    if !l.form.is_empty()
        && !t.parts.iter().any(|p| p.form.is_some_and(|f| l.form.iter().any(|w| w == f.as_str())))
    {
        return false;
    }
    let aged = l.age_from.is_some() || l.age_to.is_some();
    match ctx.age {
        // A limit for all adults is applied when no age is known: the record of a child would say so by weight or dose form.
        None if aged && (l.age_to.is_some() || l.age_from.is_some_and(|f| f > 18.0)) => {
            gaps[0] = true;
            return false;
        }
        Some(a) if l.age_from.is_some_and(|f| a < f) || l.age_to.is_some_and(|t| a >= t) => return false,
        _ => {}
    }
    if let Some(s) = &l.sex {
        let fits = match ctx.sex {
            Some(Sex::Female) => s == "female",
            Some(Sex::Male) => s == "male",
            None => false,
        };
        if !fits {
            return false;
        }
    }
    if l.condition.as_deref().is_some_and(|c| !ctx.has_id(c)) {
        return false;
    }
    if let Some(i) = &l.indication
        && !treats(ctx, t, i)
    {
        return false;
    }
    if let Some(below) = l.egfr_below {
        match ctx.egfr {
            None => {
                gaps[1] = true;
                return false;
            }
            Some(e) if e >= below => return false,
            Some(_) => {}
        }
    }
    !l.unless.iter().any(|c| ctx.has_id(c) || treats(ctx, t, c))
}

/// Whether a substance is recorded as taken for a condition (or a narrower one), or, where no reason is recorded, the patient has it.
pub fn treats(ctx: &Context<'_>, t: &Taken<'_>, condition: &str) -> bool {
    let Some(c) = ctx.kb.condition(condition) else { return false };
    let mut any = false;
    for r in t.parts.iter().flat_map(|p| &p.reasons) {
        any = true;
        if ctx.kb.condition_and_broader(*r).contains(c.at()) {
            return true;
        }
    }
    !any && ctx.has(Some(c))
}

fn narrow(ctx: &Context<'_>, l: &DoseLimit) -> String {
    let mut out = String::new();
    match (l.age_from, l.age_to) {
        (Some(f), None) if f > 18.0 => out.push_str(&format!(" at {} or older", num(f))),
        (Some(f), Some(t)) => out.push_str(&format!(" from {} to {} years", num(f), num(t))),
        (None, Some(t)) => out.push_str(&format!(" below {} years", num(t))),
        _ => {}
    }
    if let Some(c) = l.condition.as_deref().and_then(|c| ctx.kb.condition(c)) {
        out.push_str(&format!(" with {}", ctx.kb.condition_file(c).name.to_lowercase()));
    }
    if let Some(c) = l.indication.as_deref().and_then(|c| ctx.kb.condition(c)) {
        out.push_str(&format!(" for {}", ctx.kb.condition_file(c).name.to_lowercase()));
    }
    if let Some(e) = l.egfr_below {
        out.push_str(&format!(" at a kidney function below {} mL/min", num(e)));
    }
    if let Some(k) = l.mg_per_kg {
        out.push_str(&format!(" ({} mg/kg)", num(k)));
    }
    if let Some(s) = &l.sex {
        out.push_str(&format!(" ({s})"));
    }
    out
}
