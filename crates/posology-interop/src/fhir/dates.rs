//! FHIR dates: `date`, partial dates, `dateTime`, `instant`.
//!
//! The day is the day on the clock where it was written: an offset is checked and not applied.
use jiff::civil::Date;

/// Which day a partial date stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// The first possible day (starts, births).
    First,
    /// The last possible day (ends, which FHIR counts as included).
    Last,
}

/// A date that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DateRead {
    /// The day.
    pub(super) date: Date,
    /// Only a year or a month is recorded.
    pub(super) partial: bool,
    /// The day is right but what follows it is no time.
    pub(super) odd_time: bool,
}

/// Years outside are placeholders (0001, 9999) or slips, never a date of a living record.
const YEARS: std::ops::RangeInclusive<i16> = 1800..=2199;

/// Reads a FHIR date; the error says what is wrong with it.
pub(super) fn read(text: &str, edge: Edge) -> Result<DateRead, String> {
    let b = text.as_bytes();
    let wrong = || format!("\"{}\" is no FHIR date", shorten(text));
    let year = number(b, 0, 4).ok_or_else(wrong)?;
    if !YEARS.contains(&year) {
        return Err(format!("the year {year:04} in \"{}\" cannot be meant", shorten(text)));
    }
    let (month, day, rest) = match b.len() {
        4 => (None, None, 4),
        7 if b[4] == b'-' => (Some(number(b, 5, 2).ok_or_else(wrong)?), None, 7),
        n if n >= 10 && b[4] == b'-' && b[7] == b'-' => {
            (Some(number(b, 5, 2).ok_or_else(wrong)?), Some(number(b, 8, 2).ok_or_else(wrong)?), 10)
        }
        _ => return Err(wrong()),
    };
    let odd_time = match b.get(rest) {
        None => false,
        Some(b'T' | b' ') => !is_time(&b[rest + 1..]),
        Some(_) => return Err(wrong()),
    };
    let none_such = || format!("there is no such day as \"{}\"", shorten(text));
    let m =
        i8::try_from(month.unwrap_or(if edge == Edge::First { 1 } else { 12 })).map_err(|_| none_such())?;
    let first = Date::new(year, m, 1).map_err(|_| none_such())?;
    let d = match (day, edge) {
        (Some(d), _) => i8::try_from(d).map_err(|_| none_such())?,
        (None, Edge::First) => 1,
        (None, Edge::Last) => first.days_in_month(),
    };
    let date = Date::new(year, m, d).map_err(|_| none_such())?;
    Ok(DateRead { date, partial: day.is_none(), odd_time })
}

fn number(b: &[u8], at: usize, len: usize) -> Option<i16> {
    let digits = b.get(at..at + len)?;
    digits.iter().try_fold(0i16, |n, c| c.is_ascii_digit().then(|| n * 10 + i16::from(c - b'0')))
}

/// `hh:mm[:ss[.f]][Z|+hh:mm|-hh:mm]`.
fn is_time(b: &[u8]) -> bool {
    let two = |at: usize, max: i16| number(b, at, 2).is_some_and(|n| n <= max);
    if !(two(0, 24) && b.get(2) == Some(&b':') && two(3, 59)) {
        return false;
    }
    let mut at = 5;
    if b.get(at) == Some(&b':') {
        if !two(at + 1, 60) {
            return false;
        }
        at += 3;
        if b.get(at) == Some(&b'.') {
            at += 1 + b[at + 1..].iter().take_while(|c| c.is_ascii_digit()).count();
        }
    }
    match b.get(at) {
        None => true,
        Some(b'Z') => b.len() == at + 1,
        Some(b'+' | b'-') => b.len() == at + 6 && two(at + 1, 14) && b[at + 3] == b':' && two(at + 4, 59),
        Some(_) => false,
    }
}

/// A value quoted in a message, held short.
pub(super) fn shorten(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() <= MOST {
        text.to_owned()
    } else {
        text.chars().take(MOST).chain(['…']).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn dates_of_every_precision_are_read() {
        for (text, edge, want, partial) in [
            ("2025-02-28", Edge::First, date(2025, 2, 28), false),
            ("2024-02", Edge::Last, date(2024, 2, 29), true),
            ("2024-02", Edge::First, date(2024, 2, 1), true),
            ("1958", Edge::First, date(1958, 1, 1), true),
            ("1958", Edge::Last, date(1958, 12, 31), true),
            ("2025-11-24T23:30:00-05:00", Edge::First, date(2025, 11, 24), false),
            ("2025-11-24T23:30:00.123456Z", Edge::First, date(2025, 11, 24), false),
            ("2025-11-24T23:30Z", Edge::First, date(2025, 11, 24), false),
        ] {
            let got = read(text, edge).unwrap();
            assert_eq!((got.date, got.partial, got.odd_time), (want, partial, false), "{text}");
        }
        assert!(read("2025-11-24Tnoon", Edge::First).unwrap().odd_time);
    }

    #[test]
    fn impossible_dates_are_refused_with_the_reason() {
        for (text, part) in [
            ("9999-12-31", "year 9999"),
            ("0000-01-01", "year 0000"),
            ("0001-01-01T00:00:00Z", "year 0001"),
            ("2025-02-31", "no such day"),
            ("2025-13-01", "no such day"),
            ("2025-00-10", "no such day"),
            ("31/02/2025", "no FHIR date"),
            ("2025-2-3", "no FHIR date"),
            ("", "no FHIR date"),
            ("2025-02-03x", "no FHIR date"),
            ("２０２５-01-01", "no FHIR date"),
        ] {
            let why = read(text, Edge::First).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }
}
