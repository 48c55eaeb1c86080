//! Percentiles of many values with bounded memory.
//!
//! Each value falls into a bin given by its exponent and the first six bits of its mantissa, 64 bins an octave.
//! Counts are whole numbers, so merging them in any order gives the same answer. A percentile is interpolated
//! within its bin and lies within [`RELATIVE_ERROR`] of the exact one.

/// Largest relative distance of a percentile from the exact one: the width of a bin, 1/64.
pub const RELATIVE_ERROR: f64 = 1.0 / 64.0;

const BITS: u32 = 6;
const PER_OCTAVE: usize = 1 << BITS;
/// Smallest value that is told from zero: 2^-24 mg/L, 0.06 ng/L.
const LOWEST_EXPONENT: i64 = -24;
/// First value that is not told from larger ones: 2^6 = 64 mg/L.
const HIGHEST_EXPONENT: i64 = 6;
const INNER: usize = (HIGHEST_EXPONENT - LOWEST_EXPONENT) as usize * PER_OCTAVE;
/// One bin below, one above.
const BINS: usize = INNER + 2;
/// Position of the smallest value among the bit patterns, in bins.
const OFFSET: i64 = (1023 + LOWEST_EXPONENT) << BITS;

/// Counts for each of many places (times and substances).
#[derive(Debug, Clone)]
pub(crate) struct Histograms {
    counts: Vec<u32>,
}

impl Histograms {
    pub(crate) fn new(places: usize) -> Self {
        Histograms { counts: vec![0; places * BINS] }
    }

    /// Memory that counts for so many places take.
    pub(crate) fn bytes(places: usize) -> usize {
        places * BINS * size_of::<u32>()
    }

    /// Counts one value, not negative, at each place.
    pub(crate) fn add(&mut self, values: &[f64]) {
        for (value, bins) in values.iter().zip(self.counts.chunks_exact_mut(BINS)) {
            let position = (value.to_bits() >> (52 - BITS)) as i64 - OFFSET;
            let bin = (position + 1).clamp(0, INNER as i64 + 1) as usize;
            bins[bin] += 1;
        }
    }

    pub(crate) fn merge(&mut self, other: &Histograms) {
        for (a, b) in self.counts.iter_mut().zip(&other.counts) {
            *a += b;
        }
    }

    /// The value below which `share` of the values at a place lie.
    pub(crate) fn percentile(&self, place: usize, share: f64) -> f64 {
        let bins = &self.counts[place * BINS..(place + 1) * BINS];
        let total: u64 = bins.iter().map(|&c| u64::from(c)).sum();
        let rank = share * total.saturating_sub(1) as f64;
        let mut below = 0.0;
        for (bin, &count) in bins.iter().enumerate() {
            let count = f64::from(count);
            if count > 0.0 && below + count > rank {
                let within = ((rank - below + 0.5) / count).clamp(0.0, 1.0);
                return edge(bin) + within * (edge(bin + 1) - edge(bin));
            }
            below += count;
        }
        0.0
    }
}

/// Lower edge of a bin; the lowest bin reaches from 0, the highest is a point.
fn edge(bin: usize) -> f64 {
    match bin {
        0 => 0.0,
        b => {
            let position = (b.min(INNER + 1) - 1) as i64 + OFFSET;
            f64::from_bits((position as u64) << (52 - BITS))
        }
    }
}

/// The value below which `share` of the sorted values lie, interpolated between neighbours.
pub(crate) fn exact(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let rank = share * last as f64;
    let low = (libm::floor(rank) as usize).min(last);
    let high = (low + 1).min(last);
    sorted[low] + (rank - low as f64) * (sorted[high] - sorted[low])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_is_within_its_bin_of_the_exact_percentile() {
        let mut values: Vec<f64> =
            (0..5000).map(|i| 0.3 * libm::exp(f64::from(i * 37 % 5000) / 1500.0)).collect();
        let mut h = Histograms::new(1);
        values.iter().for_each(|v| h.add(&[*v]));
        values.sort_by(f64::total_cmp);
        for share in [0.0, 0.05, 0.25, 0.5, 0.9, 0.95, 1.0] {
            let (got, want) = (h.percentile(0, share), exact(&values, share));
            assert!((got / want - 1.0).abs() <= RELATIVE_ERROR, "{share}: {got} against {want}");
        }
    }

    #[test]
    fn nothing_and_too_much_stay_at_the_ends() {
        let mut h = Histograms::new(2);
        h.add(&[0.0, 1e9]);
        h.add(&[0.0, 1e9]);
        assert!(h.percentile(0, 0.5) < 1e-7);
        assert_eq!(h.percentile(1, 0.5), 64.0);
    }
}
