//! Clearance that changes over time: an inhibitor that starts or stops, an enzyme that turns over.
use super::error::{SimulationError, within};
use super::units::{Hours, PerHour};

/// Largest number of pieces in one schedule.
pub const MAX_PIECES: usize = 100_000;

/// Factors on the pathways of a model; 1 everywhere is no change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Multipliers {
    /// On the part of the parent's clearance that forms the first metabolite.
    pub first_formation: f64,
    /// On the part of the parent's clearance that forms the second metabolite.
    pub second_from_parent: f64,
    /// On the part of the first metabolite's clearance that forms the second.
    pub second_from_first: f64,
    /// On the rest of the parent's clearance.
    pub parent_other: f64,
    /// On the clearance of the first metabolite that does not form the second.
    pub first_other: f64,
    /// On the clearance of the second metabolite.
    pub second_clearance: f64,
    /// On the bioavailability by absorbed routes; the product is cut at what the presystemic metabolite leaves.
    pub bioavailability: f64,
}

impl Multipliers {
    /// No change.
    pub const NONE: Multipliers = Multipliers {
        first_formation: 1.0,
        second_from_parent: 1.0,
        second_from_first: 1.0,
        parent_other: 1.0,
        first_other: 1.0,
        second_clearance: 1.0,
        bioavailability: 1.0,
    };

    /// The same factor on every pathway of the parent, nothing on its metabolites.
    pub fn parent(factor: f64) -> Self {
        Multipliers {
            first_formation: factor,
            second_from_parent: factor,
            parent_other: factor,
            ..Multipliers::NONE
        }
    }

    /// Two changes at once: the product, pathway by pathway.
    #[must_use]
    pub fn and(self, other: Multipliers) -> Self {
        Multipliers {
            first_formation: self.first_formation * other.first_formation,
            second_from_parent: self.second_from_parent * other.second_from_parent,
            second_from_first: self.second_from_first * other.second_from_first,
            parent_other: self.parent_other * other.parent_other,
            first_other: self.first_other * other.first_other,
            second_clearance: self.second_clearance * other.second_clearance,
            bioavailability: self.bioavailability * other.bioavailability,
        }
    }

    fn check(&self) -> Result<(), SimulationError> {
        let all = [
            ("multiplier on the first metabolite's formation", self.first_formation),
            ("multiplier on the second metabolite's formation from the parent", self.second_from_parent),
            ("multiplier on the second metabolite's formation from the first", self.second_from_first),
            ("multiplier on the rest of the parent's clearance", self.parent_other),
            ("multiplier on the rest of the first metabolite's clearance", self.first_other),
            ("multiplier on the second metabolite's clearance", self.second_clearance),
            ("multiplier on bioavailability", self.bioavailability),
        ];
        for (parameter, value) in all {
            within(parameter, value, "(fraction)", 0.0, 1e4)?;
        }
        Ok(())
    }
}

/// Multipliers that hold from a time on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// From when.
    pub from: Hours,
    /// What holds from then until the next piece.
    pub multipliers: Multipliers,
}

/// A checked, piecewise-constant schedule. Before the first piece nothing is changed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changes {
    pieces: Vec<Piece>,
}

impl Changes {
    /// No change at any time.
    pub fn none() -> Self {
        Changes::default()
    }

    /// Pieces in rising order of time.
    ///
    /// # Errors
    /// A time or a multiplier out of range, times that do not rise, or more than [`MAX_PIECES`] pieces.
    pub fn new(pieces: Vec<Piece>) -> Result<Self, SimulationError> {
        if pieces.len() > MAX_PIECES {
            let count = pieces.len();
            return Err(SimulationError::TooMany { parameter: "changes", count, high: MAX_PIECES });
        }
        for (index, piece) in pieces.iter().enumerate() {
            within("time of a change", piece.from.0, "h", -1e6, 1e6)?;
            piece.multipliers.check()?;
            if index > 0 && pieces[index - 1].from.0 >= piece.from.0 {
                return Err(SimulationError::NotSorted { parameter: "times of changes", index });
            }
        }
        Ok(Changes { pieces })
    }

    /// The pieces in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// What holds at a time.
    pub fn at(&self, time: Hours) -> Multipliers {
        let next = self.pieces.partition_point(|p| p.from.0 <= time.0);
        if next == 0 { Multipliers::NONE } else { self.pieces[next - 1].multipliers }
    }

    /// Both schedules at once: at every time the product of the two.
    ///
    /// # Errors
    /// A product out of range, or more than [`MAX_PIECES`] pieces.
    pub fn and(&self, other: &Changes) -> Result<Self, SimulationError> {
        let mut times: Vec<f64> = self.pieces.iter().chain(&other.pieces).map(|p| p.from.0).collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        let piece =
            |&t: &f64| Piece { from: Hours(t), multipliers: self.at(Hours(t)).and(other.at(Hours(t))) };
        Changes::new(times.iter().map(piece).collect())
    }
}

/// First-order approach of an enzyme's amount from one level to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Turnover {
    /// When the approach begins.
    pub from: Hours,
    /// When it ends, for instance because the inducer stops then.
    pub until: Hours,
    /// Amount at the beginning, relative to normal, 0 to 1e4.
    pub start: f64,
    /// Amount approached, 0 to 1e4.
    pub target: f64,
    /// Rate constant of the enzyme's loss, 1e-5 to 10 per hour.
    pub rate: PerHour,
}

impl Turnover {
    /// Amount at a time; the start before the beginning, and constant after the end.
    pub fn level(&self, time: Hours) -> f64 {
        let elapsed = (time.0.min(self.until.0) - self.from.0).max(0.0);
        self.target + (self.start - self.target) * libm::exp(-self.rate.0 * elapsed)
    }

    /// Pieces short enough that concentrations stay within 1e-4 of the continuous course.
    ///
    /// `fastest` is the largest elimination rate constant (clearance over volume) that the multipliers act on;
    /// `effect` turns the amount of enzyme into multipliers. Each piece holds the mean amount over its time, so
    /// its error is second order: `fastest * rate * |target - start| * h^2 / 8` at most.
    ///
    /// # Errors
    /// A field out of its range, an end before the beginning, or multipliers out of range.
    pub fn pieces(
        &self,
        fastest: PerHour,
        effect: impl Fn(f64) -> Multipliers,
    ) -> Result<Changes, SimulationError> {
        within("enzyme amount at the start", self.start, "(fraction)", 0.0, 1e4)?;
        within("enzyme amount approached", self.target, "(fraction)", 0.0, 1e4)?;
        within("enzyme turnover rate", self.rate.0, PerHour::UNIT, 1e-5, 10.0)?;
        within("fastest rate", fastest.0, PerHour::UNIT, 0.0, 1e4)?;
        within("start of the change", self.from.0, "h", -1e6, 1e6)?;
        within("end of the change", self.until.0, "h", self.from.0, 1e6)?;
        let (k, span) = (self.rate.0, (self.target - self.start).abs());
        let curvature = fastest.0.max(1e-3) * k * span;
        let shortest = if curvature > 0.0 { libm::sqrt(4e-4 / curvature) } else { f64::INFINITY };
        let mut pieces = Vec::new();
        let mut t = self.from.0;
        while t < self.until.0 && pieces.len() < MAX_PIECES {
            let elapsed = t - self.from.0;
            let left = span * libm::exp(-k * elapsed);
            // Later pieces may be longer because the amount changes more slowly.
            let step = shortest * libm::exp(0.5 * k * elapsed);
            let end = if left < 1e-7 { self.until.0 } else { (t + step).min(self.until.0) };
            let h = end - t;
            let mean = self.target - (self.target - self.level(Hours(t))) * libm::expm1(-k * h) / (-k * h);
            pieces.push(Piece { from: Hours(t), multipliers: effect(mean) });
            t = end;
        }
        if self.until.0 > self.from.0 || pieces.is_empty() {
            pieces.push(Piece { from: self.until, multipliers: effect(self.level(self.until)) });
        }
        Changes::new(pieces)
    }
}
