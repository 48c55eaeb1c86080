//! The mechanistic static model: gut wall, well-stirred liver, kidney, any number of perpetrators.
//!
//! Oral AUC is proportional to `Fg * Fh / CL`, systemic AUC to `1 / CL`. Each pathway's clearance is multiplied by
//! the activity of its enzyme: `a = genotype * (1 + induction) / (1 + destroyed) / (1 + blocked)`. The hepatic
//! intrinsic clearance relative to baseline, `x`, gives `Fh'/Fh = 1 / (1 - E + x E)` and a hepatic clearance of
//! `x / (1 - E + x E)`; the gut wall gives `Fg' = fg / (fg + (1 - fg) y)` with its own activity `y`.
use super::enzyme::{Enzyme, N, Patient, Route};
use super::error::{ExposureError, within};
use super::perpetrator::{Mechanism, Taken, induce_together};
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

/// An effect at its dose and time.
#[derive(Clone, Copy)]
struct Acting {
    enzyme: usize,
    inhibition: Option<Mechanism>,
    liver: f64,
    gut: f64,
    sd: f64,
    by: usize,
}

/// Relative activities, liver (and kidney) and gut wall.
#[derive(Clone, Copy)]
struct Activity {
    liver: [f64; N],
    gut: [f64; N],
}

/// A parameter moved by some of its standard deviations.
#[derive(Clone, Copy, PartialEq)]
enum Moved {
    Nothing,
    Effect(usize, f64),
    Fm(usize, usize, f64),
    Fg(usize, f64),
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
    for m in metabolites {
        within("auc_to_parent", &m.victim.name, m.auc_to_parent, 0.0, 1000.0, "0 to 1000")?;
        within("potency", &m.victim.name, m.potency, 0.0, 1000.0, "0 to 1000")?;
        for (_, share) in m.formed_by {
            within("share that forms the metabolite", &m.victim.name, *share, 0.0, 1.0, "0 to 1")?;
        }
    }
    let metabolites = &metabolites[..metabolites.len().min(MAX_METABOLITES)];
    let mut used = [false; N];
    for v in core::iter::once(victim).chain(metabolites.iter().map(|m| m.victim)) {
        v.pathways.iter().for_each(|p| used[p.enzyme.index()] = true);
        if let Some(g) = &v.gut {
            used[g.enzyme.index()] = true;
        }
    }
    let (acting, dose_extrapolated) = resolve(taken, &used)?;

    let model = Model { victim, metabolites, route, patient, acting: &acting };
    let none = Activity { liver: patient_activity(patient), gut: patient_activity(patient) };
    let with = model.activity();
    let outputs = 2 + metabolites.len();
    let centre = model.log_ratios(&none, &with, Moved::Nothing);

    let mut variance = [0.0_f64; MAX_METABOLITES + 2];
    // A strength is moved up only: its scale is logarithmic already. Fractions are moved both ways.
    for (j, a) in acting.iter().enumerate() {
        let m = Moved::Effect(j, 1.0);
        let mut activity = with;
        [activity.liver[a.enzyme], activity.gut[a.enzyme]] = model.activity_of(a.enzyme, m);
        let up = model.log_ratios(&none, &activity, Moved::Nothing);
        for (v, (u, c)) in variance.iter_mut().zip(up.iter().zip(&centre)) {
            *v += (u - c) * (u - c);
        }
    }
    let mut spread = |moved: &dyn Fn(f64) -> Moved| {
        let (up, down) =
            (model.log_ratios(&none, &with, moved(1.0)), model.log_ratios(&none, &with, moved(-1.0)));
        for (v, (u, d)) in variance.iter_mut().zip(up.iter().zip(&down)) {
            *v += 0.25 * (u - d) * (u - d);
        }
    };
    if !acting.is_empty() {
        for (k, v) in core::iter::once(victim).chain(metabolites.iter().map(|m| m.victim)).enumerate() {
            for i in 0..v.pathways.len() {
                spread(&|s| Moved::Fm(k, i, s));
            }
            if v.gut.is_some() {
                spread(&|s| Moved::Fg(k, s));
            }
        }
    }
    let interval = |i: usize| {
        let ln = centre[i];
        let slope = residual.slope * ln;
        let sd = libm::sqrt(
            residual.floor * residual.floor
                + slope * slope
                + residual.parameters * residual.parameters * variance[i],
        );
        let half = 1.645 * sd;
        Interval { ratio: libm::exp(ln), low: libm::exp(ln - half), high: libm::exp(ln + half) }
    };
    let typical = Activity { liver: [1.0; N], gut: [1.0; N] };
    Ok(Prediction {
        parent: interval(0),
        metabolites: (0..metabolites.len()).map(|m| interval(1 + m)).collect(),
        weighted_sum: (!metabolites.is_empty()).then(|| interval(outputs - 1)),
        baseline: libm::exp(model.log_ratios(&typical, &none, Moved::Nothing)[0]),
        reasons: model.reasons(&none, &with),
        dose_extrapolated,
    })
}

/// Checks doses and times, and keeps the effects on enzymes that matter for this victim.
fn resolve(taken: &[Taken<'_>], used: &[bool; N]) -> Result<(Vec<Acting>, bool), ExposureError> {
    let mut acting = Vec::with_capacity(16);
    let mut extrapolated = false;
    for (by, t) in taken.iter().enumerate() {
        let name = &t.perpetrator.name;
        if let Some(d) = t.dose_per_day {
            within("dose", name, d, 1e-6, 1e6, "above 0 to 1,000,000 per day")?;
        }
        if let Some(h) = t.on_h {
            within("hours since start", name, h, 0.0, 1e7, "0 to 10,000,000")?;
        }
        within("hours since stop", name, t.off_h, 0.0, 1e7, "0 to 10,000,000")?;
        for e in &t.perpetrator.effects {
            if !used[e.enzyme.index()] {
                continue;
            }
            let dose = t.dose_per_day.unwrap_or_else(|| e.usual_dose());
            extrapolated |= e.extrapolates(dose);
            let (liver, gut) = e.at_time(e.strength(dose), t.on_h, t.off_h);
            // A dose that nobody stated widens the interval.
            let sd = if t.dose_per_day.is_some() { e.sd } else { libm::sqrt(e.sd * e.sd + 0.09) };
            acting.push(Acting { enzyme: e.enzyme.index(), inhibition: e.inhibition, liver, gut, sd, by });
        }
    }
    Ok((acting, extrapolated))
}

fn patient_activity(patient: &Patient) -> [f64; N] {
    let mut a = [1.0; N];
    for e in Enzyme::ALL {
        a[e.index()] = patient.activity(*e);
    }
    a
}

fn shift(p: f64, by: f64) -> f64 {
    if p >= 1.0 || by == 0.0 {
        return p;
    }
    let odds = p / (1.0 - p) * libm::exp(by);
    odds / (1.0 + odds)
}

struct Model<'a> {
    victim: &'a Victim,
    metabolites: &'a [Metabolite<'a>],
    route: Route,
    patient: &'a Patient,
    acting: &'a [Acting],
}

impl Model<'_> {
    /// Activity of one enzyme, liver and gut wall, under all perpetrators together.
    fn activity_of(&self, enzyme: usize, moved: Moved) -> [f64; 2] {
        let (mut blocked, mut destroyed, mut induced) = ([0.0_f64; 2], [0.0_f64; 2], [0.0_f64; 2]);
        for (j, a) in self.acting.iter().enumerate().filter(|(_, a)| a.enzyme == enzyme) {
            let scale = match moved {
                Moved::Effect(k, s) if k == j => libm::exp(s * a.sd),
                _ => 1.0,
            };
            for (organ, strength) in [(0, a.liver * scale), (1, a.gut * scale)] {
                match a.inhibition {
                    Some(Mechanism::Competitive) => blocked[organ] += strength,
                    Some(Mechanism::MechanismBased) => destroyed[organ] += strength,
                    None => induced[organ] = induce_together(induced[organ], strength),
                }
            }
        }
        let own = self.patient.activity(Enzyme::ALL[enzyme]);
        [0, 1].map(|o: usize| own * (1.0 + induced[o]) / (1.0 + blocked[o]) / (1.0 + destroyed[o]))
    }

    /// Activity of every enzyme.
    fn activity(&self) -> Activity {
        let mut out = Activity { liver: patient_activity(self.patient), gut: patient_activity(self.patient) };
        for (n, a) in self.acting.iter().enumerate() {
            if self.acting[..n].iter().all(|b| b.enzyme != a.enzyme) {
                [out.liver[a.enzyme], out.gut[a.enzyme]] = self.activity_of(a.enzyme, Moved::Nothing);
            }
        }
        out
    }

    /// Natural logs of: parent, metabolites, weighted sum.
    fn log_ratios(&self, before: &Activity, after: &Activity, moved: Moved) -> [f64; MAX_METABOLITES + 2] {
        let mut out = [0.0; MAX_METABOLITES + 2];
        let old = exposure(self.victim, 0, before, moved);
        let new = exposure(self.victim, 0, after, moved);
        let systemic = old.clearance / new.clearance;
        let ratio = match self.route {
            Route::Systemic => systemic,
            Route::Oral => systemic * new.escape / old.escape,
        };
        out[0] = safe_ln(ratio);
        let (mut sum, mut weight) = (ratio, 1.0);
        for (i, m) in self.metabolites.iter().enumerate() {
            let formed = |a: &Activity, e: &Exposure| match m.formed_by {
                [] => 1.0,
                list => {
                    let formed: f64 = list
                        .iter()
                        .map(|(enzyme, share)| share * e.intrinsic_of(self.victim, enzyme.index(), a, moved))
                        .sum();
                    formed / e.intrinsic
                }
            };
            let f_old = formed(before, &old);
            let f_new = formed(after, &new);
            let cl = exposure(m.victim, i + 1, before, moved).clearance
                / exposure(m.victim, i + 1, after, moved).clearance;
            // A patient who forms none without the perpetrators forms none with them.
            let r = if f_old > 0.0 { f_new / f_old * cl } else { cl };
            out[1 + i] = safe_ln(r);
            sum += m.auc_to_parent * m.potency * r;
            weight += m.auc_to_parent * m.potency;
        }
        out[1 + self.metabolites.len()] = safe_ln(sum / weight);
        out
    }

    fn reasons(&self, before: &Activity, after: &Activity) -> Vec<Reason> {
        let mut out = Vec::new();
        let by = |enzyme: Enzyme| {
            let mut by: Vec<usize> =
                self.acting.iter().filter(|a| a.enzyme == enzyme.index()).map(|a| a.by).collect();
            by.dedup();
            by
        };
        let change = |b: f64, a: f64| if b > 0.0 { a / b } else { 1.0 };
        if let (Route::Oral, Some(g)) = (self.route, &self.victim.gut) {
            let i = g.enzyme.index();
            out.push(Reason {
                enzyme: g.enzyme,
                organ: Organ::Gut,
                share: 1.0 - g.fg,
                activity: change(before.gut[i], after.gut[i]),
                by: by(g.enzyme),
            });
        }
        for p in &self.victim.pathways {
            let i = p.enzyme.index();
            out.push(Reason {
                enzyme: p.enzyme,
                organ: if p.enzyme.hepatic() { Organ::Liver } else { Organ::Kidney },
                share: p.fm,
                activity: change(before.liver[i], after.liver[i]),
                by: by(p.enzyme),
            });
        }
        out
    }
}

/// Clearance relative to a typical adult, what escapes gut wall and liver, and the parts needed for metabolites.
struct Exposure {
    clearance: f64,
    escape: f64,
    intrinsic: f64,
}

impl Exposure {
    /// Intrinsic clearance by one enzyme, on the scale of `intrinsic`.
    fn intrinsic_of(&self, v: &Victim, enzyme: usize, a: &Activity, moved: Moved) -> f64 {
        v.pathways
            .iter()
            .enumerate()
            .filter(|(_, p)| p.enzyme.index() == enzyme)
            .map(|(i, p)| fraction(v, 0, i, p.fm, moved) * a.liver[enzyme])
            .sum()
    }
}

fn fraction(v: &Victim, which: usize, i: usize, fm: f64, moved: Moved) -> f64 {
    match moved {
        Moved::Fm(k, j, s) if k == which && j == i => shift(fm, s * v.pathways[i].sd),
        // What one pathway gains the others lose in proportion.
        Moved::Fm(k, j, s) if k == which && !v.pathways[j].enzyme.uptake() => {
            let p = &v.pathways[j];
            fm * (1.0 - shift(p.fm, s * p.sd)) / (1.0 - p.fm).max(1e-9)
        }
        _ => fm,
    }
}

fn exposure(v: &Victim, which: usize, a: &Activity, moved: Moved) -> Exposure {
    let (mut named, mut hepatic_fm, mut hepatic, mut other) = (0.0, 0.0, 0.0, v.renal);
    let mut uptake = 1.0;
    for (i, p) in v.pathways.iter().enumerate() {
        if p.enzyme.uptake() {
            // Uptake comes before metabolism: it multiplies, it does not compete.
            let fm = match moved {
                Moved::Fm(k, j, s) if k == which && j == i => shift(p.fm, s * p.sd),
                _ => p.fm,
            };
            uptake *= 1.0 - fm + fm * a.liver[p.enzyme.index()];
            continue;
        }
        let fm = fraction(v, which, i, p.fm, moved);
        named += fm;
        let now = fm * a.liver[p.enzyme.index()];
        if p.enzyme.hepatic() {
            hepatic_fm += fm;
            hepatic += now;
        } else {
            other += now;
        }
    }
    let rest = (1.0 - v.renal - named).max(0.0);
    let share = (hepatic_fm + rest).max(1e-9);
    let x = ((hepatic + rest) / share * uptake).max(1e-6);
    let mixed = 1.0 - v.extraction + x * v.extraction;
    let clearance = (share * x / mixed + other).max(1e-9);
    let fg = v.gut.as_ref().map_or(1.0, |g| {
        let fg = match moved {
            Moved::Fg(k, s) if k == which => shift(g.fg, s * g.sd),
            _ => g.fg,
        };
        fg / (fg + (1.0 - fg) * a.gut[g.enzyme.index()])
    });
    Exposure { clearance, escape: fg / mixed, intrinsic: (hepatic + rest + other).max(1e-9) }
}

/// The log of a positive number; bounded, so that no infinity leaves the crate.
fn safe_ln(x: f64) -> f64 {
    if x.is_finite() && x > 0.0 { libm::log(x).clamp(-12.0, 12.0) } else { 0.0 }
}
