//! Concentrations at a regular grid of times, or at any times.
use super::changes::Changes;
use super::error::{SimulationError, within};
use super::model::Model;
use super::plan::{Channel, Plan};
use super::regimen::Regimen;
use super::units::Hours;
use super::walk::Walker;

/// Largest number of times in one simulation.
pub const MAX_TIMES: usize = 10_000_000;
/// Two times closer than this, in hours, are the same.
const SAME: f64 = 1e-9;

/// Equally spaced times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    start: f64,
    step: f64,
    count: usize,
}

impl Grid {
    /// `count` times, the first at `start`.
    ///
    /// # Errors
    /// A step that is not positive, no time at all or more than [`MAX_TIMES`], or times beyond a million hours.
    pub fn new(start: Hours, step: Hours, count: usize) -> Result<Self, SimulationError> {
        within("start of the grid", start.0, "h", -1e6, 1e6)?;
        within("step of the grid", step.0, "h", 1e-4, 1e5)?;
        within("number of times", count as f64, "(count)", 1.0, MAX_TIMES as f64)?;
        within("end of the grid", start.0 + step.0 * (count - 1) as f64, "h", -1e6, 1e6)?;
        Ok(Grid { start: start.0, step: step.0, count })
    }

    /// Number of times.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Never: a grid has at least one time.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The time at a position.
    pub fn time(&self, index: usize) -> Hours {
        Hours(self.start + self.step * index as f64)
    }
}

/// Concentrations in mg/L: a row per time; in a row the parent, then its metabolites.
#[derive(Debug, Clone, PartialEq)]
pub struct Curves {
    /// Times in hours.
    pub times: Vec<f64>,
    /// Number of concentrations per time.
    pub outputs: usize,
    /// `times.len() * outputs` concentrations in mg/L.
    pub values: Vec<f64>,
}

impl Curves {
    /// One substance over time: 0 is the parent.
    pub fn column(&self, output: usize) -> impl Iterator<Item = f64> + '_ {
        self.values.iter().skip(output).step_by(self.outputs).copied()
    }

    /// Time in hours and height in mg/L of the highest concentration among the times; `None` without a time.
    pub fn peak(&self, output: usize) -> Option<(f64, f64)> {
        let pairs = self.times.iter().copied().zip(self.column(output));
        pairs.fold(None, |best, (t, c)| match best {
            Some((_, high)) if c <= high => best,
            _ => Some((t, c)),
        })
    }

    /// Area under the curve in mg·h/L by the trapezoidal rule over the times.
    pub fn area(&self, output: usize) -> f64 {
        let column: Vec<f64> = self.column(output).collect();
        let pairs = self.times.windows(2).zip(column.windows(2));
        pairs.map(|(t, c)| 0.5 * (t[1] - t[0]) * (c[0] + c[1])).sum()
    }
}

/// Concentrations on a grid.
///
/// # Errors
/// As [`Plan::new`] and [`Plan::run_grid`].
pub fn simulate_grid(
    model: &Model,
    regimen: &Regimen,
    changes: &Changes,
    grid: &Grid,
) -> Result<Curves, SimulationError> {
    let outputs = model.outputs();
    let mut values = vec![0.0; grid.len() * outputs];
    Plan::new(model, regimen, changes)?.run_grid(model, grid, &mut values)?;
    Ok(Curves { times: (0..grid.len()).map(|i| grid.time(i).0).collect(), outputs, values })
}

/// Concentrations at any times in rising order (equal neighbours are allowed).
///
/// # Errors
/// As [`Plan::new`] and [`Plan::run_at`].
pub fn simulate_at(
    model: &Model,
    regimen: &Regimen,
    changes: &Changes,
    times: &[f64],
) -> Result<Curves, SimulationError> {
    let outputs = model.outputs();
    if times.len() > MAX_TIMES {
        return Err(SimulationError::TooMany { parameter: "times", count: times.len(), high: MAX_TIMES });
    }
    let mut values = vec![0.0; times.len() * outputs];
    Plan::new(model, regimen, changes)?.run_at(model, times, &mut values)?;
    Ok(Curves { times: times.to_vec(), outputs, values })
}

impl Plan {
    /// Concentrations in mg/L on a grid, written to `out`: a row of [`Model::outputs`] values per time.
    /// At the time of a dose the value is that after the dose.
    ///
    /// # Errors
    /// A buffer of the wrong length, a grid that starts before the end of a steady state, or a steady state
    /// that does not exist.
    pub fn run_grid(&self, model: &Model, grid: &Grid, out: &mut [f64]) -> Result<(), SimulationError> {
        let outputs = model.outputs();
        self.check(grid.start, out.len(), grid.count * outputs)?;
        out.fill(0.0);
        for channel in &self.channels {
            self.channel_on_grid(model, channel, grid, outputs, out)?;
        }
        clip(out);
        Ok(())
    }

    /// Concentrations in mg/L at any times in rising order, written to `out` as by [`Plan::run_grid`].
    ///
    /// # Errors
    /// As [`Plan::run_grid`]; times that fall.
    pub fn run_at(&self, model: &Model, times: &[f64], out: &mut [f64]) -> Result<(), SimulationError> {
        let outputs = model.outputs();
        let Some((&first, _)) = times.split_first() else {
            return Err(SimulationError::Empty { parameter: "times" });
        };
        for (index, &t) in times.iter().enumerate() {
            within("time", t, "h", -1e6, 1e6)?;
            if index > 0 && t < times[index - 1] {
                return Err(SimulationError::NotSorted { parameter: "times", index });
            }
        }
        self.check(first, out.len(), times.len() * outputs)?;
        out.fill(0.0);
        for channel in &self.channels {
            let mut walker = Walker::at_start(model, channel)?;
            let (mut at, mut next) = (channel.start, 0);
            for (&t, row) in times.iter().zip(out.chunks_exact_mut(outputs)) {
                if t < channel.start - SAME {
                    continue;
                }
                self.catch_up(model, channel, &mut walker, &mut at, &mut next, t);
                walker.read((t - at).max(0.0), row);
            }
        }
        clip(out);
        Ok(())
    }

    fn channel_on_grid(
        &self,
        model: &Model,
        channel: &Channel,
        grid: &Grid,
        outputs: usize,
        out: &mut [f64],
    ) -> Result<(), SimulationError> {
        let mut walker = Walker::at_start(model, channel)?;
        let (mut at, mut next) = (channel.start, 0);
        let before = (channel.start - SAME - grid.start) / grid.step;
        let mut i = if before > 0.0 { libm::ceil(before) as usize } else { 0 };
        while i < grid.count {
            let t = grid.time(i).0;
            self.catch_up(model, channel, &mut walker, &mut at, &mut next, t);
            walker.advance(t - at);
            at = at.max(t);
            walker.read(0.0, &mut out[i * outputs..(i + 1) * outputs]);
            // Grid times that come before the next event follow from this one by equal steps.
            let free = match channel.events.get(next) {
                Some(event) => {
                    let steps = (event.time - SAME - t) / grid.step;
                    (libm::ceil(steps).max(1.0) as usize - 1).min(grid.count - 1 - i)
                }
                None => grid.count - 1 - i,
            };
            if free > 0 {
                walker.march(grid.step, outputs, &mut out[(i + 1) * outputs..(i + 1 + free) * outputs]);
                at = grid.time(i + free).0;
            }
            i += free + 1;
        }
        Ok(())
    }

    /// Applies every event up to `t`; afterwards `at` is the time of the walker.
    fn catch_up(
        &self,
        model: &Model,
        channel: &Channel,
        walker: &mut Walker,
        at: &mut f64,
        next: &mut usize,
        t: f64,
    ) {
        while let Some(event) = channel.events.get(*next) {
            if event.time > t + SAME {
                break;
            }
            walker.advance(event.time - *at);
            *at = at.max(event.time);
            walker.happen(model, event.what, self.changes.pieces());
            *next += 1;
        }
    }

    fn check(&self, first: f64, given: usize, needed: usize) -> Result<(), SimulationError> {
        if given != needed {
            let relation = "it must hold one value per time and substance";
            return Err(SimulationError::Inconsistent {
                parameter: "length of the result",
                value: given as f64,
                relation,
            });
        }
        match self.until {
            Some(until) if first < until - SAME => {
                let relation = "times must not precede the end of the steady state";
                Err(SimulationError::Inconsistent { parameter: "first time", value: first, relation })
            }
            _ => Ok(()),
        }
    }
}

/// Rounding can leave a value a hair below zero.
fn clip(out: &mut [f64]) {
    for value in out {
        if *value < 0.0 {
            *value = 0.0;
        }
    }
}
