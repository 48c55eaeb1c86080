//! Interacting drugs that start and stop, as changes of clearance over time.
//!
//! The exposure model says by how much all interacting drugs together change clearance, bioavailability and the
//! formation and loss of a metabolite at a moment; here it is asked at many moments.
use posology_kinetics::exposure::{
    self, Enzyme, ExposureError, Metabolite, Patient, Perpetrator, Phenotype, Residual, Taken, Victim,
    predict,
};
use posology_kinetics::simulate::{Changes, Hours, Multipliers, Piece, SimulationError};

/// One interacting drug and when it is taken.
#[derive(Debug, Clone)]
pub struct Course<'a> {
    /// What it does to enzymes.
    pub perpetrator: &'a Perpetrator,
    /// Dose per day; the usual one where unknown.
    pub dose_per_day: Option<f64>,
    /// First dose, hours from the start of the simulation.
    pub from_h: f64,
    /// End, hours from the start of the simulation; taken throughout where absent.
    pub until_h: Option<f64>,
}

/// A metabolite that the simulation follows.
#[derive(Debug, Clone, Copy)]
pub struct Followed<'a> {
    /// Its clearance pathways, where recorded.
    pub victim: Option<&'a Victim>,
    /// The enzymes that form it, each with its share of the formation; empty where unknown.
    pub formed_by: &'a [(Enzyme, f64)],
    /// Share of the parent's clearance that forms it in the simulation.
    pub share: f64,
}

/// Why no schedule could be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotScheduled {
    /// The exposure model refused a value.
    #[error(transparent)]
    Exposure(#[from] ExposureError),
    /// The simulator refused a value.
    #[error(transparent)]
    Simulation(#[from] SimulationError),
}

/// Pieces of `step_h` hours from 0 to `horizon_h` in which clearance is constant.
///
/// Only the first metabolite's formation and loss are followed; a second one keeps its clearance.
///
/// # Errors
/// [`NotScheduled`], with what is out of range.
pub fn schedule(
    victim: &Victim,
    first: Option<Followed<'_>>,
    courses: &[Course<'_>],
    phenotypes: &[(Enzyme, Phenotype)],
    horizon_h: f64,
    step_h: f64,
) -> Result<Changes, NotScheduled> {
    let times: Vec<f64> = (0..).map(|i| f64::from(i) * step_h).take_while(|t| *t < horizon_h).collect();
    schedule_at(victim, first, courses, phenotypes, horizon_h, times)
}

/// As [`schedule`], with pieces that begin at the given hours (and at every start and stop).
///
/// # Errors
/// [`NotScheduled`], with what is out of range.
pub fn schedule_at(
    victim: &Victim,
    first: Option<Followed<'_>>,
    courses: &[Course<'_>],
    phenotypes: &[(Enzyme, Phenotype)],
    horizon_h: f64,
    mut times: Vec<f64>,
) -> Result<Changes, NotScheduled> {
    let mut patient = Patient::default();
    for &(e, p) in phenotypes {
        patient = patient.with(e, p);
    }
    // Every start and stop begins a piece, so that nothing acts before it is taken.
    for c in courses {
        times.push(c.from_h.max(0.0));
        times.extend(c.until_h);
    }
    times.retain(|t| (0.0..=horizon_h).contains(t));
    times.sort_by(f64::total_cmp);
    times.dedup();
    let mut pieces: Vec<Piece> = Vec::new();
    for (i, &from) in times.iter().enumerate() {
        let end = times.get(i + 1).copied().unwrap_or(horizon_h).max(from);
        let multipliers = at(victim, first, courses, &patient, 0.5 * (from + end))?;
        if pieces.last().is_none_or(|p| differ(&p.multipliers, &multipliers)) {
            pieces.push(Piece { from: Hours(from), multipliers });
        }
    }
    Ok(Changes::new(pieces)?)
}

fn at(
    victim: &Victim,
    first: Option<Followed<'_>>,
    courses: &[Course<'_>],
    patient: &Patient,
    t: f64,
) -> Result<Multipliers, ExposureError> {
    let taken: Vec<Taken<'_>> = courses
        .iter()
        .filter(|c| c.from_h <= t)
        .map(|c| {
            let stop = c.until_h.unwrap_or(f64::INFINITY).max(c.from_h);
            Taken {
                perpetrator: c.perpetrator,
                dose_per_day: c.dose_per_day,
                on_h: Some(t.min(stop) - c.from_h),
                off_h: (t - stop).max(0.0),
            }
        })
        .collect();
    if taken.is_empty() {
        return Ok(Multipliers::NONE);
    }
    let residual = Residual::default();
    let ratio = |v: &Victim, m: &[Metabolite<'_>], route| predict(v, m, route, &taken, patient, &residual);
    let followed: Vec<Metabolite<'_>> = first
        .iter()
        .filter_map(|f| {
            f.victim.map(|v| Metabolite {
                victim: v,
                formed_by: f.formed_by,
                auc_to_parent: 1.0,
                potency: 1.0,
            })
        })
        .collect();
    let systemic = ratio(victim, &followed, exposure::Route::Systemic)?;
    let oral = ratio(victim, &[], exposure::Route::Oral)?;
    let clearance = 1.0 / systemic.parent.ratio;
    let mut out = Multipliers {
        bioavailability: oral.parent.ratio / systemic.parent.ratio,
        ..Multipliers::parent(clearance)
    };
    if let (Some(f), Some(v), Some(whole)) =
        (first, first.and_then(|f| f.victim), systemic.metabolites.first())
    {
        let own = ratio(v, &[], exposure::Route::Systemic)?.parent.ratio;
        let first_clearance = 1.0 / own;
        // The metabolite's exposure is its formation over its loss.
        let formation = clearance * whole.ratio * first_clearance;
        let rest = 1.0 - f.share;
        out.first_formation = formation;
        out.first_other = first_clearance;
        out.second_from_first = first_clearance;
        if rest > 1e-9 {
            out.parent_other = ((clearance - f.share * formation) / rest).max(0.0);
            out.second_from_parent = out.parent_other;
        }
    }
    Ok(out)
}

fn differ(a: &Multipliers, b: &Multipliers) -> bool {
    let apart = |x: f64, y: f64| (x - y).abs() > 2e-5 * x.abs().max(y.abs()).max(1e-9);
    apart(a.first_formation, b.first_formation)
        || apart(a.parent_other, b.parent_other)
        || apart(a.first_other, b.first_other)
        || apart(a.bioavailability, b.bioavailability)
}
