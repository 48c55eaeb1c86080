//! The mechanistic static model: gut wall, well-stirred liver, kidney, any number of perpetrators.
//!
//! Oral AUC is proportional to `Fg * Fh / CL`, systemic AUC to `1 / CL`. Each pathway's clearance is multiplied by
//! the activity of its enzyme: `a = genotype * (1 + induction) / (1 + destroyed) / (1 + blocked)`. The hepatic
//! intrinsic clearance relative to baseline, `x`, gives `Fh'/Fh = 1 / (1 - E + x E)` and a hepatic clearance of
//! `x / (1 - E + x E)`; the gut wall gives `Fg' = fg / (fg + (1 - fg) y)` with its own activity `y`.
use super::enzyme::{Enzyme, Patient, Route};
use super::error::{ExposureError, within};
use super::model::{Model, resolve, safe_ln};
use super::perpetrator::Taken;
use super::victim::Victim;

/// Link from a parent to an active metabolite.
#[derive(Debug, Clone, Copy)]
pub struct Metabolite<'a> {
    /// How the metabolite itself is cleared.
    pub victim: &'a Victim,
    /// Enzymes that form it, each with the fraction of its clearance of the parent that does (0 to 1); where empty
    /// all of the parent's clearance forms it.
    pub formed_by: &'a [(Enzyme, f64)],
    /// AUC of the metabolite over the parent's at steady state.
    pub auc_to_parent: f64,
    /// Effect of one unit of concentration in units of the parent.
    pub potency: f64,
}

/// At most this many metabolites are followed.
pub const MAX_METABOLITES: usize = 3;

/// How certain predictions are beyond their parameters, on the natural log scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Residual {
    /// Spread that every study has, also of a pair without interaction.
    pub floor: f64,
    /// Spread per unit of |ln ratio|.
    pub slope: f64,
    /// Multiplier of the spread that the parameters give.
    pub parameters: f64,
}

impl Default for Residual {
    /// From the cross-validated residuals in `docs/exposure-report.md`.
    fn default() -> Self {
        Residual { floor: 0.19, slope: 0.15, parameters: 0.85 }
    }
}

/// A ratio with its 90 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Exposure with the perpetrators over exposure without, same patient.
    pub ratio: f64,
    /// 5th percentile.
    pub low: f64,
    /// 95th percentile.
    pub high: f64,
}

/// Where an enzyme acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Organ {
    /// Gut wall.
    Gut,
    /// Liver.
    Liver,
    /// Kidney.
    Kidney,
}

/// One line of the reasoning.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The enzyme.
    pub enzyme: Enzyme,
    /// Where.
    pub organ: Organ,
    /// Fraction of clearance by it (liver, kidney) or of the dose lost by it (gut wall).
    pub share: f64,
    /// Activity with the perpetrators over activity without.
    pub activity: f64,
    /// Perpetrators that act on it, by index into the list given.
    pub by: Vec<usize>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The unchanged drug.
    pub parent: Interval,
    /// Each active metabolite, in the order given, at steady state.
    pub metabolites: Vec<Interval>,
    /// Parent and metabolites weighted by potency; absent where no metabolite is given.
    pub weighted_sum: Option<Interval>,
    /// Patient without perpetrators over a typical adult: the effect of genotype, smoking, liver.
    pub baseline: f64,
    /// What carries the result.
    pub reasons: Vec<Reason>,
    /// A dose lies outside those measured.
    pub dose_extrapolated: bool,
}

/// Predicts the exposure ratio of `victim` under all of `taken` together.
///
/// # Errors
/// A dose, time or potency out of range, named.
pub fn predict(
    victim: &Victim,
    metabolites: &[Metabolite<'_>],
    route: Route,
    taken: &[Taken<'_>],
    patient: &Patient,
    residual: &Residual,
) -> Result<Prediction, ExposureError> {
    check(metabolites)?;
    let metabolites = &metabolites[..metabolites.len().min(MAX_METABOLITES)];
    let (acting, dose_extrapolated) = resolve(victim, metabolites, taken)?;
    let model = Model::new(victim, metabolites, route, patient, &acting);
    let centre = model.centre();
    let variance = model.variance(&centre);
    let interval = |i: usize| {
        let ln = safe_ln(centre.ratios[i]);
        let slope = residual.slope * ln;
        let sd = libm::sqrt(
            residual.floor * residual.floor
                + slope * slope
                + residual.parameters * residual.parameters * variance[i],
        );
        let spread = libm::exp(1.645 * sd);
        let ratio = libm::exp(ln);
        Interval { ratio, low: ratio / spread, high: ratio * spread }
    };
    Ok(Prediction {
        parent: interval(0),
        metabolites: (0..metabolites.len()).map(|m| interval(1 + m)).collect(),
        weighted_sum: (!metabolites.is_empty()).then(|| interval(1 + metabolites.len())),
        baseline: model.baseline(),
        reasons: model.reasons(),
        dose_extrapolated,
    })
}

/// The ratios alone, without intervals and reasons: parent, and parent with metabolites weighted by potency (the parent where there is no
/// metabolite). The same numbers as those of [`predict`], for a first look at many pairs.
///
/// # Errors
/// As [`predict`].
pub fn ratios(
    victim: &Victim,
    metabolites: &[Metabolite<'_>],
    route: Route,
    taken: &[Taken<'_>],
    patient: &Patient,
) -> Result<[f64; 2], ExposureError> {
    check(metabolites)?;
    let metabolites = &metabolites[..metabolites.len().min(MAX_METABOLITES)];
    let (acting, _) = resolve(victim, metabolites, taken)?;
    let r = Model::new(victim, metabolites, route, patient, &acting).centre().ratios;
    let bounded = |x: f64| libm::exp(safe_ln(x));
    Ok([bounded(r[0]), bounded(r[if metabolites.is_empty() { 0 } else { 1 + metabolites.len() }])])
}

fn check(metabolites: &[Metabolite<'_>]) -> Result<(), ExposureError> {
    for m in metabolites {
        within("auc_to_parent", &m.victim.name, m.auc_to_parent, 0.0, 1000.0, "0 to 1000")?;
        within("potency", &m.victim.name, m.potency, 0.0, 1000.0, "0 to 1000")?;
        for (_, share) in m.formed_by {
            within("share that forms the metabolite", &m.victim.name, *share, 0.0, 1.0, "0 to 1")?;
        }
    }
    Ok(())
}
