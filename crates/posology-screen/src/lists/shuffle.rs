//! Rows in any order, brought together by person: buckets of neighbouring persons, each sorted where it fits the cache.
use super::sweep::DrugRow;

/// Rows that one bucket is meant to hold.
const ROWS: u64 = 1 << 14;

/// Spreads rows over buckets by person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    first: i64,
    /// Persons a bucket.
    width: u64,
    pub buckets: usize,
}

impl Spread {
    /// For so many rows of persons between two ids.
    pub(crate) fn new(first: i64, last: i64, rows: u64) -> Self {
        let buckets = (rows / ROWS).clamp(1, 1 << 14);
        let persons = last.abs_diff(first).saturating_add(1);
        let width = persons.div_ceil(buckets).max(1);
        Self { first, width, buckets: buckets as usize }
    }

    #[inline]
    pub(crate) fn of(&self, person: i64) -> usize {
        ((person.wrapping_sub(self.first) as u64 / self.width) as usize).min(self.buckets - 1)
    }
}

/// Sorts the rows of a bucket by person, start and end.
pub(crate) fn sort(rows: &mut [DrugRow]) {
    rows.sort_unstable_by_key(|r| (r.person, r.start, r.end, r.drug, r.mg.to_bits()));
}
