//! The state on its way through the events of one channel.
#![allow(clippy::needless_range_loop, reason = "indices are those of the formulas")]
use super::changes::Multipliers;
use super::dense::{self, Dense};
use super::error::SimulationError;
use super::modal::Modal;
use super::model::Model;
use super::plan::{Channel, Happening};
use super::rates::{CENTRAL, DEPOT, FIRST, Rates, SECOND, STATES, State};

/// The closed form, or the matrix exponential where it would cancel.
#[derive(Debug, Clone, Copy)]
enum System {
    Modal(Modal),
    Dense(Dense),
}

/// A state between events.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Walker {
    route: Option<usize>,
    rates: Rates,
    system: System,
    /// Coordinates (closed form) or the state itself (matrix exponential).
    z: State,
    weights: [State; 3],
    /// Infusion in mg per hour, and how many infusions run.
    rate: f64,
    running: u32,
    /// The last length of time and its decay, because most steps are equally long.
    last: (f64, State),
}

impl Walker {
    pub(crate) fn new(model: &Model, route: Option<usize>, m: &Multipliers) -> Self {
        let rates = Rates::new(model, route, m);
        let mut walker = Walker {
            route,
            rates,
            system: System::Dense(Dense::new(&rates)),
            z: [0.0; STATES],
            weights: [[0.0; STATES]; 3],
            rate: 0.0,
            running: 0,
            last: (0.0, [1.0; STATES]),
        };
        walker.build();
        walker
    }

    /// The walker of a channel at its start, with what a steady state has left.
    pub(crate) fn at_start(model: &Model, channel: &Channel) -> Result<Self, SimulationError> {
        let Some(cycle) = &channel.cycle else {
            return Ok(Walker::new(model, channel.route, &channel.multipliers));
        };
        let mut walker = Walker::new(model, channel.route, &cycle.multipliers);
        let mut at = 0.0;
        for event in &cycle.events {
            walker.advance(event.time - at);
            at = event.time;
            walker.happen(model, event.what, &[]);
        }
        walker.advance(cycle.interval - at);
        (walker.rate, walker.running) = (0.0, 0);
        walker.repeat_forever(cycle.interval)?;
        if cycle.multipliers != channel.multipliers {
            walker.change(model, &channel.multipliers);
        }
        Ok(walker)
    }

    fn build(&mut self) {
        match Modal::new(&self.rates) {
            Some(modal) => {
                self.weights = modal.weights(&self.rates);
                self.system = System::Modal(modal);
            }
            None => {
                self.weights = [[0.0; STATES]; 3];
                for (row, (place, volume)) in
                    self.weights.iter_mut().zip([CENTRAL, FIRST, SECOND].into_iter().zip(self.rates.volumes))
                {
                    row[place] = 1.0 / volume;
                }
                self.system = System::Dense(Dense::new(&self.rates));
            }
        }
        self.last = (0.0, [1.0; STATES]);
    }

    fn change(&mut self, model: &Model, m: &Multipliers) {
        let x = match &self.system {
            System::Modal(modal) => modal.leave(&self.z),
            System::Dense(_) => self.z,
        };
        self.rates = Rates::new(model, self.route, m);
        self.build();
        self.z = match &self.system {
            System::Modal(modal) => modal.enter(&x),
            System::Dense(_) => x,
        };
    }

    /// Applies an event; `pieces` is the schedule that changes refer to.
    pub(crate) fn happen(&mut self, model: &Model, what: Happening, pieces: &[super::changes::Piece]) {
        match what {
            Happening::Enter(amount) => {
                let place = if self.rates.depot { DEPOT } else { CENTRAL };
                let unit = self.unit(place);
                for (z, u) in self.z.iter_mut().zip(unit) {
                    *z += amount * u;
                }
            }
            Happening::Begin(rate) => {
                self.rate += rate;
                self.running += 1;
            }
            Happening::End(rate) => {
                self.running = self.running.saturating_sub(1);
                // No rounding is left behind when the last infusion ends.
                self.rate = if self.running == 0 { 0.0 } else { (self.rate - rate).max(0.0) };
            }
            Happening::Change(i) => {
                if let Some(piece) = pieces.get(i) {
                    self.change(model, &piece.multipliers);
                }
            }
        }
    }

    /// Coordinates of one mg at a place.
    fn unit(&self, place: usize) -> State {
        let mut x = [0.0; STATES];
        x[place] = 1.0;
        match &self.system {
            System::Modal(modal) => modal.enter(&x),
            System::Dense(_) => x,
        }
    }

    /// Moves on by `dt` hours; nothing happens where it is not positive.
    pub(crate) fn advance(&mut self, dt: f64) {
        if dt <= 0.0 {
            return;
        }
        match &self.system {
            System::Modal(modal) => {
                if self.last.0 != dt {
                    self.last = (dt, modal.decay(dt));
                }
                for (z, e) in self.z.iter_mut().zip(self.last.1) {
                    *z *= e;
                }
                if self.rate > 0.0 {
                    let input = modal.input(&self.unit(CENTRAL), dt);
                    for (z, c) in self.z.iter_mut().zip(input) {
                        *z += c * self.rate;
                    }
                }
            }
            System::Dense(dense) => {
                let (e, unit) = dense.over(dt);
                self.z = dense::step(&e, &unit, &self.z, self.rate);
            }
        }
    }

    /// Adds the concentrations `dt` hours from now to `out`, without moving.
    pub(crate) fn read(&self, dt: f64, out: &mut [f64]) {
        let mut ahead;
        let z = match &self.system {
            System::Modal(modal) if self.rate == 0.0 => {
                ahead = self.z;
                for k in 0..modal.n {
                    ahead[k] *= libm::exp(-modal.lambda[k] * dt);
                }
                &ahead
            }
            _ => {
                ahead = {
                    let mut copy = *self;
                    copy.advance(dt);
                    copy.z
                };
                &ahead
            }
        };
        for (o, w) in out.iter_mut().zip(&self.weights) {
            *o += w.iter().zip(z).map(|(w, z)| w * z).sum::<f64>();
        }
    }

    /// Moves over equal steps and adds the concentrations after each to a row of `out`.
    /// `out` holds whole rows of `outputs` concentrations, one row per step.
    pub(crate) fn march(&mut self, step: f64, outputs: usize, out: &mut [f64]) {
        match &self.system {
            System::Modal(modal) => {
                if self.last.0 != step {
                    self.last = (step, modal.decay(step));
                }
                let input = if self.rate > 0.0 {
                    modal.input(&self.unit(CENTRAL), step).map(|c| c * self.rate)
                } else {
                    [0.0; STATES]
                };
                let (e, w, n) = (self.last.1, &self.weights, modal.n);
                match outputs {
                    1 => by_width::<1>(n, &mut self.z, &e, &input, w, out),
                    2 => by_width::<2>(n, &mut self.z, &e, &input, w, out),
                    _ => by_width::<3>(n, &mut self.z, &e, &input, w, out),
                }
            }
            System::Dense(dense) => {
                let (e, unit) = dense.over(step);
                for row in out.chunks_exact_mut(outputs) {
                    self.z = dense::step(&e, &unit, &self.z, self.rate);
                    for (o, w) in row.iter_mut().zip(&self.weights) {
                        *o += w.iter().zip(&self.z).map(|(w, z)| w * z).sum::<f64>();
                    }
                }
            }
        }
    }

    /// What is left after infinitely many cycles, from what one cycle leaves.
    fn repeat_forever(&mut self, interval: f64) -> Result<(), SimulationError> {
        match &self.system {
            System::Modal(modal) => {
                for k in 0..modal.n {
                    let kept = -libm::expm1(-modal.lambda[k] * interval);
                    if self.z[k] == 0.0 {
                        continue;
                    }
                    if kept <= 0.0 {
                        return Err(SimulationError::NoSteadyState { compartment: self.fills() });
                    }
                    self.z[k] /= kept;
                }
            }
            System::Dense(dense) => {
                let r = &self.rates;
                let endless = r.k10 == 0.0
                    || r.first.is_some_and(|(formed, loss)| loss == 0.0 && formed + r.ka_first > 0.0)
                    || r.second.is_some_and(|s| s.loss == 0.0 && s.from_central + s.from_first > 0.0);
                let (e, _) = dense.over(interval);
                let used = [r.depot, true, r.two, r.first.is_some(), r.second.is_some()];
                self.z = dense::resolvent(&e, &self.z, &used)
                    .filter(|_| !endless)
                    .ok_or(SimulationError::NoSteadyState { compartment: self.fills() })?;
            }
        }
        Ok(())
    }

    /// The compartment without elimination.
    fn fills(&self) -> &'static str {
        if self.rates.k10 == 0.0 {
            "the parent"
        } else if self.rates.first.is_some_and(|(_, loss)| loss == 0.0) {
            "the first metabolite"
        } else {
            "the second metabolite"
        }
    }
}

fn by_width<const J: usize>(n: usize, z: &mut State, e: &State, c: &State, w: &[State; 3], out: &mut [f64]) {
    match n {
        1 => sweep::<1, J>(z, e, c, w, out),
        2 => sweep::<2, J>(z, e, c, w, out),
        3 => sweep::<3, J>(z, e, c, w, out),
        4 => sweep::<4, J>(z, e, c, w, out),
        _ => sweep::<5, J>(z, e, c, w, out),
    }
}

/// The recurrence of the grid: one multiplication per exponential and step, and their weighted sums.
fn sweep<const N: usize, const J: usize>(
    state: &mut State,
    decay: &State,
    input: &State,
    weights: &[State; 3],
    out: &mut [f64],
) {
    let mut z = [0.0; N];
    let mut e = [0.0; N];
    let mut c = [0.0; N];
    let mut w = [[0.0; N]; J];
    z.copy_from_slice(&state[..N]);
    e.copy_from_slice(&decay[..N]);
    c.copy_from_slice(&input[..N]);
    for (to, from) in w.iter_mut().zip(weights) {
        to.copy_from_slice(&from[..N]);
    }
    for row in out.chunks_exact_mut(J) {
        for k in 0..N {
            z[k] = z[k] * e[k] + c[k];
        }
        for j in 0..J {
            let mut sum = 0.0;
            for k in 0..N {
                sum += w[j][k] * z[k];
            }
            row[j] += sum;
        }
    }
    state[..N].copy_from_slice(&z);
}
