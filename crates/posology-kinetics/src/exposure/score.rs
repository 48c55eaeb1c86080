//! Measures of how well predicted ratios meet observed ones.

/// Summary over pairs of (predicted, observed).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Number of pairs.
    pub n: usize,
    /// Share within 1.25-fold.
    pub within_1_25: f64,
    /// Share within 1.5-fold.
    pub within_1_5: f64,
    /// Share within 2-fold.
    pub within_2: f64,
    /// Share within the limits of Guest 2011 (variability 1), which narrow towards a ratio of 1.
    pub guest: f64,
    /// Geometric mean fold error.
    pub gmfe: f64,
    /// Geometric mean of predicted over observed.
    pub bias: f64,
}

/// Limits of Guest 2011 (Drug Metab Dispos 39:170) around an observed ratio, variability 1 (1.0: no variability).
#[must_use]
pub fn guest_limits(observed: f64) -> (f64, f64) {
    let r = if observed < 1.0 { 1.0 / observed } else { observed };
    let limit = (1.0 + 2.0 * (r - 1.0)) / r;
    (observed / limit, observed * limit)
}

/// Scores pairs of (predicted, observed); pairs with a value that is not positive are left out.
#[must_use]
pub fn score(pairs: &[(f64, f64)]) -> Score {
    let good: Vec<(f64, f64)> = pairs
        .iter()
        .copied()
        .filter(|(p, o)| p.is_finite() && o.is_finite() && *p > 0.0 && *o > 0.0)
        .collect();
    let n = good.len();
    let share = |limit: f64| {
        let l = libm::log(limit) + 1e-9;
        good.iter().filter(|(p, o)| libm::log(p / o).abs() <= l).count() as f64 / n.max(1) as f64
    };
    let mean = |f: &dyn Fn(f64) -> f64| {
        libm::exp(good.iter().map(|(p, o)| f(libm::log(p / o))).sum::<f64>() / n.max(1) as f64)
    };
    let guest = good
        .iter()
        .filter(|(p, o)| {
            let (low, high) = guest_limits(*o);
            *p >= low * (1.0 - 1e-9) && *p <= high * (1.0 + 1e-9)
        })
        .count() as f64
        / n.max(1) as f64;
    Score {
        n,
        within_1_25: share(1.25),
        within_1_5: share(1.5),
        within_2: share(2.0),
        guest,
        gmfe: mean(&|x| x.abs()),
        bias: mean(&|x| x),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_means() {
        let s = score(&[(1.0, 1.0), (2.0, 1.0), (1.0, 4.0), (f64::NAN, 1.0)]);
        assert_eq!(s.n, 3);
        assert!((s.within_2 - 2.0 / 3.0).abs() < 1e-12);
        assert!((s.gmfe - 2.0).abs() < 1e-12);
    }

    #[test]
    fn guest_narrows_towards_one() {
        assert_eq!(guest_limits(1.0), (1.0, 1.0));
        let (low, high) = guest_limits(10.0);
        assert!(low > 5.0 && high < 20.0);
    }
}
