//! What the simulation says of an order: how fast a drug builds up, and how long a change by another drug takes to come or to go.
use crate::bridge::simulation::{Built, Person, build};
use crate::bridge::simulation_changes::{Course, Followed, schedule_at};
use crate::change::{acts_on, phenotypes};
use crate::context::Context;
use crate::derived::{Derived, LiveVictim};
use crate::taken::Taken;
use posology_kinetics::simulate::{
    Changes, Dose, Grid, Hours, Mg, Regimen, Route, SteadyState, simulate_grid,
};
use posology_knowledge::schema::{Confidence, Covariate};
use posology_model::Route as Way;

/// Longest time looked at.
const HORIZON_DAYS: usize = 120;
/// Time in which everything that was taken before comes to its own plateau.
const RUN_IN_DAYS: usize = 60;
/// A course that began so long ago is at its steady state, hours.
const LONG_AGO_H: f64 = -100_000.0;
/// Share of a change at which it counts as come.
const SHARE: f64 = 0.9;

/// How a drug builds up when it is taken as ordered, in a person of this age, sex and weight.
#[derive(Debug, Clone, PartialEq)]
pub struct BuildUp {
    /// Peak of what is measured after the first dose, ng/mL.
    pub first_peak_ng_ml: f64,
    /// Hours to that peak.
    pub peak_h: f64,
    /// Mean of the active total at the plateau over its mean on the first day.
    pub accumulation: f64,
    /// Days until 90 % of the plateau.
    pub days: f64,
    /// Source of the model's clearance, with its confidence.
    pub source: (String, Confidence),
}

/// A drug as it is simulated.
struct Setup<'k> {
    built: Built,
    live: Option<&'k LiveVictim>,
    dose: Dose,
    interval_h: f64,
}

impl<'k> Setup<'k> {
    /// `None` where the drug has no model for the route, or its dose or times are not known.
    fn new(ctx: &Context<'_>, derived: &'k Derived, t: &Taken<'_>) -> Option<Self> {
        let [part] = t.parts.as_slice() else { return None };
        if part.as_needed {
            return None;
        }
        let built = build(ctx.kb.kinetics(t.substance)?, &person(ctx)).ok()?;
        let route = simulated_route(part.route)?;
        built.model.absorption(route)?;
        let (mg, times) = (part.single_mg?.1, part.times_per_day?.1);
        if !(mg > 0.0 && (0.1..=24.0).contains(&times)) {
            return None;
        }
        let amount = Mg(mg * built.dose_factor);
        let live = derived.victims.get(t.substance.at()).and_then(Option::as_ref);
        Some(Self { dose: Dose::at(Hours(0.0), amount, route), interval_h: 24.0 / times, live, built })
    }

    /// Means of the active total by day, from hour 0.
    fn daily(&self, regimen: &Regimen, changes: &Changes, days: usize) -> Option<Vec<f64>> {
        const STEP_H: f64 = 3.0;
        let per_day = (24.0 / STEP_H) as usize;
        let grid = Grid::new(Hours(0.0), Hours(STEP_H), days * per_day).ok()?;
        let curves = simulate_grid(&self.built.model, regimen, changes, &grid).ok()?;
        let mut out = vec![0.0; days];
        for (i, id) in self.built.outputs.iter().enumerate() {
            let potency = match i {
                0 => 1.0,
                _ => self.live?.metabolites.iter().find(|m| &m.name == id).map_or(0.0, |m| m.potency),
            };
            for (k, c) in curves.column(i).enumerate() {
                out[k / per_day] += c * potency / per_day as f64;
            }
        }
        Some(out)
    }

    fn repeated(&self, days: usize) -> Option<Regimen> {
        let count = (days as f64 * 24.0 / self.interval_h).ceil() as usize;
        Regimen::repeated(self.dose, Hours(self.interval_h), count).ok()
    }

    fn schedule(
        &self,
        ctx: &Context<'_>,
        courses: &[Course<'_>],
        days: usize,
        times: Vec<f64>,
    ) -> Option<Changes> {
        if courses.is_empty() {
            return Some(Changes::none());
        }
        let live = self.live?;
        let followed =
            self.built.outputs.get(1).and_then(|id| live.metabolites.iter().find(|m| &m.name == id));
        let first = followed.map(|m| Followed {
            victim: Some(&m.victim),
            formed_by: &m.formed_by,
            share: self.built.model.spec().first.map_or(0.0, |m| m.formed.0),
        });
        schedule_at(&live.victim, first, courses, &phenotypes(ctx), days as f64 * 24.0, times).ok()
    }
}

/// The route of a model that a recorded route is, by mouth where none is recorded; `None` where no model has it.
pub fn simulated_route(recorded: Option<Way>) -> Option<Route> {
    match recorded {
        None | Some(Way::Oral | Way::Enteral) => Some(Route::Oral),
        Some(Way::Sublingual | Way::Buccal) => Some(Route::Sublingual),
        Some(Way::Intramuscular) => Some(Route::Intramuscular),
        Some(Way::Rectal) => Some(Route::Rectal),
        Some(Way::Nasal) => Some(Route::Nasal),
        _ => None,
    }
}

/// The patient as the models know persons: what is recorded of liver, kidney and genotype, age, sex and weight.
pub fn person(ctx: &Context<'_>) -> Person {
    let mut present = std::collections::BTreeSet::new();
    if ctx.has_id("severe-hepatic-impairment") {
        present.insert(Covariate::Cirrhosis);
    }
    if ctx.kidney_impaired() {
        present.insert(Covariate::RenalImpairment);
    }
    present
        .extend(phenotypes(ctx).into_iter().filter_map(|(e, p)| crate::bridge::simulation::phenotype(e, p)));
    Person {
        age: ctx.age,
        female: ctx.sex.map(|s| s == posology_model::Sex::Female),
        weight_kg: ctx.weight_kg,
        present,
    }
}

/// How a drug builds up under everything else that is taken; `None` where no model is recorded, or no plateau is reached in four months.
pub fn build_up(ctx: &Context<'_>, t: &Taken<'_>) -> Option<BuildUp> {
    let derived = Derived::of(ctx.kb)?;
    let setup = Setup::new(ctx, derived, t)?;
    let courses: Vec<Course<'_>> = match setup.live {
        Some(v) => ctx
            .after
            .iter()
            .filter(|o| o.substance != t.substance)
            .filter_map(|o| acts_on(derived, v, o))
            .map(|(perpetrator, dose_per_day)| Course {
                perpetrator,
                dose_per_day,
                from_h: LONG_AGO_H,
                until_h: None,
            })
            .collect(),
        None => Vec::new(),
    };
    let changes = setup.schedule(ctx, &courses, HORIZON_DAYS, vec![0.0])?;
    let days = setup.daily(&setup.repeated(HORIZON_DAYS)?, &changes, HORIZON_DAYS)?;
    let (first, last) = (*days.first()?, *days.last()?);
    let settled = days.get(HORIZON_DAYS - 21).is_some_and(|x| (last - x).abs() <= 0.03 * last);
    if !(first > 0.0 && last.is_finite() && settled) {
        return None;
    }
    let grid = Grid::new(Hours(0.0), Hours(0.1), 480).ok()?;
    let one = Regimen::new(vec![setup.dose]).ok()?;
    let (peak_h, peak) = simulate_grid(&setup.built.model, &one, &changes, &grid).ok()?.peak(0)?;
    let source = &ctx.kb.kinetics(t.substance)?.model.as_ref()?.clearance;
    Some(BuildUp {
        first_peak_ng_ml: 1000.0 * peak,
        peak_h,
        accumulation: last / first,
        days: days.iter().position(|x| *x >= SHARE * last)? as f64 + 1.0,
        source: (source.source.clone(), source.confidence),
    })
}

/// Days until 90 % of a change has come that other drugs make when `before` becomes `after`, at an unchanged dose of `victim`;
/// `None` where there is no model, nothing changes by a tenth, or it takes longer than four months.
pub fn days_of_change<'t>(
    ctx: &Context<'_>,
    victim: &Taken<'_>,
    before: &[Taken<'t>],
    after: &[Taken<'t>],
) -> Option<f64> {
    let derived = Derived::of(ctx.kb)?;
    let setup = Setup::new(ctx, derived, victim)?;
    let live = setup.live?;
    let event = RUN_IN_DAYS as f64 * 24.0;
    let mut courses = Vec::new();
    for (list, other, until) in [(before, after, Some(event)), (after, before, None)] {
        for o in list.iter().filter(|o| o.substance != victim.substance) {
            let kept = other.iter().find(|x| x.substance == o.substance);
            let same = kept.is_some_and(|x| x.daily_mg == o.daily_mg);
            // What goes on unchanged is one course; what changes its dose ends and begins.
            if until.is_none() && same {
                continue;
            }
            let Some((perpetrator, dose_per_day)) = acts_on(derived, live, o) else { continue };
            courses.push(Course {
                perpetrator,
                dose_per_day,
                from_h: if until.is_some() { LONG_AGO_H } else { event },
                until_h: until.filter(|_| !same),
            });
        }
    }
    if courses.iter().all(|c| c.until_h.is_none() && c.from_h < 0.0) {
        return None;
    }
    // Fine at first, then by day.
    let mut times = vec![0.0];
    times.extend((0..20).map(|k| event + 12.0 * f64::from(k)));
    times.extend((10..45).map(|k| event + 24.0 * f64::from(k)));
    let whole = RUN_IN_DAYS + HORIZON_DAYS;
    let changes = setup.schedule(ctx, &courses, whole, times)?;
    let steady =
        SteadyState { interval: Hours(setup.interval_h), until: Hours(0.0), cycle: vec![setup.dose] };
    let regimen = setup.repeated(whole)?.after(steady).ok()?;
    let days = setup.daily(&regimen, &changes, whole)?;
    let (old, new) = (days.get(RUN_IN_DAYS - 1)?, days.last()?);
    let change = new - old;
    if change.is_nan() || change.abs() <= 0.1 * old {
        return None;
    }
    let at = days[RUN_IN_DAYS..].iter().position(|x| (x - old) / change >= SHARE)?;
    Some(at as f64 + 1.0)
}

/// A time in words.
pub fn days_words(days: f64) -> String {
    if days < 1.5 {
        "about a day".into()
    } else if days <= 13.0 {
        format!("about {} days", crate::words::num(days))
    } else {
        format!("about {} weeks", crate::words::num((days / 7.0).round()))
    }
}
