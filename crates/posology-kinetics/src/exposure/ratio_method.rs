//! The published ratio method, the baseline: contribution, inhibition and induction ratios.
//!
//! `AUCR = 1 / (sum CR (1 + IC) (1 - IR) + 1 - sum CR)` (Ohno 2007, 2008; Goutelle 2013 unified form). One number
//! per victim and enzyme, one per perpetrator and enzyme; no dose, no route, no time.
use super::enzyme::Enzyme;

/// Contribution, inhibition or induction ratio of one enzyme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// The enzyme.
    pub enzyme: Enzyme,
    /// The ratio: CR and IR from 0 to 1, IC from 0.
    pub value: f64,
}

/// Largest inhibition ratio used: at CR = IR = 1 the formula has no value.
pub const IR_CAP: f64 = 0.99;

/// AUC ratio of the baseline. Values outside their range are brought into it; the answer is finite.
#[must_use]
pub fn ratio(cr: &[Ratio], ir: &[Ratio], ic: &[Ratio]) -> f64 {
    let clean = |v: f64, high: f64| if v.is_finite() { v.clamp(0.0, high) } else { 0.0 };
    let find =
        |list: &[Ratio], e: Enzyme| list.iter().filter(|r| r.enzyme == e).map(|r| r.value).sum::<f64>();
    let total: f64 = cr.iter().map(|c| clean(c.value, 1.0)).sum();
    let scale = if total > 1.0 { 1.0 / total } else { 1.0 };
    let mut sum = 0.0;
    for c in cr {
        let share = clean(c.value, 1.0) * scale;
        let left = (1.0 - clean(find(ir, c.enzyme), IR_CAP)) * (1.0 + clean(find(ic, c.enzyme), 50.0));
        sum += share * left;
    }
    let denominator = sum + 1.0 - (total * scale);
    1.0 / denominator.max(1e-3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples() {
        let cr = [Ratio { enzyme: Enzyme::Cyp3a4, value: 0.93 }];
        let ir = [Ratio { enzyme: Enzyme::Cyp3a4, value: 0.95 }];
        let ic = [Ratio { enzyme: Enzyme::Cyp3a4, value: 7.7 }];
        assert!((ratio(&cr, &ir, &[]) - 1.0 / (1.0 - 0.93 * 0.95)).abs() < 1e-9);
        assert!((ratio(&cr, &[], &ic) - 1.0 / (1.0 + 0.93 * 7.7)).abs() < 1e-9);
    }

    #[test]
    fn singular_and_absurd_input_stay_finite() {
        let one = [Ratio { enzyme: Enzyme::Cyp3a4, value: 1.0 }];
        assert!(ratio(&one, &one, &[]).is_finite());
        let bad = [Ratio { enzyme: Enzyme::Cyp3a4, value: f64::NAN }];
        assert_eq!(ratio(&bad, &one, &bad), 1.0);
    }
}
