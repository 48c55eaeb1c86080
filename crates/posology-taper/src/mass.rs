//! Masses in whole hundred-thousandths of a milligram, so that a quarter of 0.125 mg and a mark of a syringe are exact.
use std::fmt;
use std::ops::{Add, Mul, Sub};

/// A mass in units of 0.00001 mg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Mass(pub i64);

const PER_MG: f64 = 100_000.0;

impl Mass {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The nearest mass to a number of milligrams; `None` where it is not finite, negative, or above 10 kg.
    pub fn from_mg(mg: f64) -> Option<Self> {
        (mg.is_finite() && (0.0..=1e7).contains(&mg)).then(|| Self((mg * PER_MG).round() as i64))
    }

    /// Milligrams.
    pub fn mg(self) -> f64 {
        self.0 as f64 / PER_MG
    }
}

impl Add for Mass {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self(self.0.saturating_add(o.0))
    }
}

impl Sub for Mass {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Self(self.0.saturating_sub(o.0))
    }
}

impl Mul<i64> for Mass {
    type Output = Self;
    fn mul(self, n: i64) -> Self {
        Self(self.0.saturating_mul(n))
    }
}

impl fmt::Display for Mass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&number(self.mg()))
    }
}

/// A number as people write it: at most five places, no trailing zeros.
pub(crate) fn number(x: f64) -> String {
    let s = format!("{x:.5}");
    let s = s.trim_end_matches('0').trim_end_matches('.');
    if s.is_empty() || s == "-0" { "0".to_owned() } else { s.to_owned() }
}

/// A percentage to one place.
pub(crate) fn percent(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

/// Greatest common divisor; of nothing it is 0.
pub(crate) fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_tablets_are_exact() {
        assert_eq!(Mass::from_mg(0.125).unwrap().0 % 4, 0);
        assert_eq!(Mass::from_mg(3.75).unwrap().0 % 4, 0);
        assert_eq!(Mass::from_mg(0.0625).unwrap().mg(), 0.0625);
        assert!(Mass::from_mg(f64::NAN).is_none());
        assert!(Mass::from_mg(-1.0).is_none());
        assert!(Mass::from_mg(1.1e7).is_none());
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(number(2.50), "2.5");
        assert_eq!(number(0.0), "0");
        assert_eq!(number(100.0), "100");
    }
}
