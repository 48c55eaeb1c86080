//! What all resources share: problems with their place, codings, dates, durations, references.
use super::dates::{self, Edge, shorten};
use super::wire::{Concept, Period, Quantity, Reference, Text, items, text};
use super::words;
use posology_model::{CodeSystem, Coding, Date, InputProblem, ProblemKind, Reason};

/// The problems of one resource.
pub(super) struct Notes<'n> {
    /// Place of the resource.
    pub(super) place: &'n str,
    /// Found so far.
    pub(super) list: Vec<InputProblem>,
}

impl Notes<'_> {
    /// Adds a problem at a field below the resource.
    pub(super) fn add(
        &mut self,
        kind: ProblemKind,
        field: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let path = match field {
            "" => self.place.to_owned(),
            _ => format!("{}.{field}", self.place),
        };
        self.list.push(InputProblem { kind, path, message: message.into(), remedy: remedy.into() });
    }

    /// A value that was left out.
    pub(super) fn invalid(&mut self, field: &str, message: impl Into<String>) {
        self.add(ProblemKind::InvalidValue, field, message, "It was left out: correct it in the record.");
    }
}

/// The codings and the text of a concept; the text falls back to the first display.
pub(super) fn concept(c: &Concept<'_>) -> (Vec<Coding>, Option<String>) {
    let list = items(&c.coding);
    let mut codings = Vec::with_capacity(list.len());
    for k in list {
        let display = text(&k.display);
        if let Some(code) = text(&k.code) {
            codings.push(Coding {
                system: text(&k.system).map_or(CodeSystem::Other, CodeSystem::from_uri),
                code: code.to_owned(),
                display: display.map(str::to_owned),
            });
        }
    }
    let words = text(&c.text).or_else(|| list.iter().find_map(|k| text(&k.display)));
    (codings, words.map(str::to_owned))
}

/// As [`concept`], of an optional one.
pub(super) fn concept_of(c: &Option<Concept<'_>>) -> (Vec<Coding>, Option<String>) {
    c.as_ref().map(concept).unwrap_or_default()
}

/// Reasons given as concepts.
pub(super) fn reasons(list: &[Concept<'_>]) -> Vec<Reason> {
    list.iter()
        .map(concept)
        .filter(|(codings, text)| !codings.is_empty() || text.is_some())
        .map(|(codings, text)| Reason { codings, text })
        .collect()
}

/// The first code of a concept (a status), or its text.
pub(super) fn code<'c>(c: &'c Option<Concept<'_>>) -> Option<&'c str> {
    let c = c.as_ref()?;
    items(&c.coding).iter().find_map(|k| text(&k.code)).or_else(|| text(&c.text))
}

/// A date, or a problem. `strict` fields also say when only a year or a month is recorded.
pub(super) fn date(
    value: &Option<Text<'_>>,
    edge: Edge,
    strict: bool,
    field: &str,
    notes: &mut Notes<'_>,
) -> Option<Date> {
    let words = text(value)?;
    match dates::read(words, edge) {
        Ok(read) => {
            if read.partial && strict {
                notes.add(
                    ProblemKind::Repaired,
                    field,
                    format!("only \"{words}\" is recorded; {} is assumed", read.date),
                    "Record the day.",
                );
            }
            if read.odd_time {
                notes.add(
                    ProblemKind::Repaired,
                    field,
                    format!("the time in \"{}\" is no FHIR time; the day was kept", shorten(words)),
                    "Correct the time in the record.",
                );
            }
            Some(read.date)
        }
        Err(why) => {
            notes.invalid(field, why);
            None
        }
    }
}

/// Both ends of a period; an end before the start is left out.
pub(super) fn period(
    p: &Option<Period<'_>>,
    strict: bool,
    field: &str,
    notes: &mut Notes<'_>,
) -> (Option<Date>, Option<Date>) {
    let Some(p) = p else { return (None, None) };
    let start = date(&p.start, Edge::First, strict, &format!("{field}.start"), notes);
    let end = date(&p.end, Edge::Last, strict, &format!("{field}.end"), notes);
    match (start, end) {
        (Some(s), Some(e)) if e < s => {
            notes.invalid(&format!("{field}.end"), format!("the end {e} is before the start {s}"));
            (start, None)
        }
        both => both,
    }
}

/// A length of time in days, or a problem.
pub(super) fn days(q: &Option<Quantity<'_>>, field: &str, notes: &mut Notes<'_>) -> Option<f64> {
    const MOST_DAYS: f64 = 36_525.0;
    let q = q.as_ref()?;
    let value = q.value?.0;
    let hours = match words::unit_words(q).find_map(words::hours) {
        Some(h) => h,
        None if words::unit_words(q).next().is_none() => {
            notes.invalid(field, format!("the duration {value} has no unit"));
            return None;
        }
        None => {
            let unit = words::unit_words(q).next().unwrap_or_default();
            notes.invalid(field, format!("\"{}\" is no unit of time", shorten(unit)));
            return None;
        }
    };
    let days = value * hours / 24.0;
    if days > 0.0 && days <= MOST_DAYS {
        Some(days)
    } else {
        notes.invalid(field, format!("a duration of {value} units cannot be meant"));
        None
    }
}

/// A reference as a key: its address, else its identifier, else its display.
pub(super) fn key(r: &Option<Reference<'_>>) -> Option<String> {
    let r = r.as_ref()?;
    if let Some(address) = text(&r.reference) {
        return Some(address.to_owned());
    }
    if let Some(i) = &r.identifier
        && let Some(value) = text(&i.value)
    {
        return Some(format!("{}|{value}", text(&i.system).unwrap_or_default()));
    }
    text(&r.display).map(str::to_owned)
}

/// The address of a reference.
pub(super) fn address(r: &Option<Reference<'_>>) -> Option<String> {
    r.as_ref().and_then(|r| text(&r.reference)).map(str::to_owned)
}
