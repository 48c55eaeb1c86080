//! How parameters differ between persons: log-normal factors with correlations.
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::error::{SimulationError, within};
use super::model::{Model, Parameter};

/// A correlation between the logarithms of two parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correlation {
    /// One parameter.
    pub one: Parameter,
    /// The other.
    pub other: Parameter,
    /// Coefficient, above -1 and below 1.
    pub coefficient: f64,
}

/// Checked variability: the typical value is the median, each parameter is multiplied by `exp(eta)`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Variability {
    parameters: Vec<Parameter>,
    /// Lower Cholesky factor of the covariance of the logarithms, row by row.
    factor: Vec<Vec<f64>>,
}

impl Variability {
    /// Every person is typical.
    pub fn none() -> Self {
        Variability::default()
    }

    /// Coefficients of variation (0.3 is 30 %, 0 to 3) and correlations between parameters that vary.
    ///
    /// # Errors
    /// A coefficient out of range, a parameter named twice, a correlation of a parameter that does not vary,
    /// or correlations that contradict one another.
    pub fn new(
        variation: &[(Parameter, f64)],
        correlations: &[Correlation],
    ) -> Result<Self, SimulationError> {
        let n = variation.len();
        let mut covariance = vec![vec![0.0; n]; n];
        for (i, &(parameter, cv)) in variation.iter().enumerate() {
            within("coefficient of variation", cv, "(fraction)", 0.0, 3.0)?;
            if variation[..i].iter().any(|&(p, _)| p == parameter) {
                let relation = "every parameter may be named once";
                return Err(SimulationError::Inconsistent { parameter: "variability", value: cv, relation });
            }
            covariance[i][i] = libm::log1p(cv * cv);
        }
        for c in correlations {
            within("correlation", c.coefficient, "(fraction)", -0.999, 0.999)?;
            let place = |p| variation.iter().position(|&(q, _)| q == p);
            let (Some(i), Some(j)) = (place(c.one), place(c.other)) else {
                let (value, relation) = (c.coefficient, "both of its parameters must vary");
                return Err(SimulationError::Inconsistent { parameter: "correlation", value, relation });
            };
            if i == j {
                let (value, relation) = (c.coefficient, "its parameters must differ");
                return Err(SimulationError::Inconsistent { parameter: "correlation", value, relation });
            }
            let value = c.coefficient * libm::sqrt(covariance[i][i] * covariance[j][j]);
            covariance[i][j] = value;
            covariance[j][i] = value;
        }
        let factor = cholesky(&covariance)?;
        Ok(Variability { parameters: variation.iter().map(|&(p, _)| p).collect(), factor })
    }

    /// The person of this number: the same for a seed, whatever else is simulated and in which order.
    ///
    /// # Errors
    /// A drawn parameter outside the range that the model accepts.
    pub fn person(&self, typical: &Model, seed: u64, number: u64) -> Result<Model, SimulationError> {
        let mut model = *typical;
        if self.parameters.is_empty() {
            return Ok(model);
        }
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(number);
        let mut normal = Vec::with_capacity(self.parameters.len() + 1);
        while normal.len() < self.parameters.len() {
            normal.extend(normal_pair(&mut rng));
        }
        for (row, &parameter) in self.factor.iter().zip(&self.parameters) {
            let eta: f64 = row.iter().zip(&normal).map(|(l, z)| l * z).sum();
            model.scale(parameter, libm::exp(eta));
        }
        model.check()?;
        Ok(model)
    }
}

/// Two independent standard normal deviates (Box and Muller).
fn normal_pair(rng: &mut ChaCha8Rng) -> [f64; 2] {
    // 53 random bits; the first never 0, so that its logarithm exists.
    let u = ((rng.next_u64() >> 11) as f64 + 0.5) * 2f64.powi(-53);
    let v = (rng.next_u64() >> 11) as f64 * 2f64.powi(-53);
    let radius = libm::sqrt(-2.0 * libm::log(u));
    let (sin, cos) = libm::sincos(core::f64::consts::TAU * v);
    [radius * cos, radius * sin]
}

/// Lower factor of a covariance. A parameter with variance 0 has a row of zeros.
fn cholesky(a: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, SimulationError> {
    let n = a.len();
    let mut l = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| l[i][k] * l[j][k]).sum();
            let rest = a[i][j] - dot;
            if i != j {
                l[i][j] = if l[j][j] > 0.0 { rest / l[j][j] } else { 0.0 };
            } else if a[i][i] == 0.0 {
                l[i][i] = 0.0;
            } else if rest > 1e-12 * a[i][i] {
                l[i][i] = libm::sqrt(rest);
            } else {
                return Err(SimulationError::NotPositiveDefinite { row: i });
            }
        }
    }
    Ok(l)
}
