//! The real fall at each step.
use crate::curve::{Course, Curve, simulate};
use crate::guidance::Rules;
use crate::mass::percent;
use crate::plan::{Step, hour_of};
use crate::request::Request;
use posology_knowledge::{KnowledgeBase, SubstanceIx};
use posology_model::NotAssessed;
use posology_model::history::days_between;

/// Bound of a fall in concentration where the guidance prints milligrams, percent.
const FALL_BOUND: f64 = 25.0;

/// Curves, and the fall at each step.
#[allow(clippy::too_many_arguments, reason = "one place fills three lists")]
pub(crate) fn mark_falls(
    kb: &KnowledgeBase,
    r: &Request,
    first: SubstanceIx,
    last: SubstanceIx,
    rules: &Rules<'_>,
    steps: &mut [Step],
    curves: &mut Vec<Curve>,
    not_assessed: &mut Vec<NotAssessed>,
) {
    let Some(day0) = steps.first().map(|s| s.start) else { return };
    let days = steps.last().map_or(0, |s| days_between(day0, s.start) + i64::from(s.days));
    let course = |ix: SubstanceIx, before: (f64, usize)| {
        let id = &kb.substance(ix).id;
        let periods = steps
            .iter()
            .map(|s| {
                let times: Vec<(f64, f64)> = s
                    .doses
                    .iter()
                    .map(|d| {
                        let mg = d.pieces.iter().filter(|p| &p.substance == id).map(|p| p.amount_mg).sum();
                        (hour_of(&d.time), mg)
                    })
                    .filter(|d: &(f64, f64)| d.1 > 0.0)
                    .collect();
                (days_between(day0, s.start), i64::from(s.days), times)
            })
            .collect();
        Course { before, periods, days }
    };
    let mut run = |ix: SubstanceIx, before| match simulate(kb, ix, &course(ix, before), r.patient.as_ref()) {
        Ok(c) => Some(c),
        Err(why) => {
            not_assessed.push(NotAssessed {
                what: format!("concentrations of {} over the plan", kb.substance(ix).name),
                why,
                rules: Vec::new(),
            });
            None
        }
    };
    let before = (r.daily_mg, r.times_per_day as usize);
    if first != last {
        curves.extend(run(first, before));
        curves.extend(run(last, (0.0, 1)));
        return;
    }
    let Some(curve) = run(first, before) else { return };
    let bound = rules.max_percent.unwrap_or(FALL_BOUND);
    let base = curve.active(-1).unwrap_or(0.0);
    for s in steps.iter_mut().filter(|s| s.days > 0) {
        let day = days_between(day0, s.start);
        let (Some(c0), Some(c1)) = (curve.active(day - 1), curve.active(day + i64::from(s.days) - 1)) else {
            continue;
        };
        if c0 <= 0.0 || r.daily_mg <= 0.0 {
            continue;
        }
        let fall = 100.0 * (1.0 - c1 / c0);
        s.fall_percent = Some(percent(fall));
        // The kinetics are linear: the steady state goes with the dose.
        let settled = base * s.daily_dose_mg / r.daily_mg;
        if c0 - settled > 1e-6 * base {
            s.settled_percent = Some(percent((100.0 * (c0 - c1) / (c0 - settled)).clamp(0.0, 100.0)));
        }
        s.fall_exceeds_bound = fall > bound + 0.5;
    }
    curves.push(curve);
}
