//! Concentrations over a plan, and the real fall at each step.
use crate::facts::PatientFacts;
use posology_kinetics::simulate::{
    Changes, Dose, Grid, Hours, Mg, Regimen, Route, SteadyState, simulate_grid,
};
use posology_knowledge::{KnowledgeBase, SubstanceIx};
use posology_review::bridge::simulation::{Person, build};
use serde::{Deserialize, Serialize};

/// Hours between the points at which the curve is computed.
const STEP_H: f64 = 3.0;
/// Days shown before the first cut.
const BEFORE: i64 = 7;
/// Days shown after the last change: long enough for a metabolite with a half-life of 100 h.
const AFTER: i64 = 28;
/// Longest plan that is simulated, days.
const LONGEST: i64 = 3_000;

/// Mean concentrations by day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// What each number of a point is of: the drug, then its metabolites.
    pub substances: Vec<String>,
    /// Always `ng/mL`.
    pub unit: String,
    /// One per day; day 0 is the first day of the plan.
    pub points: Vec<CurvePoint>,
    /// What was assumed.
    pub assumptions: Vec<String>,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Day of the plan; negative before it.
    pub day: i64,
    /// Mean of the day, by substance.
    pub mean: Vec<f64>,
    /// Sum weighted by potency, in units of the drug.
    pub active: f64,
}

/// First day, days, and the doses of a day as hour and mg.
pub(crate) type DailyDoses = (i64, i64, Vec<(f64, f64)>);

/// One substance over the plan: doses by day.
pub(crate) struct Course {
    /// Dose before the plan, mg a day, and doses a day.
    pub before: (f64, usize),
    /// First day (0 is the first of the plan), days, doses as hour of the day and mg.
    pub periods: Vec<DailyDoses>,
    /// Days in all.
    pub days: i64,
}

/// Simulates a course. `Err` says why there is no curve.
pub(crate) fn simulate(
    kb: &KnowledgeBase,
    ix: SubstanceIx,
    course: &Course,
    facts: Option<&PatientFacts>,
) -> Result<Curve, String> {
    let name = &kb.substance(ix).name;
    let file = kb.kinetics(ix).ok_or_else(|| format!("no kinetics are recorded for {name}"))?;
    let person = facts.map_or_else(Person::default, PatientFacts::person);
    let built = build(file, &person).map_err(|e| e.to_string())?;
    if course.days > LONGEST {
        return Err(format!("the plan is longer than {LONGEST} days"));
    }
    let factor = built.dose_factor;
    let dose = |h: f64, mg: f64| Dose::at(Hours(h), Mg(mg * factor), Route::Oral);
    let mut doses = Vec::new();
    for day in -BEFORE..0 {
        for (h, mg) in spread(course.before) {
            doses.push(dose(day as f64 * 24.0 + h, mg));
        }
    }
    for (first, days, times) in &course.periods {
        for day in *first..first + days {
            for (h, mg) in times {
                doses.push(dose(day as f64 * 24.0 + h, *mg));
            }
        }
    }
    let mut regimen = Regimen::new(doses).map_err(|e| e.to_string())?;
    if course.before.0 > 0.0 {
        let cycle = spread(course.before).into_iter().map(|(h, mg)| dose(h, mg)).collect();
        let until = Hours(-(BEFORE as f64) * 24.0);
        regimen =
            regimen.after(SteadyState { interval: Hours(24.0), until, cycle }).map_err(|e| e.to_string())?;
    }
    let per_day = (24.0 / STEP_H) as usize;
    let days = (BEFORE + course.days + AFTER) as usize;
    let grid = Grid::new(Hours(-(BEFORE as f64) * 24.0), Hours(STEP_H), days * per_day)
        .map_err(|e| e.to_string())?;
    let curves = simulate_grid(&built.model, &regimen, &Changes::none(), &grid).map_err(|e| e.to_string())?;
    let n = curves.outputs;
    let weights: Vec<f64> = built
        .outputs
        .iter()
        .enumerate()
        .map(|(i, id)| {
            if i == 0 {
                return 1.0;
            }
            file.metabolite.iter().find(|m| &m.substance == id).map_or(1.0, |m| m.potency)
        })
        .collect();
    let mut points = Vec::with_capacity(days);
    for d in 0..days {
        let mut mean = vec![0.0; n];
        for row in curves.values[d * per_day * n..(d + 1) * per_day * n].chunks_exact(n) {
            for (m, v) in mean.iter_mut().zip(row) {
                // mg/L to ng/mL.
                *m += v * 1000.0 / per_day as f64;
            }
        }
        let active: f64 = mean.iter().zip(&weights).map(|(m, w)| m * w).sum();
        // Five places are kept: more are noise, and a plan must read back as it was written.
        let short = |x: f64| (x * 100_000.0).round() / 100_000.0;
        let mean = mean.into_iter().map(short).collect();
        points.push(CurvePoint { day: d as i64 - BEFORE, mean, active: short(active) });
    }
    let mut assumptions = built.assumptions;
    if built.outputs.len() > 1 {
        assumptions.push("the active total adds metabolites by their potency as recorded".into());
    }
    assumptions
        .push("a steady state before the plan; a typical person with what is known of this one".into());
    Ok(Curve { substances: built.outputs, unit: "ng/mL".into(), points, assumptions })
}

/// Equal doses over the day.
fn spread((daily, times): (f64, usize)) -> Vec<(f64, f64)> {
    let n = times.max(1);
    crate::plan::hours(n).into_iter().map(|h| (h, daily / n as f64)).filter(|d| d.1 > 0.0).collect()
}

impl Curve {
    /// The active total on a day.
    pub fn active(&self, day: i64) -> Option<f64> {
        self.points.iter().find(|p| p.day == day).map(|p| p.active)
    }
}
