//! What was taken, when and how: single, repeated, irregular and missed doses, or a steady state.
use core::fmt;

use serde::{Deserialize, Serialize};

use super::error::{SimulationError, within};
use super::units::{Hours, Mg};

/// Largest number of doses in one regimen: three a day for more than ninety years.
pub const MAX_DOSES: usize = 100_000;

/// How a dose enters the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// Swallowed.
    Oral,
    /// Under the tongue.
    Sublingual,
    /// Into a muscle.
    Intramuscular,
    /// Into the rectum.
    Rectal,
    /// Into the nose.
    Nasal,
    /// Into a vein, at once or over a duration.
    Intravenous,
}

impl Route {
    /// Number of routes with first-order absorption; they come first in the enum.
    pub(crate) const ABSORBED: usize = 5;
    /// All routes in the order of the enum.
    pub const ALL: [Route; 6] = [
        Route::Oral,
        Route::Sublingual,
        Route::Intramuscular,
        Route::Rectal,
        Route::Nasal,
        Route::Intravenous,
    ];

    /// Index among the absorbed routes, `None` for the intravenous route.
    pub(crate) fn absorbed(self) -> Option<usize> {
        match self {
            Route::Oral => Some(0),
            Route::Sublingual => Some(1),
            Route::Intramuscular => Some(2),
            Route::Rectal => Some(3),
            Route::Nasal => Some(4),
            Route::Intravenous => None,
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Route::Oral => "oral",
            Route::Sublingual => "sublingual",
            Route::Intramuscular => "intramuscular",
            Route::Rectal => "rectal",
            Route::Nasal => "nasal",
            Route::Intravenous => "intravenous",
        })
    }
}

/// One administration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dose {
    /// When it is given.
    pub time: Hours,
    /// How much. Masses of parent drug; a salt factor is the caller's.
    pub amount: Mg,
    /// By which route.
    pub route: Route,
    /// Over how long, at a constant rate; 0 for all at once. Only the intravenous route may have one.
    pub duration: Hours,
}

impl Dose {
    /// A dose given at once.
    pub fn at(time: Hours, amount: Mg, route: Route) -> Self {
        Dose { time, amount, route, duration: Hours(0.0) }
    }

    /// An intravenous infusion at a constant rate.
    pub fn infusion(time: Hours, amount: Mg, duration: Hours) -> Self {
        Dose { time, amount, route: Route::Intravenous, duration }
    }

    fn check(&self) -> Result<(), SimulationError> {
        within("dose time", self.time.0, "h", -1e6, 1e6)?;
        within("dose amount", self.amount.0, "mg", 0.0, 1e6)?;
        let longest = if self.route == Route::Intravenous { 1e5 } else { 0.0 };
        within("infusion duration", self.duration.0, "h", 0.0, longest)?;
        Ok(())
    }
}

/// A cycle of doses that has been repeated for so long that every cycle is like the last.
#[derive(Debug, Clone, PartialEq)]
pub struct SteadyState {
    /// Length of a cycle.
    pub interval: Hours,
    /// Time at which the last complete cycle ends and the explicit doses of the regimen take over.
    pub until: Hours,
    /// Doses of one cycle, times counted from the start of the cycle.
    pub cycle: Vec<Dose>,
}

/// A checked list of doses in order of time, optionally preceded by a steady state.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Regimen {
    doses: Vec<Dose>,
    before: Option<SteadyState>,
}

impl Regimen {
    /// Doses in any order.
    ///
    /// # Errors
    /// A time, an amount or a duration out of range, or more than [`MAX_DOSES`] doses.
    pub fn new(mut doses: Vec<Dose>) -> Result<Self, SimulationError> {
        if doses.len() > MAX_DOSES {
            return Err(SimulationError::TooMany { parameter: "doses", count: doses.len(), high: MAX_DOSES });
        }
        for dose in &doses {
            dose.check()?;
        }
        doses.sort_by(|a, b| a.time.0.total_cmp(&b.time.0));
        Ok(Regimen { doses, before: None })
    }

    /// `count` equal doses, the first at `first.time`, then one each `interval`.
    ///
    /// # Errors
    /// As [`Regimen::new`]; an interval that is not positive.
    pub fn repeated(first: Dose, interval: Hours, count: usize) -> Result<Self, SimulationError> {
        within("dosing interval", interval.0, "h", 1e-3, 1e5)?;
        if count > MAX_DOSES {
            return Err(SimulationError::TooMany { parameter: "doses", count, high: MAX_DOSES });
        }
        let nth = |i: usize| Dose { time: Hours(first.time.0 + interval.0 * i as f64), ..first };
        Regimen::new((0..count).map(nth).collect())
    }

    /// Leaves out the doses at these positions, counted from 0 in order of time: doses that were missed.
    /// Positions that do not exist change nothing.
    #[must_use]
    pub fn missing(mut self, positions: &[usize]) -> Self {
        let mut index = 0;
        self.doses.retain(|_| {
            let keep = !positions.contains(&index);
            index += 1;
            keep
        });
        self
    }

    /// Puts a steady state before the explicit doses.
    ///
    /// # Errors
    /// An empty cycle, a dose outside the cycle, an infusion longer than the cycle, or an explicit dose
    /// earlier than the end of the steady state.
    pub fn after(mut self, before: SteadyState) -> Result<Self, SimulationError> {
        within("dosing interval", before.interval.0, "h", 1e-3, 1e5)?;
        within("end of the steady state", before.until.0, "h", -1e6, 1e6)?;
        if before.cycle.is_empty() {
            return Err(SimulationError::Empty { parameter: "steady-state cycle" });
        }
        if before.cycle.len() > 1000 {
            let count = before.cycle.len();
            return Err(SimulationError::TooMany { parameter: "steady-state cycle", count, high: 1000 });
        }
        for dose in &before.cycle {
            dose.check()?;
            let value = dose.time.0;
            if value < 0.0 || value >= before.interval.0 {
                let relation = "it must lie within the cycle: from 0 h to less than the interval";
                return Err(SimulationError::Inconsistent { parameter: "dose time", value, relation });
            }
            within("infusion duration", dose.duration.0, "h", 0.0, before.interval.0)?;
        }
        if let Some(early) = self.doses.iter().find(|d| d.time.0 < before.until.0) {
            let relation = "doses after a steady state must not precede its end";
            return Err(SimulationError::Inconsistent {
                parameter: "dose time",
                value: early.time.0,
                relation,
            });
        }
        self.before = Some(before);
        Ok(self)
    }

    /// The explicit doses in order of time.
    pub fn doses(&self) -> &[Dose] {
        &self.doses
    }

    /// The steady state before them, if any.
    pub fn before(&self) -> Option<&SteadyState> {
        self.before.as_ref()
    }
}
