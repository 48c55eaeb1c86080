//! Closed form: the state as a sum of exponentials.
//!
//! The exchange between the two compartments is decoupled first; what is left is a lower triangular system
//! whose eigenvectors follow by forward substitution. Where rate constants (nearly) coincide, as when absorption
//! is as fast as elimination, the sum cancels; [`Modal::new`] then returns `None` and the matrix exponential of
//! `dense` takes over.
#![allow(clippy::needless_range_loop, reason = "indices are those of the formulas")]
use super::rates::{CENTRAL, DEPOT, FIRST, PERIPHERAL, Rates, SECOND, STATES, State};

/// Largest sum of magnitudes against the state that it represents: digits lost stay below seven of sixteen.
const MAX_CONDITION: f64 = 1e6;

/// Exponentials of one system.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Modal {
    /// Number of exponentials.
    pub n: usize,
    /// Their rate constants, per hour, not negative.
    pub lambda: State,
    /// State from coordinates: `x = v z`.
    v: [State; STATES],
    /// Coordinates from state: `z = u x`.
    u: [State; STATES],
}

impl Modal {
    pub(crate) fn new(r: &Rates) -> Option<Self> {
        // Coordinates: depot, one or two of the parent, metabolites. `t` and `tinv` change to them and back.
        let mut n = 0;
        let mut t = [[0.0; STATES]; STATES];
        let mut tinv = [[0.0; STATES]; STATES];
        let mut low = [[0.0; STATES]; STATES];
        let mut lambda = [0.0; STATES];
        let mut depot = None;
        if r.depot {
            (t[DEPOT][0], tinv[0][DEPOT], lambda[0]) = (1.0, 1.0, r.ka);
            depot = Some(0);
            n = 1;
        }
        let parent = n;
        if r.two {
            let p = r.k10 + r.k12 - r.k21;
            let root = libm::sqrt(p * p + 4.0 * r.k12 * r.k21);
            // alpha - k21 and k21 - beta, the larger directly and the other by their product.
            let larger = 0.5 * (p.abs() + root);
            let smaller = r.k12 * r.k21 / larger;
            let (above, below) = if p >= 0.0 { (larger, smaller) } else { (smaller, larger) };
            let alpha = r.k21 + above;
            let sum = above + below;
            lambda[n] = alpha;
            lambda[n + 1] = r.k10 * r.k21 / alpha;
            (t[CENTRAL][n], t[CENTRAL][n + 1]) = (1.0, 1.0);
            (t[PERIPHERAL][n], t[PERIPHERAL][n + 1]) = (-r.k12 / above, r.k12 / below);
            (tinv[n][CENTRAL], tinv[n + 1][CENTRAL]) = (above / sum, below / sum);
            (tinv[n][PERIPHERAL], tinv[n + 1][PERIPHERAL]) = (-r.k21 / sum, r.k21 / sum);
            n += 2;
        } else {
            (t[CENTRAL][n], tinv[n][CENTRAL], lambda[n]) = (1.0, 1.0, r.k10);
            n += 1;
        }
        let metabolites = n;
        if let Some(d) = depot {
            for (row, inverse) in low.iter_mut().zip(&tinv).take(metabolites).skip(parent) {
                row[d] = r.ka_central * inverse[CENTRAL];
            }
        }
        if let Some((formed, loss)) = r.first {
            (t[FIRST][n], tinv[n][FIRST], lambda[n]) = (1.0, 1.0, loss);
            if let Some(d) = depot {
                low[n][d] = r.ka_first;
            }
            low[n][parent..metabolites].fill(formed);
            n += 1;
        }
        if let Some(second) = r.second {
            (t[SECOND][n], tinv[n][SECOND], lambda[n]) = (1.0, 1.0, second.loss);
            low[n][parent..metabolites].fill(second.from_central);
            low[n][n - 1] = second.from_first;
            n += 1;
        }
        let (right, left) = eigenvectors(n, &low, &lambda)?;
        let modal = Modal { n, lambda, v: product(n, &t, &right), u: product(n, &left, &tinv) };
        Some(modal)
    }

    /// Coordinates of a state.
    pub(crate) fn enter(&self, x: &State) -> State {
        multiply(&self.u, x)
    }

    /// State of coordinates.
    pub(crate) fn leave(&self, z: &State) -> State {
        multiply(&self.v, z)
    }

    /// What the coordinates contribute to each output: a concentration in mg/L is the sum over coordinates.
    pub(crate) fn weights(&self, r: &Rates) -> [State; 3] {
        let mut w = [[0.0; STATES]; 3];
        for (place, (row, volume)) in w.iter_mut().zip(r.volumes).enumerate() {
            let from = &self.v[[CENTRAL, FIRST, SECOND][place]];
            for k in 0..self.n {
                row[k] = from[k] / volume;
            }
        }
        w
    }

    /// Decay of each coordinate over a time.
    pub(crate) fn decay(&self, dt: f64) -> State {
        let mut e = [0.0; STATES];
        for k in 0..self.n {
            e[k] = libm::exp(-self.lambda[k] * dt);
        }
        e
    }

    /// What a constant input of these coordinates per hour adds over a time.
    pub(crate) fn input(&self, rate: &State, dt: f64) -> State {
        let mut c = [0.0; STATES];
        for k in 0..self.n {
            let x = self.lambda[k] * dt;
            // (1 - exp(-x)) / x without loss of digits near 0.
            let mean = if x < 1e-9 { 1.0 - 0.5 * x } else { -libm::expm1(-x) / x };
            c[k] = rate[k] * dt * mean;
        }
        c
    }
}

/// Right and left eigenvectors of the lower triangular matrix with diagonal `-lambda`, or `None` where they are
/// too nearly parallel.
fn eigenvectors(
    n: usize,
    low: &[State; STATES],
    lambda: &State,
) -> Option<([State; STATES], [State; STATES])> {
    let mut right = [[0.0; STATES]; STATES];
    let mut left = [[0.0; STATES]; STATES];
    for k in 0..n {
        right[k][k] = 1.0;
        left[k][k] = 1.0;
        for i in k + 1..n {
            let mut sum = 0.0;
            for j in k..i {
                sum += low[i][j] * right[j][k];
            }
            right[i][k] = quotient(sum, lambda[i] - lambda[k])?;
        }
        for j in (0..k).rev() {
            let mut sum = 0.0;
            for i in j + 1..=k {
                sum += left[k][i] * low[i][j];
            }
            left[k][j] = quotient(sum, lambda[j] - lambda[k])?;
        }
    }
    for i in 0..n {
        for j in 0..=i {
            let mut sum = 0.0;
            for k in j..=i {
                sum += (right[i][k] * left[k][j]).abs();
            }
            if sum > MAX_CONDITION || sum.is_nan() {
                return None;
            }
        }
    }
    Some((right, left))
}

/// `a / b`, 0 where `a` is 0, `None` where the quotient does not exist.
fn quotient(a: f64, b: f64) -> Option<f64> {
    if a == 0.0 {
        Some(0.0)
    } else if b == 0.0 {
        None
    } else {
        Some(a / b)
    }
}

fn product(n: usize, a: &[State; STATES], b: &[State; STATES]) -> [State; STATES] {
    let mut c = [[0.0; STATES]; STATES];
    for i in 0..STATES {
        for k in 0..n {
            for j in 0..STATES {
                c[i][j] += a[i][k] * b[k][j];
            }
        }
    }
    c
}

pub(crate) fn multiply(a: &[State; STATES], x: &State) -> State {
    let mut y = [0.0; STATES];
    for i in 0..STATES {
        let mut sum = 0.0;
        for j in 0..STATES {
            sum += a[i][j] * x[j];
        }
        y[i] = sum;
    }
    y
}
