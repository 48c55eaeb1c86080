//! The drug that changes another's exposure: strength by dose, and by time since start and stop.
use super::enzyme::Enzyme;
use super::error::{ExposureError, within};

/// How an inhibitor blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// Follows the concentration of the inhibitor.
    Competitive,
    /// Destroys enzyme; follows enzyme turnover.
    MechanismBased,
}

/// A value of strength at a daily dose, on the scale on which doses act linearly:
/// odds of inhibition (1 - remaining) / remaining, or fold of induction less one.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    ln_dose: f64,
    liver: f64,
    gut: f64,
    /// To the next point: 1 over the step of `ln_dose`, and the logs of the quotients of liver and gut; the last point has zeros.
    next: [f64; 3],
}

/// Highest slope of strength over dose, on log scales, used beyond the doses measured.
const OUTER_SLOPE: f64 = 1.0;
/// Induction saturates: no enzyme is raised by more than this.
const MAX_INDUCTION: f64 = 14.0;

/// An effect on one enzyme.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// The enzyme or transporter.
    pub enzyme: Enzyme,
    /// Inhibition with its mechanism, or induction where absent.
    pub inhibition: Option<Mechanism>,
    /// Standard deviation of the log of the strength.
    pub sd: f64,
    half_life_h: Option<f64>,
    points: Vec<Point>,
    usual: f64,
}

/// Strength of inhibition as published: `(dose per day, activity remaining in liver, in gut wall)`.
pub type RemainingAt = (f64, f64, Option<f64>);
/// Strength of induction as published: `(dose per day, fold in liver, in gut wall)`.
pub type FoldAt = (f64, f64, Option<f64>);

/// Hours from the first dose of an inducer until its effect begins.
pub const INDUCTION_LAG_H: f64 = 12.0;

/// Gut concentrations of a swallowed inhibitor exceed hepatic ones: odds in the gut wall over odds in the liver.
pub const GUT_ODDS: f64 = 2.0;
/// Induction in the gut wall over that in the liver, on (fold - 1).
pub const GUT_INDUCTION: f64 = 0.45;

impl Effect {
    /// An inhibitor of `enzyme`. The first point is the usual dose.
    ///
    /// # Errors
    /// Names what is out of range.
    pub fn inhibition(
        of: &str,
        enzyme: Enzyme,
        mechanism: Mechanism,
        at: &[RemainingAt],
        half_life_h: Option<f64>,
        sd: f64,
    ) -> Result<Effect, ExposureError> {
        let odds = |r: f64| (1.0 - r) / r;
        let mut points = Vec::with_capacity(at.len());
        for &(dose, remaining, gut) in at {
            within("dose", of, dose, 1e-6, 1e6, "above 0 to 1,000,000 per day")?;
            within("remaining", of, remaining, 0.001, 1.0, "0.001 to 1")?;
            let liver = odds(remaining);
            let gut = match gut {
                Some(g) => odds(within("gut_remaining", of, g, 0.001, 1.0, "0.001 to 1")?),
                None if enzyme.hepatic() => liver * GUT_ODDS,
                None => liver,
            };
            points.push(Point { ln_dose: libm::log(dose), liver, gut, next: [0.0; 3] });
        }
        if let Some(h) = half_life_h {
            within("half_life_h", of, h, 0.05, 5000.0, "0.05 to 5000")?;
        }
        Effect::finish(of, enzyme, Some(mechanism), points, half_life_h, sd)
    }

    /// An inducer of `enzyme`. The first point is the usual dose.
    ///
    /// # Errors
    /// Names what is out of range.
    pub fn induction(of: &str, enzyme: Enzyme, at: &[FoldAt], sd: f64) -> Result<Effect, ExposureError> {
        let mut points = Vec::with_capacity(at.len());
        for &(dose, fold, gut) in at {
            within("dose", of, dose, 1e-6, 1e6, "above 0 to 1,000,000 per day")?;
            let liver = within("fold", of, fold, 1.0, 1.0 + MAX_INDUCTION, "1 to 15")? - 1.0;
            let gut = match gut {
                Some(g) => within("gut_fold", of, g, 1.0, 1.0 + MAX_INDUCTION, "1 to 15")? - 1.0,
                None => liver * GUT_INDUCTION,
            };
            points.push(Point { ln_dose: libm::log(dose), liver, gut, next: [0.0; 3] });
        }
        Effect::finish(of, enzyme, None, points, None, sd)
    }

    fn finish(
        of: &str,
        enzyme: Enzyme,
        inhibition: Option<Mechanism>,
        mut points: Vec<Point>,
        half_life_h: Option<f64>,
        sd: f64,
    ) -> Result<Effect, ExposureError> {
        within("number of doses", of, points.len() as f64, 1.0, 32.0, "1 to 32")?;
        within("sd of strength", of, sd, 0.0, 5.0, "0 to 5")?;
        let usual = libm::exp(points[0].ln_dose);
        points.sort_by(|a, b| a.ln_dose.total_cmp(&b.ln_dose));
        for i in 1..points.len() {
            let (a, b) = (points[i - 1], points[i]);
            let ln = |a: f64, b: f64| if a > 0.0 && b > 0.0 { libm::log(b / a) } else { 0.0 };
            points[i - 1].next =
                [1.0 / (b.ln_dose - a.ln_dose).max(1e-12), ln(a.liver, b.liver), ln(a.gut, b.gut)];
        }
        Ok(Effect { enzyme, inhibition, sd, half_life_h, points, usual })
    }

    /// The usual dose: that of the first point given.
    #[must_use]
    pub fn usual_dose(&self) -> f64 {
        self.usual
    }

    /// Whether the dose lies outside the doses measured by more than a factor of 1.5.
    #[must_use]
    pub fn extrapolates(&self, dose: f64) -> bool {
        self.extrapolates_ln(libm::log(dose.max(1e-9)))
    }

    /// Natural log of the usual dose.
    pub(super) fn ln_usual(&self) -> f64 {
        libm::log(self.usual)
    }

    pub(super) fn extrapolates_ln(&self, x: f64) -> bool {
        let slack = 0.405;
        x < self.points[0].ln_dose - slack || x > self.points[self.points.len() - 1].ln_dose + slack
    }

    /// Strength (liver, gut wall) at a daily dose: straight between the points on log scales, which is a Hill
    /// curve through them; beyond them it rises or falls no faster than the dose.
    #[must_use]
    pub fn strength(&self, dose: f64) -> (f64, f64) {
        if dose.is_nan() || dose <= 0.0 {
            return (0.0, 0.0);
        }
        self.strength_ln(libm::log(dose))
    }

    /// Strength at the natural log of a daily dose.
    pub(super) fn strength_ln(&self, x: f64) -> (f64, f64) {
        let last = self.points.len() - 1;
        let (liver, gut) = if x <= self.points[0].ln_dose {
            let f = libm::exp((x - self.points[0].ln_dose) * OUTER_SLOPE);
            (self.points[0].liver * f, self.points[0].gut * f)
        } else if x >= self.points[last].ln_dose {
            // Above the highest dose measured induction is taken as saturated to half the slope.
            let slope = if self.inhibition.is_some() { OUTER_SLOPE } else { 0.3 };
            let f = libm::exp((x - self.points[last].ln_dose) * slope);
            (self.points[last].liver * f, self.points[last].gut * f)
        } else {
            let i = self.points.partition_point(|p| p.ln_dose <= x).clamp(1, last);
            let (a, b) = (&self.points[i - 1], &self.points[i]);
            let t = (x - a.ln_dose) * a.next[0];
            (between(a.liver, b.liver, a.next[1], t), between(a.gut, b.gut, a.next[2], t))
        };
        let cap = if self.inhibition.is_some() { 999.0 } else { MAX_INDUCTION };
        (liver.min(cap), gut.min(cap))
    }

    /// Strength after a stated time on the drug and, where stopped, a stated time off it.
    ///
    /// A reversible inhibitor builds up and wears off with its own half-life. Destroyed enzyme is lost at
    /// kdeg / remaining and made again at kdeg. An inducer acts through turnover. `gut` enzyme turns over in 24 h
    /// at the longest.
    #[must_use]
    pub fn at_time(&self, steady: (f64, f64), on_h: Option<f64>, off_h: f64) -> (f64, f64) {
        let turnover = self.enzyme.turnover_half_life_h();
        (self.course(steady.0, turnover, on_h, off_h), self.course(steady.1, turnover.min(24.0), on_h, off_h))
    }

    fn course(&self, steady: f64, turnover: f64, on_h: Option<f64>, off_h: f64) -> f64 {
        let kdeg = core::f64::consts::LN_2 / turnover;
        let grown = |k: f64| on_h.map_or(1.0, |t| 1.0 - libm::exp(-k * t.max(0.0)));
        let off = off_h.max(0.0);
        let own = self.half_life_h.map_or(core::f64::consts::LN_2 / 6.0, |h| core::f64::consts::LN_2 / h);
        match self.inhibition {
            Some(Mechanism::Competitive) => {
                let up = if self.half_life_h.is_some() { grown(own) } else { 1.0 };
                steady * up * fading(own, off)
            }
            Some(Mechanism::MechanismBased) => {
                if steady <= 0.0 {
                    return 0.0;
                }
                let r = 1.0 / (1.0 + steady);
                let gone = (1.0 - r) * grown(kdeg / r);
                // Inactivation goes on for about one mean life of the drug after its last dose.
                let off = (off - 1.0 / own).max(0.0);
                let gone = gone * fading(kdeg, off);
                gone / (1.0 - gone)
            }
            None => {
                // New enzyme has to be transcribed and made first.
                let up = on_h.map_or(1.0, |t| 1.0 - libm::exp(-kdeg * (t - INDUCTION_LAG_H).max(0.0)));
                steady * up * fading(kdeg, off)
            }
        }
    }
}

/// What is left after a time; most drugs are still taken, and then nothing is to be computed.
fn fading(rate: f64, time: f64) -> f64 {
    if time > 0.0 { libm::exp(-rate * time) } else { 1.0 }
}

/// Linear on logs (`ln` is that of `b / a`), and linear where one end is zero.
fn between(a: f64, b: f64, ln: f64, t: f64) -> f64 {
    if a > 0.0 && b > 0.0 { a * libm::exp(ln * t) } else { a + (b - a) * t }
}

/// Several inducers of one enzyme act through one receptor: their occupancies add, the answer saturates.
pub(super) fn induce_together(a: f64, b: f64) -> f64 {
    if a <= 0.0 {
        return b;
    }
    if b <= 0.0 {
        return a;
    }
    let occupancy = |e: f64| e / (MAX_INDUCTION + 0.5 - e.min(MAX_INDUCTION));
    let x = occupancy(a) + occupancy(b);
    (MAX_INDUCTION + 0.5) * x / (1.0 + x)
}

/// A perpetrator: all its effects.
#[derive(Debug, Clone, PartialEq)]
pub struct Perpetrator {
    /// Id, used in errors and reasons.
    pub name: String,
    /// What it does to enzymes.
    pub effects: Vec<Effect>,
}

impl Perpetrator {
    /// Usual daily dose, from the first effect.
    #[must_use]
    pub fn usual_dose(&self) -> Option<f64> {
        self.effects.first().map(Effect::usual_dose)
    }
}

/// One perpetrator as taken.
#[derive(Debug, Clone, Copy)]
pub struct Taken<'a> {
    /// The perpetrator.
    pub perpetrator: &'a Perpetrator,
    /// Dose per day in the perpetrator's unit; the usual dose where unknown.
    pub dose_per_day: Option<f64>,
    /// Hours since the first dose; steady state where absent.
    pub on_h: Option<f64>,
    /// Hours since the last dose's effect; 0 while it is taken.
    pub off_h: f64,
}

/// Strength of an enzyme's inhibition or induction in words, by the FDA bands on the ratio of a sensitive
/// substrate (nine tenths by this enzyme): 5-fold, 2-fold, 1.25-fold, and 0.2, 0.5, 0.8 for induction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Below 1.25-fold (or above 0.8).
    None,
    /// 1.25-fold to below 2-fold.
    Weak,
    /// 2-fold to below 5-fold.
    Moderate,
    /// 5-fold and more.
    Strong,
}

/// Band of an AUC ratio.
#[must_use]
pub fn band(ratio: f64) -> Band {
    let r = if ratio > 0.0 && ratio < 1.0 { 1.0 / ratio } else { ratio };
    if r >= 5.0 {
        Band::Strong
    } else if r >= 2.0 {
        Band::Moderate
    } else if r >= 1.25 {
        Band::Weak
    } else {
        Band::None
    }
}
