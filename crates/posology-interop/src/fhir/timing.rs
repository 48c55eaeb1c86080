//! `Timing` of FHIR: how often, when in the day, for how long.
use super::common::{Notes, days, period};
use super::dates::{Edge, shorten};
use super::wire::{Num, Repeat, Timing, items, text};
use super::words;
use posology_model::{DayPart, Dosing, Frequency, ProblemKind};

const WEEK: f64 = 168.0;
/// More doses a day than a patient can take (one a minute).
const MOST_PER_DAY: f64 = 1440.0;

/// Reads a timing into `out`.
pub(super) fn read(t: &Timing<'_>, field: &str, notes: &mut Notes<'_>, out: &mut Dosing) {
    if let Some(r) = &t.repeat {
        repeat(r, &format!("{field}.repeat"), notes, out);
    }
    if let Some(c) = &t.code {
        let code = items(&c.coding).iter().filter_map(|k| text(&k.code)).find_map(abbreviation);
        match code {
            Some(k) => apply_code(k, field, notes, out),
            None => {
                let words = text(&c.text)
                    .or_else(|| items(&c.coding).iter().find_map(|k| text(&k.display)))
                    .or_else(|| items(&c.coding).iter().find_map(|k| text(&k.code)));
                if let Some(words) = words {
                    super::free_text::merge_timing(out, words, &format!("{field}.code"), notes);
                }
            }
        }
    }
    let events = items(&t.event);
    if out.frequency.is_none() && !events.is_empty() {
        out.once = events.len() == 1;
        let days: Vec<_> = events
            .iter()
            .enumerate()
            .filter_map(|(i, e)| {
                super::common::date(
                    &Some(e.clone()),
                    Edge::First,
                    true,
                    &format!("{field}.event[{i}]"),
                    notes,
                )
            })
            .collect();
        out.start = out.start.or(days.iter().min().copied());
        out.end = out.end.or(days.iter().max().copied());
        if events.len() > 1 {
            notes.add(
                ProblemKind::NotUnderstood,
                &format!("{field}.event"),
                format!("{} single times are listed; no frequency was derived from them", events.len()),
                "State a frequency and a period.",
            );
        }
    }
}

fn positive(n: Option<Num>, name: &str, field: &str, notes: &mut Notes<'_>) -> Option<f64> {
    let v = n?.0;
    if v > 0.0 && v <= 100_000.0 {
        return Some(v);
    }
    notes.invalid(&format!("{field}.{name}"), format!("{name} {v:e} cannot be meant"));
    None
}

fn repeat(r: &Repeat<'_>, field: &str, notes: &mut Notes<'_>, out: &mut Dosing) {
    out.duration_days = days(&r.bounds_duration, &format!("{field}.boundsDuration"), notes);
    if let Some(range) = &r.bounds_range {
        let low = days(&range.low, &format!("{field}.boundsRange.low"), notes);
        let high = days(&range.high, &format!("{field}.boundsRange.high"), notes);
        if high.is_some() && low != high {
            out.assumed.push("the longer duration of the range".to_owned());
        }
        out.duration_days = out.duration_days.or(high).or(low);
    }
    let (start, end) = period(&r.bounds_period, true, &format!("{field}.boundsPeriod"), notes);
    out.start = start;
    out.end = end;
    out.frequency = frequency(r, field, notes);
    let mut per_day = 0.0;
    for (i, w) in items(&r.when).iter().enumerate() {
        match words::when(w.as_str()) {
            Some((part, times)) => {
                per_day += times;
                if !out.day_parts.contains(&part) {
                    out.day_parts.push(part);
                }
            }
            None => notes.invalid(
                &format!("{field}.when[{i}]"),
                format!("\"{}\" is no event of the day", shorten(w.as_str())),
            ),
        }
    }
    let times = items(&r.time_of_day);
    if per_day == 0.0 && !times.is_empty() {
        per_day = times.len() as f64;
        for t in times {
            if let Some(part) = day_part(t.as_str())
                && !out.day_parts.contains(&part)
            {
                out.day_parts.push(part);
            }
        }
    }
    let named_days = items(&r.day_of_week).len().min(7) as f64;
    if out.frequency.is_none() && per_day > 0.0 {
        out.frequency = Some(Frequency::per_day(per_day));
    }
    if named_days > 0.0 {
        out.frequency = Some(on_named_days(out.frequency, named_days));
    }
    if r.count.is_some_and(|n| n.0 == 1.0) && r.count_max.is_none_or(|n| n.0 == 1.0) {
        out.once = true;
    }
    if let Some(f) = out.frequency
        && f.doses_per_day().is_none_or(|(_, high)| high > MOST_PER_DAY)
    {
        out.frequency = None;
        notes.invalid(field, "the timing means more than a dose a minute");
    }
}

/// The action happens on the named days only: a daily frequency is thinned to them, a weekly one stands.
fn on_named_days(f: Option<Frequency>, days: f64) -> Frequency {
    match f {
        None => Frequency { times_low: days, times_high: days, per_hours_low: WEEK, per_hours_high: WEEK },
        Some(f) if f.per_hours_low >= WEEK => f,
        Some(f) => {
            let scale = |times: f64, per: f64| times * days * (24.0 / per).max(1.0);
            Frequency {
                times_low: scale(f.times_low, f.per_hours_high),
                times_high: scale(f.times_high, f.per_hours_low),
                per_hours_low: WEEK,
                per_hours_high: WEEK,
            }
        }
    }
}

fn frequency(r: &Repeat<'_>, field: &str, notes: &mut Notes<'_>) -> Option<Frequency> {
    let times = positive(r.frequency, "frequency", field, notes);
    let times_max = positive(r.frequency_max, "frequencyMax", field, notes);
    let period = positive(r.period, "period", field, notes);
    let period_max = positive(r.period_max, "periodMax", field, notes);
    if r.frequency.is_some() && times.is_none() || r.period.is_some() && period.is_none() {
        return None;
    }
    let Some(period) = period else {
        if let Some(times) = times
            && r.count.is_none()
        {
            notes.add(
                ProblemKind::NotUnderstood,
                field,
                format!("a frequency of {times} without a period says nothing"),
                "State period and periodUnit.",
            );
        }
        return None;
    };
    let Some(hours) = text(&r.period_unit).and_then(words::hours) else {
        let unit = text(&r.period_unit).unwrap_or("");
        notes
            .invalid(&format!("{field}.periodUnit"), format!("\"{}\" is no unit of a period", shorten(unit)));
        return None;
    };
    let low = times.unwrap_or(1.0);
    let high = times_max.unwrap_or(low).max(low);
    let longest = period_max.unwrap_or(period).max(period);
    Some(Frequency {
        times_low: low,
        times_high: high,
        per_hours_low: period * hours,
        per_hours_high: longest * hours,
    })
}

fn day_part(time: &str) -> Option<DayPart> {
    let hour: u8 = time.get(..2)?.parse().ok()?;
    Some(match hour {
        5..=10 => DayPart::Morning,
        11..=13 => DayPart::Noon,
        14..=16 => DayPart::Afternoon,
        17..=20 => DayPart::Evening,
        21..=23 => DayPart::Bedtime,
        0..=4 => DayPart::Night,
        _ => return None,
    })
}

/// A code of the timing-abbreviation value set and its usual relatives.
#[derive(Clone, Copy)]
struct Code {
    frequency: Option<Frequency>,
    part: Option<DayPart>,
    once: bool,
}

fn abbreviation(code: &str) -> Option<Code> {
    let code = code.to_ascii_uppercase();
    let often = |f| Some(Code { frequency: Some(f), part: None, once: false });
    let daily = |part| Some(Code { frequency: Some(Frequency::per_day(1.0)), part: Some(part), once: false });
    match code.as_str() {
        "BID" => often(Frequency::per_day(2.0)),
        "TID" => often(Frequency::per_day(3.0)),
        "QID" => often(Frequency::per_day(4.0)),
        "QD" => often(Frequency::per_day(1.0)),
        "QOD" => often(Frequency::every_hours(48.0)),
        "WK" => often(Frequency::every_hours(WEEK)),
        "MO" => often(Frequency::every_hours(30.4375 * 24.0)),
        "AM" => daily(DayPart::Morning),
        "PM" => daily(DayPart::Afternoon),
        "BED" | "QHS" | "HS" => daily(DayPart::Bedtime),
        "ONCE" | "STAT" => Some(Code { frequency: None, part: None, once: true }),
        _ => {
            let hours: f64 = code.strip_prefix('Q')?.strip_suffix('H')?.parse::<u8>().ok()?.into();
            (hours >= 1.0).then(|| Code {
                frequency: Some(Frequency::every_hours(hours)),
                part: None,
                once: false,
            })
        }
    }
}

fn apply_code(code: Code, field: &str, notes: &mut Notes<'_>, out: &mut Dosing) {
    out.once |= code.once;
    if let Some(part) = code.part
        && !out.day_parts.contains(&part)
    {
        out.day_parts.push(part);
    }
    match (out.frequency, code.frequency) {
        (None, Some(f)) => out.frequency = Some(f),
        (Some(a), Some(b)) if !same_rate(a, b) => notes.add(
            ProblemKind::NotUnderstood,
            field,
            "the timing's code and its repeat contradict each other; the repeat was kept".to_owned(),
            "State one of them.",
        ),
        _ => {}
    }
}

/// Whether two frequencies mean the same number of doses a day.
pub(super) fn same_rate(a: Frequency, b: Frequency) -> bool {
    let close = |x: f64, y: f64| (x - y).abs() <= 0.02 * x.max(y);
    match (a.doses_per_day(), b.doses_per_day()) {
        (Some((al, ah)), Some((bl, bh))) => close(al, bl) && close(ah, bh),
        _ => true,
    }
}
