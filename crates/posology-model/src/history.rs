//! Exposure episodes, overlaps and dose trends: pure arithmetic on dated spans, shared by review, taper and screen.
//!
//! A span covers whole days, both ends included.
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A period during which a dose was taken.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// First day.
    pub start: Date,
    /// Last day (inclusive).
    pub end: Date,
    /// Highest daily dose in a unit of the caller's choice (mg, diazepam equivalents, MME); `None` where unknown.
    pub daily: Option<f64>,
}

/// A run of spans without a gap longer than the grace period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Episode {
    /// First day.
    pub start: Date,
    /// Last day (inclusive).
    pub end: Date,
    /// Days with at least one span, both ends included.
    pub days_covered: i64,
    /// Highest daily dose; `None` where no span has one.
    pub peak_daily: Option<f64>,
    /// A span without a dose is part of it.
    pub dose_incomplete: bool,
}

impl Episode {
    /// Length in days from first to last, both included.
    pub fn length_days(&self) -> i64 {
        days_between(self.start, self.end) + 1
    }

    /// Mean days a week with a dose, from 0 to 7.
    pub fn days_per_week(&self) -> f64 {
        7.0 * self.days_covered as f64 / self.length_days().max(1) as f64
    }
}

/// Whole days from `a` to `b` (negative when `b` is earlier). Dates beyond what can be counted saturate.
pub fn days_between(a: Date, b: Date) -> i64 {
    // `Date` spans -9999 to 9999, so the span in days always fits and `until` cannot fail for days.
    a.until((jiff::Unit::Day, b)).map_or(0, |s| i64::from(s.get_days()))
}

/// `date` plus `days`, held inside the range of dates.
pub fn plus_days(date: Date, days: i64) -> Date {
    use jiff::ToSpan;
    let days = days.clamp(-7_300_000, 7_300_000);
    date.saturating_add(days.days())
}

/// Joins spans into episodes. A gap of up to `grace_days` uncovered days does not end an episode; the days of the gap are not counted as
/// covered. Spans whose end is before their start are ignored: the caller reports them.
pub fn episodes(spans: &[Span], grace_days: i64) -> Vec<Episode> {
    let mut sorted: Vec<&Span> = spans.iter().filter(|s| s.end >= s.start).collect();
    sorted.sort_by_key(|s| (s.start, s.end));
    let mut out: Vec<Episode> = Vec::new();
    for s in sorted {
        if let Some(e) = out.last_mut() {
            let gap = days_between(e.end, s.start) - 1;
            if gap <= grace_days {
                let first_new = if gap >= 0 { s.start } else { plus_days(e.end, 1) };
                if s.end > e.end {
                    e.days_covered += days_between(first_new, s.end) + 1;
                    e.end = s.end;
                }
                e.peak_daily = max_dose(e.peak_daily, s.daily);
                e.dose_incomplete |= s.daily.is_none();
                continue;
            }
        }
        out.push(Episode {
            start: s.start,
            end: s.end,
            days_covered: days_between(s.start, s.end) + 1,
            peak_daily: s.daily,
            dose_incomplete: s.daily.is_none(),
        });
    }
    out
}

fn max_dose(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(x), Some(y)) => Some(x.max(y)),
        (x, y) => x.or(y),
    }
}

/// Days on which both sets have a span.
pub fn overlap_days(a: &[Episode], b: &[Episode]) -> i64 {
    let (mut i, mut j, mut days) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        let start = x.start.max(y.start);
        let end = x.end.min(y.end);
        if start <= end {
            days += days_between(start, end) + 1;
        }
        if x.end <= y.end {
            i += 1;
        } else {
            j += 1;
        }
    }
    days
}

/// Total daily dose on a day: the sum over spans that cover it; the flag says that a covering span has no dose.
pub fn daily_on(spans: &[Span], day: Date) -> (f64, bool) {
    let mut sum = 0.0;
    let mut missing = false;
    for s in spans.iter().filter(|s| s.start <= day && day <= s.end) {
        match s.daily {
            Some(d) => sum += d,
            None => missing = true,
        }
    }
    (sum, missing)
}

/// A step of the total daily dose over time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DoseStep {
    /// First day of the dose.
    pub start: Date,
    /// Last day of the dose (inclusive).
    pub end: Date,
    /// Total daily dose.
    pub daily: f64,
    /// A span without a dose is part of it.
    pub incomplete: bool,
}

/// The total daily dose over time as steps, in order, days without any span left out.
pub fn dose_steps(spans: &[Span]) -> Vec<DoseStep> {
    let mut cuts: Vec<Date> = Vec::with_capacity(spans.len() * 2);
    for s in spans.iter().filter(|s| s.end >= s.start) {
        cuts.push(s.start);
        cuts.push(plus_days(s.end, 1));
    }
    cuts.sort();
    cuts.dedup();
    let mut out: Vec<DoseStep> = Vec::new();
    for w in cuts.windows(2) {
        let (start, end) = (w[0], plus_days(w[1], -1));
        if !spans.iter().any(|s| s.start <= start && start <= s.end) {
            continue;
        }
        let (daily, incomplete) = daily_on(spans, start);
        if let Some(last) = out.last_mut()
            && last.daily == daily
            && last.incomplete == incomplete
            && plus_days(last.end, 1) == start
        {
            last.end = end;
            continue;
        }
        out.push(DoseStep { start, end, daily, incomplete });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn span(a: (i16, i8, i8), b: (i16, i8, i8), d: f64) -> Span {
        Span { start: date(a.0, a.1, a.2), end: date(b.0, b.1, b.2), daily: Some(d) }
    }

    #[test]
    fn a_gap_within_grace_joins_and_is_not_counted() {
        let s = [span((2025, 1, 1), (2025, 1, 10), 5.0), span((2025, 1, 15), (2025, 1, 20), 10.0)];
        let joined = episodes(&s, 4);
        assert_eq!(joined.len(), 1);
        assert_eq!(joined[0].days_covered, 16);
        assert_eq!(joined[0].length_days(), 20);
        assert_eq!(joined[0].peak_daily, Some(10.0));
        assert_eq!(episodes(&s, 3).len(), 2);
    }

    #[test]
    fn overlapping_spans_count_each_day_once() {
        let s = [
            span((2025, 1, 1), (2025, 1, 10), 5.0),
            span((2025, 1, 5), (2025, 1, 8), 5.0),
            span((2025, 1, 9), (2025, 1, 12), 5.0),
        ];
        let e = episodes(&s, 0);
        assert_eq!(e.len(), 1);
        assert_eq!(e[0].days_covered, 12);
    }

    #[test]
    fn steps_add_overlapping_doses() {
        let s = [span((2025, 1, 1), (2025, 1, 10), 5.0), span((2025, 1, 5), (2025, 1, 8), 2.0)];
        let d: Vec<f64> = dose_steps(&s).iter().map(|x| x.daily).collect();
        assert_eq!(d, [5.0, 7.0, 5.0]);
    }

    proptest! {
        #[test]
        fn episodes_cover_exactly_the_days_of_the_spans(raw in prop::collection::vec((0i64..400, 0i64..60, 0.0f64..40.0), 0..30), grace in 0i64..40) {
            let base = date(2024, 1, 1);
            let spans: Vec<Span> = raw.iter().map(|&(s, l, d)| Span { start: plus_days(base, s), end: plus_days(base, s + l), daily: Some(d) }).collect();
            let eps = episodes(&spans, grace);
            let covered = (0..500).filter(|&k| spans.iter().any(|s| s.start <= plus_days(base, k) && plus_days(base, k) <= s.end)).count() as i64;
            prop_assert_eq!(eps.iter().map(|e| e.days_covered).sum::<i64>(), covered);
            for w in eps.windows(2) {
                prop_assert!(days_between(w[0].end, w[1].start) - 1 > grace);
            }
            let stepped: i64 = dose_steps(&spans).iter().map(|s| days_between(s.start, s.end) + 1).sum();
            prop_assert_eq!(stepped, covered);
        }
    }
}
