//! Matrix exponential, for systems whose closed form would cancel.
//!
//! Compartment matrices have no negative entry outside the diagonal, so after a shift of the diagonal every term
//! of the series is positive and nothing cancels.
#![allow(clippy::needless_range_loop, reason = "indices are those of the formulas")]
use super::modal::multiply;
use super::rates::{CENTRAL, Rates, STATES, State};

/// State plus one place for a constant input.
const AUGMENTED: usize = STATES + 1;
type Matrix = [[f64; AUGMENTED]; AUGMENTED];

/// A system propagated by its matrix exponential.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dense {
    a: Matrix,
    shift: f64,
}

impl Dense {
    pub(crate) fn new(r: &Rates) -> Self {
        let mut a = [[0.0; AUGMENTED]; AUGMENTED];
        for (row, from) in a.iter_mut().zip(r.matrix()) {
            row[..STATES].copy_from_slice(&from);
        }
        // The last place holds the input per hour into the central compartment.
        a[CENTRAL][STATES] = 1.0;
        let shift = (0..STATES).fold(0.0, |m: f64, i| m.max(-a[i][i]));
        for (i, row) in a.iter_mut().enumerate() {
            row[i] += shift;
        }
        Dense { a, shift }
    }

    /// Propagator over a time, and what a unit input adds to each state.
    pub(crate) fn over(&self, dt: f64) -> ([State; STATES], State) {
        let norm = self.a.iter().map(|row| row.iter().sum::<f64>()).fold(0.0, f64::max) * dt;
        let halvings = if norm > 0.5 { libm::ceil(libm::log2(norm / 0.5)).min(60.0) as i32 } else { 0 };
        let step = libm::ldexp(dt, -halvings);
        let mut term = identity();
        let mut sum = identity();
        for k in 1..=14 {
            term = product(&term, &self.a);
            for i in 0..AUGMENTED {
                for j in 0..AUGMENTED {
                    term[i][j] *= step / k as f64;
                    sum[i][j] += term[i][j];
                }
            }
        }
        // The shift is undone before squaring, so that nothing overflows.
        let decay = libm::exp(-self.shift * step);
        sum.iter_mut().flatten().for_each(|x| *x *= decay);
        for _ in 0..halvings {
            sum = product(&sum, &sum);
        }
        let mut e = [[0.0; STATES]; STATES];
        let mut unit = [0.0; STATES];
        for i in 0..STATES {
            e[i].copy_from_slice(&sum[i][..STATES]);
            unit[i] = sum[i][STATES];
        }
        (e, unit)
    }
}

/// Solves `(I - e) x = b` among the places in use by elimination with row exchange; `None` where a pivot vanishes.
pub(crate) fn resolvent(e: &[State; STATES], b: &State, used: &[bool; STATES]) -> Option<State> {
    let mut m = [[0.0; STATES]; STATES];
    let mut x = *b;
    for i in 0..STATES {
        for j in 0..STATES {
            m[i][j] = f64::from(u8::from(i == j)) - e[i][j];
        }
        // A place that the model does not have stays empty.
        if !used[i] {
            m[i] = [0.0; STATES];
            (m[i][i], x[i]) = (1.0, 0.0);
        }
    }
    for k in 0..STATES {
        let pivot = (k..STATES).max_by(|&i, &j| m[i][k].abs().total_cmp(&m[j][k].abs()))?;
        // Written so that a pivot that is not a number is refused as well.
        if m[pivot][k].abs().total_cmp(&1e-13).is_lt() || m[pivot][k].is_nan() {
            return None;
        }
        m.swap(k, pivot);
        x.swap(k, pivot);
        for i in k + 1..STATES {
            let f = m[i][k] / m[k][k];
            for j in k..STATES {
                m[i][j] -= f * m[k][j];
            }
            x[i] -= f * x[k];
        }
    }
    for k in (0..STATES).rev() {
        for j in k + 1..STATES {
            x[k] -= m[k][j] * x[j];
        }
        x[k] /= m[k][k];
    }
    Some(x)
}

/// `e x + c * rate`.
pub(crate) fn step(e: &[State; STATES], unit: &State, x: &State, rate: f64) -> State {
    let mut y = multiply(e, x);
    for (y, u) in y.iter_mut().zip(unit) {
        *y += u * rate;
    }
    y
}

fn identity() -> Matrix {
    let mut m = [[0.0; AUGMENTED]; AUGMENTED];
    for (i, row) in m.iter_mut().enumerate() {
        row[i] = 1.0;
    }
    m
}

fn product(a: &Matrix, b: &Matrix) -> Matrix {
    let mut c = [[0.0; AUGMENTED]; AUGMENTED];
    for i in 0..AUGMENTED {
        for k in 0..AUGMENTED {
            let f = a[i][k];
            if f != 0.0 {
                for j in 0..AUGMENTED {
                    c[i][j] += f * b[k][j];
                }
            }
        }
    }
    c
}
