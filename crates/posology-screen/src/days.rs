//! Days since 1970-01-01, as Arrow counts them, and dates.
use jiff::civil::{Date, date};
use std::sync::OnceLock;

/// First and last day of the table: 1800-01-01 and 2299-12-31. Dates of patients and of shifted data lie within.
const FIRST: i32 = -62_091;
const LAST: i32 = 120_529;

fn table() -> &'static [Date] {
    static TABLE: OnceLock<Vec<Date>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut d = date(1800, 1, 1);
        let mut out = Vec::with_capacity((LAST - FIRST + 1) as usize);
        for _ in FIRST..=LAST {
            out.push(d);
            d = d.tomorrow().unwrap_or(d);
        }
        out
    })
}

/// Whether a day is one that a record may hold (1800 to 2299).
pub const fn plausible(day: i32) -> bool {
    day >= FIRST && day <= LAST
}

/// The date of a day; days beyond the years 1800 to 2299 are held at the ends.
pub fn date_of(day: i32) -> Date {
    table()[(day.clamp(FIRST, LAST) - FIRST) as usize]
}

/// The day of a date.
pub fn day_of(d: Date) -> i32 {
    posology_model::history::days_between(date(1970, 1, 1), d) as i32
}

/// Reads `2026-11-24`, `20261124`, or a date with a time after it; the time and its zone are left out.
pub fn parse(text: &str) -> Option<i32> {
    let t = text.trim();
    let head =
        t.get(..10).filter(|h| h.as_bytes()[4] == b'-').or_else(|| t.get(..8).filter(|_| t.len() == 8))?;
    let rest = t.get(head.len()..)?;
    if !(rest.is_empty() || rest.starts_with(['T', ' '])) {
        return None;
    }
    let digits: String = head.chars().filter(|c| *c != '-').collect();
    if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let d =
        Date::new(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?).ok()?;
    Some(day_of(d))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_go_back_and_forth() {
        for d in [
            date(1800, 1, 1),
            date(1969, 12, 31),
            date(1970, 1, 1),
            date(2000, 2, 29),
            date(2150, 6, 1),
            date(2299, 12, 31),
        ] {
            assert_eq!(date_of(day_of(d)), d);
        }
        assert_eq!(date_of(i32::MIN), date(1800, 1, 1));
        assert_eq!(date_of(i32::MAX), date(2299, 12, 31));
    }

    #[test]
    fn dates_as_texts() {
        let d = Some(day_of(date(2026, 11, 24)));
        assert_eq!(parse("2026-11-24"), d);
        assert_eq!(parse("20261124"), d);
        assert_eq!(parse("2026-11-24T23:30:00-05:00"), d);
        for bad in ["", "2026-13-01", "24/11/2026", "2026-11-24x", "éééééééé", "2026-1-1"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
