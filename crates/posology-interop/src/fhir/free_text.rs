//! The free text of a dosage beside its structured fields: structured fields win, the text fills what they leave open,
//! and a contradiction is a problem.
use super::common::Notes;
use super::dates::shorten;
use super::timing::same_rate;
use posology_model::{Amount, DoseUnit, Dosing, ProblemKind, ReadConfidence};

/// Texts are read up to this length; nobody's instruction is longer.
const LONGEST: usize = 2_000;

fn read(words: &str) -> Dosing {
    // SNOMED CT's semantic tag is no part of the instruction.
    let words = words.trim().trim_end_matches("(qualifier value)").trim_end();
    if words.len() > LONGEST { Dosing::default() } else { crate::sig::read(words) }
}

/// Merges the text of an instruction into its structured reading.
pub(super) fn merge(
    out: &mut Dosing,
    words: &str,
    explicit_as_needed: bool,
    field: &str,
    notes: &mut Notes<'_>,
) {
    let from = read(words);
    out.text = Some(words.to_owned());
    let structured_dose = !out.amounts.is_empty();
    let structured_rate = out.frequency.is_some() || out.once;
    out.not_understood = from.not_understood.clone();
    if from.confidence == ReadConfidence::Low {
        // Nothing of it may be relied on; what is structured stands alone.
        if !(structured_dose && structured_rate) {
            out.confidence = ReadConfidence::Low;
        }
        return;
    }
    contradictions(out, &from, explicit_as_needed, field, notes);
    let mut used = false;
    if !structured_dose && !from.amounts.is_empty() {
        out.amounts = from.amounts;
        used = true;
    }
    if !structured_rate && (from.frequency.is_some() || from.once) {
        out.frequency = from.frequency;
        out.once = from.once;
        used = true;
    }
    if !explicit_as_needed && from.as_needed {
        out.as_needed = true;
        used = true;
    }
    out.as_needed_for = out.as_needed_for.take().or(from.as_needed_for);
    out.route = out.route.or(from.route);
    out.form = out.form.or(from.form);
    out.max_per_day = out.max_per_day.or(from.max_per_day);
    out.max_doses_per_day = out.max_doses_per_day.or(from.max_doses_per_day);
    out.duration_days = out.duration_days.or(from.duration_days);
    out.start = out.start.or(from.start);
    out.end = out.end.or(from.end);
    if out.day_parts.is_empty() {
        out.day_parts = from.day_parts;
    }
    if used || out.amounts.is_empty() && out.frequency.is_none() {
        out.confidence = from.confidence;
        out.assumed.extend(from.assumed);
    }
}

/// The steps of a text that holds several instructions ("20 mg for 3 days, then 10 mg"), where all were understood.
pub(super) fn steps(words: &str) -> Option<Vec<Dosing>> {
    let list = if words.len() > LONGEST { Vec::new() } else { crate::sig::read_all(words) };
    (list.len() > 1 && list.iter().all(|d| d.confidence > ReadConfidence::Low)).then_some(list)
}

/// Merges a timing that is only words or a local code ("twice a day").
pub(super) fn merge_timing(out: &mut Dosing, words: &str, field: &str, notes: &mut Notes<'_>) {
    let from = read(words);
    if from.confidence == ReadConfidence::Low || from.frequency.is_none() && !from.once {
        if out.frequency.is_none() && !out.once {
            notes.add(
                ProblemKind::NotUnderstood,
                field,
                format!("the timing \"{}\" was not understood", shorten(words)),
                "Use timing.repeat or a timing abbreviation (BID, TID, Q8H).",
            );
            out.confidence = ReadConfidence::Low;
        }
        return;
    }
    match (out.frequency, from.frequency) {
        (Some(a), Some(b)) if !same_rate(a, b) => contradiction(field, "timing", words, notes),
        (None, Some(_)) if !out.once => {
            out.frequency = from.frequency;
            out.confidence = from.confidence;
        }
        (None, None) if !out.once => {
            out.once = from.once;
            out.confidence = from.confidence;
        }
        _ => {}
    }
    out.as_needed |= from.as_needed;
    if out.day_parts.is_empty() {
        out.day_parts = from.day_parts;
    }
}

fn contradictions(out: &Dosing, from: &Dosing, explicit_as_needed: bool, field: &str, notes: &mut Notes<'_>) {
    let words = from.text.as_deref().or(out.text.as_deref()).unwrap_or_default();
    let clash = out.amounts.iter().any(|a| from.amounts.iter().any(|b| same_amount(a, b) == Some(false)));
    if clash {
        contradiction(field, "dose", words, notes);
    }
    if let (Some(a), Some(b)) = (out.frequency, from.frequency)
        && !same_rate(a, b)
    {
        contradiction(field, "frequency", words, notes);
    }
    if let (Some(a), Some(b)) = (out.route, from.route)
        && a != b
    {
        contradiction(field, "route", words, notes);
    }
    // A text that does not mention need contradicts nothing.
    if explicit_as_needed && from.as_needed && !out.as_needed {
        contradiction(field, "\"as needed\"", words, notes);
    }
}

/// Whether two amounts mean the same; `None` where their units cannot be compared.
fn same_amount(a: &Amount, b: &Amount) -> Option<bool> {
    let close = |x: f64, y: f64| (x - y).abs() <= 1e-6 * x.max(y);
    let scale = match (a.unit.in_mg(), b.unit.in_mg()) {
        (Some(x), Some(y)) => (x, y),
        _ if a.unit == b.unit => (1.0, 1.0),
        _ if a.unit.is_piece()
            && b.unit.is_piece()
            && (a.unit == DoseUnit::Piece || b.unit == DoseUnit::Piece) =>
        {
            (1.0, 1.0)
        }
        _ => return None,
    };
    Some(close(a.low * scale.0, b.low * scale.1) && close(a.high * scale.0, b.high * scale.1))
}

fn contradiction(field: &str, what: &str, words: &str, notes: &mut Notes<'_>) {
    notes.add(
        ProblemKind::NotUnderstood,
        field,
        format!(
            "the text \"{}\" contradicts the structured {what}; the structured one was kept",
            shorten(words)
        ),
        "Make the text and the fields say the same.",
    );
}
