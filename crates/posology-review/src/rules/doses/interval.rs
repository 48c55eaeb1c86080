//! Time between doses, as written and as a limit has it.
use super::limit::in_scope;
use crate::context::Context;
use crate::draft::Findings;
use crate::taken::Taken;
use posology_knowledge::Exposure;
use posology_knowledge::schema::{Confidence, DoseLimit, LimitKind};
use posology_model::Severity;

/// An entry whose doses follow one another faster than a limit allows.
#[derive(Debug)]
pub struct Fast<'k> {
    /// The limit.
    pub limit: &'k DoseLimit,
    /// Hours that it asks for.
    pub least_hours: f64,
    /// Mean hours between doses as written.
    pub hours: f64,
}

impl Fast<'_> {
    /// Doses a week as written.
    pub fn doses_per_week(&self) -> f64 {
        168.0 / self.hours
    }

    /// A drug of the week that is written for more days than a split weekly dose takes.
    pub fn daily_for_weekly(&self, ctx: &Context<'_>) -> bool {
        let least = ctx.number("weekly-drug-interval-hours").map_or(144.0, |p| p.value);
        let most = ctx.number("weekly-drug-most-doses-a-week").map_or(3.0, |p| p.value);
        self.least_hours >= least && self.doses_per_week() > most * 1.02
    }

    /// The severity that the fact states.
    pub fn stated(&self) -> Option<Severity> {
        self.limit.severity.as_deref().and_then(Severity::from_word)
    }
}

/// Whether any drug taken has such a limit.
pub fn any(ctx: &Context<'_>) -> bool {
    ctx.after
        .iter()
        .any(|t| ctx.kb.substance(t.substance).limits.iter().any(|l| l.kind == LimitKind::MinInterval))
}

/// Entries of one substance that are faster than a limit, the gravest first. A limit bound to a route that is not recorded is told as not assessed
/// where it would matter.
pub fn fast<'k>(ctx: &Context<'k>, t: &Taken<'_>, out: &mut Findings<'_>) -> Vec<Fast<'k>> {
    let tolerance = ctx.number("dose-limit-tolerance-percent").map_or(0.0, |p| p.value / 100.0);
    let mut found: Vec<Fast<'k>> = Vec::new();
    let mut gap = false;
    for l in ctx.kb.substance(t.substance).limits.iter().filter(|l| l.kind == LimitKind::MinInterval) {
        let Some(least_hours) = l.hours.filter(|h| h.is_finite() && *h > 0.0) else { continue };
        for p in &t.parts {
            let Some(hours) = between(p).filter(|h| *h < least_hours * (1.0 - tolerance)) else { continue };
            if l.from_single_mg.is_some_and(|from| dose(p).is_none_or(|d| d < from * (1.0 - tolerance))) {
                continue;
            }
            let mut gaps = [false; 4];
            let holds = in_scope(ctx, t, l, &mut gaps) && p.by_route(&l.route) == Some(true) && of_form(p, l);
            gap |= !holds && (gaps[3] || (gaps[0] && p.by_route(&l.route) == Some(true)));
            if holds {
                found.push(Fast { limit: l, least_hours, hours });
            }
        }
    }
    if gap && found.is_empty() {
        out.not_assessed(
            format!("the time between doses{}{}", crate::engine::OF, ctx.name(t.substance)),
            "the route or the age is not recorded, and a limit depends on it",
        );
    }
    found.sort_by(|a, b| {
        (b.stated(), b.limit.confidence == Confidence::Verified)
            .cmp(&(a.stated(), a.limit.confidence == Confidence::Verified))
            .then(b.least_hours.total_cmp(&a.least_hours))
            .then(a.hours.total_cmp(&b.hours))
    });
    found
}

/// Mean hours between doses of an entry that is taken again and again.
fn between(p: &Exposure) -> Option<f64> {
    let times = p.times_per_day.filter(|_| !p.once)?.1;
    (times.is_finite() && times > 0.0).then(|| 24.0 / times)
}

fn dose(p: &Exposure) -> Option<f64> {
    p.single_mg.map(|s| s.1).or(p.strength_mg)
}

fn of_form(p: &Exposure, l: &DoseLimit) -> bool {
    l.form.is_empty() || p.form.is_some_and(|f| l.form.iter().any(|w| w == f.as_str()))
}
