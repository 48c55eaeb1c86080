//! Dates as people write them.
use posology_model::Date;

/// How dates such as 03/04/2025 are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locale {
    /// Not known: only dates with one meaning are read.
    #[default]
    Unstated,
    /// Day, month, year.
    DayFirst,
    /// Month, day, year.
    MonthFirst,
}

/// Which day stands for a month or a year.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    First,
    Last,
}

/// A date that was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Read {
    pub date: Date,
    /// Only month or year was given.
    pub partial: bool,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The date in a text that is nothing but a date.
///
/// # Errors
/// What is wrong, and the remedy.
pub(super) fn date(text: &str, locale: Locale, edge: Edge) -> Result<Read, (String, &'static str)> {
    let t = text.trim().trim_matches(['.', '(', ')']).trim();
    let iso = "write the date as year-month-day, for example 2025-11-01";
    let wrong = || (format!("\"{}\" is no date that can be read", super::short(t)), iso);
    let pieces: Vec<&str> = t.split(['-', '/', '.', ' ', ',']).filter(|p| !p.is_empty()).collect();
    let number = |s: &str| s.bytes().all(|c| c.is_ascii_digit()).then(|| s.parse::<i16>().ok()).flatten();
    let year = |s: &str| if s.len() == 4 { number(s).filter(|y| (1850..=2200).contains(y)) } else { None };
    let full = |y: i16, m: i16, d: i16| {
        let day = Date::new(y, i8::try_from(m).unwrap_or(0), i8::try_from(d).unwrap_or(0));
        day.map(|date| Read { date, partial: false }).map_err(|_| wrong())
    };
    let part = |y: i16, m: Option<i16>| {
        let month = m.unwrap_or(if edge == Edge::First { 1 } else { 12 });
        let first = Date::new(y, i8::try_from(month).unwrap_or(0), 1).map_err(|_| wrong())?;
        let date = if edge == Edge::First { first } else { first.last_of_month() };
        Ok(Read { date, partial: true })
    };
    match pieces[..] {
        [y] => year(y).map_or_else(|| Err(wrong()), |y| part(y, None)),
        [a, b] => match (year(a), number(b), month(a), year(b), number(a)) {
            (Some(y), Some(m), ..) => part(y, Some(m)),
            (.., Some(m), Some(y), _) => part(y, Some(m)),
            (.., Some(y), Some(m)) if a.len() <= 2 => part(y, Some(m)),
            _ => Err(wrong()),
        },
        [a, b, c] => {
            if let (Some(y), Some(m), Some(d)) = (year(a), number(b), number(c)) {
                return full(y, m, d);
            }
            let Some(y) = year(c) else {
                if number(c).is_some() && c.len() == 2 {
                    let message = format!(
                        "\"{}\" has a year of two digits, which may be in two centuries",
                        super::short(t)
                    );
                    return Err((message, iso));
                }
                return Err(wrong());
            };
            match (day(a), month(b), month(a), day(b)) {
                (Some(d), Some(m), ..) => return full(y, m, d),
                (.., Some(m), Some(d)) => return full(y, m, d),
                _ => {}
            }
            let (Some(a), Some(b)) = (number(a), number(b)) else { return Err(wrong()) };
            let dotted = t.contains('.');
            match locale {
                _ if a > 12 || a == b || dotted => full(y, b, a),
                _ if b > 12 => full(y, a, b),
                Locale::DayFirst => full(y, b, a),
                Locale::MonthFirst => full(y, a, b),
                Locale::Unstated => {
                    Err((format!("\"{}\" may be two dates: day first or month first", super::short(t)), iso))
                }
            }
        }
        _ => Err(wrong()),
    }
}

fn day(s: &str) -> Option<i16> {
    let digits = s.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let tail = &s[digits.len()..];
    let ordinal = matches!(tail, "" | "st" | "nd" | "rd" | "th");
    if ordinal && (1..=2).contains(&digits.len()) { digits.parse().ok() } else { None }
}

fn month(s: &str) -> Option<i16> {
    let s = s.to_ascii_lowercase();
    if s.len() < 3 {
        return None;
    }
    MONTHS
        .iter()
        .position(|m| m.starts_with(&s) || s == "sept" && *m == "september")
        .and_then(|i| i16::try_from(i + 1).ok())
}
