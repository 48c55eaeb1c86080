//! Supplies as recorded, repaired and laid out over time. Every repair is counted; nothing is dropped silently.
mod metrics;

pub use metrics::{Factors, Metrics, metrics};

use crate::summary::{Repair, Repairs};

/// What to do with supplies of one product that overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stockpile {
    /// A supply ends on the day before the next one of the same product begins.
    #[default]
    Cut,
    /// What is left of a supply is carried forward: the next one begins when it is used up.
    Carry,
}

/// How rows become supplies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EraOptions {
    /// Overlapping supplies.
    pub stockpile: Stockpile,
    /// Uncovered days that do not end an episode.
    pub grace_days: i32,
    /// Days that a row with neither end nor days of supply lasts.
    pub assumed_days: i32,
}

impl Default for EraOptions {
    fn default() -> Self {
        Self { stockpile: Stockpile::Cut, grace_days: 15, assumed_days: 30 }
    }
}

/// Most days of supply that one row may hold; more is a mistake of the record.
pub const MOST_DAYS: f64 = 400.0;
/// Most pieces or millilitres a day that a quantity may make.
const MOST_PER_DAY: f64 = 200.0;
/// Overlap, days, from which supplies by different prescribers count as taken side by side.
const SIDE_BY_SIDE: i32 = 7;

/// One row about a drug, dates as days since 1970.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Supply {
    /// Product, an index of the caller's.
    pub product: u32,
    /// First day.
    pub start: i32,
    /// Last day, inclusive.
    pub end: i32,
    /// First day as recorded: carrying a supply forward changes `start` only.
    pub recorded_start: i32,
    /// Days of supply, where usable.
    pub days: Option<f64>,
    /// Quantity, where usable.
    pub quantity: Option<f64>,
    /// Pieces or millilitres a day.
    pub per_day: Option<f64>,
    /// Prescriber; 0 is none.
    pub provider: i64,
    /// Row, for the place of a finding.
    pub row: i64,
    /// The end was not recorded and could not be computed.
    pub end_assumed: bool,
}

/// Numbers of one row as recorded.
#[derive(Debug, Clone, Copy, Default)]
pub struct RawSupply {
    /// First day.
    pub start: i32,
    /// Last day.
    pub end: Option<i32>,
    /// Days of supply.
    pub days: Option<f64>,
    /// Quantity.
    pub quantity: Option<f64>,
    /// One administration on one day: no length is assumed.
    pub administered: bool,
}

/// Repairs one row. `None` where its start is no date that a record may hold.
pub fn repair(raw: RawSupply, options: &EraOptions, repairs: &mut Repairs) -> Option<Supply> {
    if !crate::days::plausible(raw.start) {
        repairs.count(Repair::StartImplausible);
        return None;
    }
    let days = match raw.days {
        Some(d) if !d.is_finite() || d > MOST_DAYS => {
            repairs.count(Repair::DaysAbsurd);
            None
        }
        Some(d) if d < 0.0 => {
            repairs.count(Repair::DaysNegative);
            None
        }
        Some(d) if d < 1.0 => {
            repairs.count(Repair::DaysZero);
            None
        }
        other => other,
    };
    let quantity = match raw.quantity {
        Some(q) if !q.is_finite() || q < 0.0 => {
            repairs.count(Repair::QuantityNegative);
            None
        }
        Some(0.0) => {
            repairs.count(Repair::QuantityZero);
            None
        }
        other => other,
    };
    let from_days = days.map(|d| raw.start.saturating_add(d.ceil() as i32 - 1));
    let mut end_assumed = false;
    let recorded = raw.end.filter(|e| {
        if *e < raw.start {
            repairs.count(Repair::EndBeforeStart);
            return false;
        }
        if !crate::days::plausible(*e) || (e - raw.start > MOST_DAYS as i32 && from_days.is_some()) {
            repairs.count(Repair::EndAbsurd);
            return false;
        }
        true
    });
    let end = match (recorded, from_days) {
        (Some(e), Some(d)) => {
            // Both conventions are in use: the last day taken, and the day after it.
            if (e - d).abs() > 1 {
                repairs.count(Repair::EndConflict);
            }
            e
        }
        (Some(e), None) => e,
        (None, Some(d)) => {
            if raw.end.is_none() {
                repairs.count(Repair::EndFromDays);
            }
            d
        }
        (None, None) if raw.administered => raw.start,
        (None, None) => {
            repairs.count(Repair::EndAssumed);
            end_assumed = true;
            raw.start.saturating_add(options.assumed_days.max(1) - 1)
        }
    };
    let length = days.unwrap_or_else(|| f64::from(end - raw.start + 1));
    let per_day = quantity.filter(|_| !end_assumed).map(|q| q / length).filter(|p| {
        let ok = *p <= MOST_PER_DAY && *p > 0.0;
        if !ok {
            repairs.count(Repair::QuantityAbsurd);
        }
        ok
    });
    Some(Supply {
        product: 0,
        start: raw.start,
        end,
        recorded_start: raw.start,
        days,
        quantity,
        per_day,
        provider: 0,
        row: 0,
        end_assumed,
    })
}

/// Lays the supplies of one person out: duplicates become one, overlaps of one product are cut or carried forward.
/// The result is sorted by start, product and row.
pub fn lay_out(supplies: &mut Vec<Supply>, options: &EraOptions, repairs: &mut Repairs) {
    supplies.sort_by_key(|s| (s.product, s.start, s.end, s.row));
    supplies.dedup_by(|b, a| {
        let same = a.product == b.product
            && a.start == b.start
            && a.end == b.end
            && a.days == b.days
            && a.quantity == b.quantity
            && a.provider == b.provider;
        if same {
            repairs.count(Repair::Duplicate);
        }
        same
    });
    let mut from = 0;
    while from < supplies.len() {
        let product = supplies[from].product;
        let to = from + supplies[from..].iter().take_while(|s| s.product == product).count();
        let group = &mut supplies[from..to];
        for i in 1..group.len() {
            let (before, rest) = group.split_at_mut(i);
            let next = &mut rest[0];
            match options.stockpile {
                Stockpile::Cut => {
                    for p in before
                        .iter_mut()
                        .rev()
                        .take(4)
                        .filter(|p| p.end >= next.start && p.start < next.start)
                    {
                        let overlap = p.end - next.start + 1;
                        if overlap > SIDE_BY_SIDE
                            && p.provider != next.provider
                            && p.provider != 0
                            && next.provider != 0
                        {
                            repairs.count(Repair::SideBySide);
                            continue;
                        }
                        repairs.count(Repair::OverlapCut);
                        p.end = next.start - 1;
                    }
                }
                Stockpile::Carry => {
                    if let Some(p) = before
                        .last()
                        .filter(|p| p.end >= next.start && p.recorded_start < next.recorded_start)
                    {
                        let shift = p.end + 1 - next.start;
                        repairs.count(Repair::OverlapCarried);
                        next.start += shift;
                        next.end = next.end.saturating_add(shift);
                    }
                }
            }
        }
        from = to;
    }
    supplies.sort_by_key(|s| (s.start, s.product, s.row));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn raw(start: i32, end: Option<i32>, days: Option<f64>) -> RawSupply {
        RawSupply { start, end, days, quantity: Some(30.0), administered: false }
    }

    fn one(r: RawSupply) -> (Option<Supply>, Repairs) {
        let mut n = Repairs::default();
        (repair(r, &EraOptions::default(), &mut n), n)
    }

    #[test]
    fn each_kind_of_bad_row_is_repaired_and_counted() {
        for (r, end, kind) in [
            (raw(100, Some(90), Some(30.0)), 129, Repair::EndBeforeStart),
            (raw(100, Some(90), None), 129, Repair::EndBeforeStart),
            (raw(100, None, Some(30.0)), 129, Repair::EndFromDays),
            (raw(100, None, None), 129, Repair::EndAssumed),
            (raw(100, Some(119), Some(30.0)), 119, Repair::EndConflict),
            (raw(100, Some(129), Some(-30.0)), 129, Repair::DaysNegative),
            (raw(100, Some(129), Some(0.0)), 129, Repair::DaysZero),
            (raw(100, Some(129), Some(30_000.0)), 129, Repair::DaysAbsurd),
            (raw(100, Some(129), Some(f64::NAN)), 129, Repair::DaysAbsurd),
            (raw(100, Some(47_482), Some(30.0)), 129, Repair::EndAbsurd),
            (
                RawSupply { quantity: Some(-3.0), ..raw(100, Some(129), Some(30.0)) },
                129,
                Repair::QuantityNegative,
            ),
            (RawSupply { quantity: Some(0.0), ..raw(100, Some(129), Some(30.0)) }, 129, Repair::QuantityZero),
            (
                RawSupply { quantity: Some(1e9), ..raw(100, Some(129), Some(30.0)) },
                129,
                Repair::QuantityAbsurd,
            ),
        ] {
            let (s, n) = one(r);
            let s = s.unwrap();
            assert_eq!((s.start, s.end), (100, end), "{kind:?}");
            assert_eq!(n.of(kind), 1, "{kind:?}");
        }
        let (none, n) = one(raw(i32::MAX, None, None));
        assert!(none.is_none());
        assert_eq!(n.of(Repair::StartImplausible), 1);
        // The last day and the day after it are both in use: no conflict.
        assert_eq!(one(raw(100, Some(130), Some(30.0))).1, Repairs::default());
    }

    fn at(product: u32, start: i32, len: i32, provider: i64, row: i64) -> Supply {
        Supply {
            product,
            start,
            end: start + len - 1,
            recorded_start: start,
            days: Some(f64::from(len)),
            quantity: None,
            per_day: None,
            provider,
            row,
            end_assumed: false,
        }
    }

    #[test]
    fn an_early_refill_is_cut_or_carried() {
        let rows = vec![at(1, 0, 30, 5, 1), at(1, 25, 30, 5, 2), at(1, 50, 30, 5, 3)];
        let mut n = Repairs::default();
        let mut cut = rows.clone();
        lay_out(&mut cut, &EraOptions::default(), &mut n);
        assert_eq!(cut.iter().map(|s| (s.start, s.end)).collect::<Vec<_>>(), [(0, 24), (25, 49), (50, 79)]);
        assert_eq!(n.of(Repair::OverlapCut), 2);
        let mut carried = rows;
        let mut n = Repairs::default();
        lay_out(&mut carried, &EraOptions { stockpile: Stockpile::Carry, ..EraOptions::default() }, &mut n);
        assert_eq!(
            carried.iter().map(|s| (s.start, s.end)).collect::<Vec<_>>(),
            [(0, 29), (30, 59), (60, 89)]
        );
        assert_eq!(n.of(Repair::OverlapCarried), 2);
    }

    #[test]
    fn duplicates_become_one_and_two_prescribers_stay_two() {
        let mut n = Repairs::default();
        let mut s = vec![at(1, 0, 30, 5, 1), at(1, 0, 30, 5, 2), at(1, 10, 30, 6, 3), at(2, 0, 30, 5, 4)];
        lay_out(&mut s, &EraOptions::default(), &mut n);
        assert_eq!(s.len(), 3);
        assert_eq!((n.of(Repair::Duplicate), n.of(Repair::SideBySide), n.of(Repair::OverlapCut)), (1, 1, 0));
    }

    proptest! {
        #[test]
        fn laid_out_supplies_keep_their_days(raw in prop::collection::vec((0u32..3, 0i32..200, 1i32..60), 0..20), carry: bool) {
            let rows: Vec<Supply> = raw.iter().enumerate().map(|(i, (p, s, l))| at(*p, *s, *l, 1, i as i64)).collect();
            let mut out = rows.clone();
            let mut n = Repairs::default();
            let stockpile = if carry { Stockpile::Carry } else { Stockpile::Cut };
            lay_out(&mut out, &EraOptions { stockpile, ..EraOptions::default() }, &mut n);
            // Nothing is lost silently.
            prop_assert_eq!(out.len() as u64 + n.of(Repair::Duplicate), rows.len() as u64);
            prop_assert!(out.windows(2).all(|w| w[0].start <= w[1].start));
            if !carry {
                // A day that was covered stays covered.
                for p in 0..3 {
                    for d in 0..260 {
                        let was = rows.iter().any(|s| s.product == p && s.start <= d && d <= s.end);
                        let is = out.iter().any(|s| s.product == p && s.start <= d && d <= s.end);
                        prop_assert!(!is || was);
                    }
                }
            }
        }
    }
}
