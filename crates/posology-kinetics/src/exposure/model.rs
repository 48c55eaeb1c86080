//! The arithmetic behind [`predict`](super::predict()): exposures with and without perpetrators, and how they move with each parameter.
use super::enzyme::{Enzyme, N, Patient, Route};
use super::error::{ExposureError, within};
use super::perpetrator::{Mechanism, Taken, induce_together};
use super::predict::{MAX_METABOLITES, Metabolite, Organ, Reason};
use super::victim::{MAX_PATHWAYS, Victim};

/// Parent, metabolites, weighted sum.
pub(super) type Outputs = [f64; MAX_METABOLITES + 2];

/// An effect at its dose and time.
#[derive(Clone, Copy)]
pub(super) struct Acting {
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

/// Fractions of one victim, as they are or with one of them moved by a standard deviation.
struct Fractions {
    fm: [f64; MAX_PATHWAYS],
    fg: f64,
}

/// Clearance relative to a typical adult, what escapes gut wall and liver, and what of the intrinsic clearance forms each metabolite.
#[derive(Clone, Copy, Default)]
struct Exposure {
    clearance: f64,
    escape: f64,
    formed: [f64; MAX_METABOLITES],
}

/// Exposures without and with the perpetrators.
type Both = [Exposure; 2];

/// Everything at the centre of the parameters.
pub(super) struct Centre {
    both: [Both; MAX_METABOLITES + 1],
    /// Parent, metabolites, weighted sum.
    pub(super) ratios: Outputs,
}

/// Checks doses and times, and keeps the effects on enzymes that matter; `true` where a dose lies outside those measured.
pub(super) fn resolve(
    victim: &Victim,
    metabolites: &[Metabolite<'_>],
    taken: &[Taken<'_>],
) -> Result<(Vec<Acting>, bool), ExposureError> {
    let mut used = [false; N];
    for v in core::iter::once(victim).chain(metabolites.iter().map(|m| m.victim)) {
        v.pathways.iter().for_each(|p| used[p.enzyme.index()] = true);
        if let Some(g) = &v.gut {
            used[g.enzyme.index()] = true;
        }
    }
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
        let ln_dose = t.dose_per_day.map(libm::log);
        for e in t.perpetrator.effects.iter().filter(|e| used[e.enzyme.index()]) {
            let ln = ln_dose.unwrap_or_else(|| e.ln_usual());
            extrapolated |= e.extrapolates_ln(ln);
            let (liver, gut) = e.at_time(e.strength_ln(ln), t.on_h, t.off_h);
            // A dose that nobody stated widens the interval.
            let sd = if t.dose_per_day.is_some() { e.sd } else { libm::sqrt(e.sd * e.sd + 0.09) };
            acting.push(Acting { enzyme: e.enzyme.index(), inhibition: e.inhibition, liver, gut, sd, by });
        }
    }
    Ok((acting, extrapolated))
}

pub(super) struct Model<'a> {
    victim: &'a Victim,
    metabolites: &'a [Metabolite<'a>],
    route: Route,
    acting: &'a [Acting],
    before: Activity,
    after: Activity,
}

impl<'a> Model<'a> {
    pub(super) fn new(
        victim: &'a Victim,
        metabolites: &'a [Metabolite<'a>],
        route: Route,
        patient: &Patient,
        acting: &'a [Acting],
    ) -> Self {
        let own = patient.activities();
        let before = Activity { liver: own, gut: own };
        let mut m = Self { victim, metabolites, route, acting, before, after: before };
        for (n, a) in acting.iter().enumerate() {
            if acting[..n].iter().all(|b| b.enzyme != a.enzyme) {
                [m.after.liver[a.enzyme], m.after.gut[a.enzyme]] = m.activity_of(a.enzyme, None);
            }
        }
        m
    }

    /// The parent first, then the metabolites.
    fn followed(&self) -> impl Iterator<Item = &'a Victim> + '_ {
        core::iter::once(self.victim).chain(self.metabolites.iter().map(|m| m.victim))
    }

    /// Activity of one enzyme, liver and gut wall, under all perpetrators together; the strength of one of them moved up, if asked for.
    fn activity_of(&self, enzyme: usize, up: Option<usize>) -> [f64; 2] {
        let (mut blocked, mut destroyed, mut induced) = ([0.0_f64; 2], [0.0_f64; 2], [0.0_f64; 2]);
        for (j, a) in self.acting.iter().enumerate().filter(|(_, a)| a.enzyme == enzyme) {
            let scale = if up == Some(j) { libm::exp(a.sd) } else { 1.0 };
            for (organ, strength) in [(0, a.liver * scale), (1, a.gut * scale)] {
                match a.inhibition {
                    Some(Mechanism::Competitive) => blocked[organ] += strength,
                    Some(Mechanism::MechanismBased) => destroyed[organ] += strength,
                    None => induced[organ] = induce_together(induced[organ], strength),
                }
            }
        }
        let own = self.before.liver[enzyme];
        [0, 1].map(|o: usize| own * (1.0 + induced[o]) / (1.0 + blocked[o]) / (1.0 + destroyed[o]))
    }

    /// Exposure of the parent (0) or of a metabolite (from 1).
    fn exposure(&self, which: usize, v: &Victim, f: &Fractions, a: &Activity) -> Exposure {
        let mut out = clear(v, f, a);
        if which == 0 {
            for (formed, m) in out.0.formed.iter_mut().zip(self.metabolites) {
                *formed = if m.formed_by.is_empty() { 1.0 } else { formed_by(m, v, f, a) / out.1 };
            }
        }
        out.0
    }

    fn both(&self, which: usize, v: &Victim, f: &Fractions, after: &Activity) -> Both {
        [self.exposure(which, v, f, &self.before), self.exposure(which, v, f, after)]
    }

    fn ratios(&self, of: &[Both; MAX_METABOLITES + 1]) -> Outputs {
        let mut out = [1.0; MAX_METABOLITES + 2];
        let [old, new] = &of[0];
        let systemic = old.clearance / new.clearance;
        out[0] = match self.route {
            Route::Systemic => systemic,
            Route::Oral => systemic * new.escape / old.escape,
        };
        let (mut sum, mut weight) = (out[0], 1.0);
        for (i, m) in self.metabolites.iter().enumerate() {
            let cl = of[i + 1][0].clearance / of[i + 1][1].clearance;
            // A patient who forms none without the perpetrators forms none with them.
            let r = if old.formed[i] > 0.0 { new.formed[i] / old.formed[i] * cl } else { cl };
            out[1 + i] = r;
            sum += m.auc_to_parent * m.potency * r;
            weight += m.auc_to_parent * m.potency;
        }
        out[1 + self.metabolites.len()] = sum / weight;
        out
    }

    /// With every parameter as published.
    pub(super) fn centre(&self) -> Centre {
        let mut both = [[Exposure::default(); 2]; MAX_METABOLITES + 1];
        for (k, v) in self.followed().enumerate() {
            both[k] = self.both(k, v, &Fractions::of(v), &self.after);
        }
        Centre { ratios: self.ratios(&both), both }
    }

    /// Variance of the natural logs of the outputs that the parameters give.
    pub(super) fn variance(&self, centre: &Centre) -> Outputs {
        let mut variance = [0.0; MAX_METABOLITES + 2];
        let outputs = if self.metabolites.is_empty() { 1 } else { 2 + self.metabolites.len() };
        // A strength is moved up only: its scale is logarithmic already. Fractions are moved both ways.
        for (j, a) in self.acting.iter().enumerate() {
            let mut after = self.after;
            [after.liver[a.enzyme], after.gut[a.enzyme]] = self.activity_of(a.enzyme, Some(j));
            let mut of = centre.both;
            for (k, v) in self.followed().enumerate() {
                of[k][1] = self.exposure(k, v, &Fractions::of(v), &after);
            }
            let up = self.ratios(&of);
            for i in 0..outputs {
                let d = safe_ln(up[i] / centre.ratios[i]);
                variance[i] += d * d;
            }
        }
        if self.acting.is_empty() {
            return variance;
        }
        for (k, v) in self.followed().enumerate() {
            for parameter in (0..v.pathways.len()).map(Some).chain(v.gut.is_some().then_some(None)) {
                let [up, down] = [0, 1].map(|way| {
                    let mut of = centre.both;
                    of[k] = self.both(k, v, &Fractions::moved(v, parameter, way), &self.after);
                    self.ratios(&of)
                });
                for i in 0..outputs {
                    if up[i] != down[i] {
                        let d = safe_ln(up[i] / down[i]);
                        variance[i] += 0.25 * d * d;
                    }
                }
            }
        }
        variance
    }

    /// The patient without perpetrators over a typical adult.
    pub(super) fn baseline(&self) -> f64 {
        let typical = Activity { liver: [1.0; N], gut: [1.0; N] };
        let f = Fractions::of(self.victim);
        let [old, new] = [&typical, &self.before].map(|a| clear(self.victim, &f, a).0);
        let systemic = old.clearance / new.clearance;
        libm::exp(safe_ln(match self.route {
            Route::Systemic => systemic,
            Route::Oral => systemic * new.escape / old.escape,
        }))
    }

    /// Which enzyme carries how much, and how active it still is.
    pub(super) fn reasons(&self) -> Vec<Reason> {
        let (before, after) = (&self.before, &self.after);
        let mut out = Vec::with_capacity(self.victim.pathways.len() + 1);
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

impl Fractions {
    fn of(v: &Victim) -> Self {
        let mut fm = [0.0; MAX_PATHWAYS];
        for (f, p) in fm.iter_mut().zip(&v.pathways) {
            *f = p.fm;
        }
        Self { fm, fg: v.gut.as_ref().map_or(1.0, |g| g.fg) }
    }

    /// One fraction moved up (0) or down (1): that of a pathway, or (absent) of the gut wall.
    fn moved(v: &Victim, parameter: Option<usize>, way: usize) -> Self {
        let mut out = Self::of(v);
        let Some(j) = parameter else {
            out.fg = v.fg_moved[way];
            return out;
        };
        let (p, to) = (&v.pathways[j], v.fm_moved[j][way]);
        if !p.enzyme.uptake() {
            // What one pathway gains the others lose in proportion.
            let rest = (1.0 - to) / (1.0 - p.fm).max(1e-9);
            for (f, q) in out.fm.iter_mut().zip(&v.pathways) {
                if !q.enzyme.uptake() {
                    *f *= rest;
                }
            }
        }
        out.fm[j] = to;
        out
    }
}

/// Intrinsic clearance by the enzymes that form a metabolite.
fn formed_by(m: &Metabolite<'_>, v: &Victim, f: &Fractions, a: &Activity) -> f64 {
    m.formed_by
        .iter()
        .map(|(enzyme, share)| {
            let by: f64 = v
                .pathways
                .iter()
                .zip(&f.fm)
                .filter(|(p, _)| p.enzyme == *enzyme)
                .map(|(_, fm)| fm * a.liver[enzyme.index()])
                .sum();
            share * by
        })
        .sum()
}

/// An exposure, and the intrinsic clearance that its parts are measured on.
fn clear(v: &Victim, f: &Fractions, a: &Activity) -> (Exposure, f64) {
    let (mut named, mut hepatic_fm, mut hepatic, mut other) = (0.0, 0.0, 0.0, v.renal);
    let mut uptake = 1.0;
    for (p, fm) in v.pathways.iter().zip(f.fm) {
        let now = fm * a.liver[p.enzyme.index()];
        if p.enzyme.uptake() {
            // Uptake comes before metabolism: it multiplies, it does not compete.
            uptake *= 1.0 - fm + now;
            continue;
        }
        named += fm;
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
    let fg = v.gut.as_ref().map_or(1.0, |g| f.fg / (f.fg + (1.0 - f.fg) * a.gut[g.enzyme.index()]));
    let intrinsic = (hepatic + rest + other).max(1e-9);
    (Exposure { clearance, escape: fg / mixed, formed: [0.0; MAX_METABOLITES] }, intrinsic)
}

/// The log of a positive number; bounded, so that no infinity leaves the crate.
pub(super) fn safe_ln(x: f64) -> f64 {
    if x.is_finite() && x > 0.0 { libm::log(x).clamp(-12.0, 12.0) } else { 0.0 }
}
