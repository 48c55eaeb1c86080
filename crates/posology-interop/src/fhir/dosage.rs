//! `Dosage` of FHIR as a [`Dosing`]: structured fields first, the free text for what they leave open.
use super::common::{Notes, concept};
use super::dates::shorten;
use super::timing;
use super::wire::{Dosage, DoseAndRate, Quantity, Range, Ratio, items, text};
use super::words;
use posology_model::{Amount, DoseUnit, Dosing, ProblemKind, ReadConfidence};

/// Larger than any dose that is meant, in any unit but international units.
const MOST: f64 = 1.0e6;
const MOST_UNITS: f64 = 1.0e9;
/// Smaller than any dose that is meant (zero is a dose: a step down to nothing).
const LEAST: f64 = 1.0e-6;

/// Reads one dosage instruction at `field`.
pub(super) fn read(d: &Dosage<'_>, field: &str, notes: &mut Notes<'_>) -> Dosing {
    let mut out = Dosing { confidence: ReadConfidence::Structured, ..Dosing::default() };
    if d.modifier_extension.is_some() {
        notes.add(
            ProblemKind::NotUnderstood,
            &format!("{field}.modifierExtension"),
            "an extension that changes the meaning of this dosage was not understood",
            "Check this dosage by hand.",
        );
    }
    amounts(d, field, notes, &mut out);
    if let Some(t) = &d.timing {
        timing::read(t, &format!("{field}.timing"), notes, &mut out);
    }
    out.as_needed = d.as_needed_boolean == Some(true) || d.as_needed_codeable_concept.is_some();
    out.as_needed_for = d.as_needed_codeable_concept.as_ref().and_then(|c| concept(c).1);
    if let Some(r) = &d.route {
        out.route = words::route(r).or_else(|| concept(r).1.as_deref().and_then(words::route_word));
        if out.route.is_none()
            && let Some(words) = concept(r).1
        {
            notes.add(
                ProblemKind::NotUnderstood,
                &format!("{field}.route"),
                format!("the route \"{}\" is not known", shorten(&words)),
                "Use a SNOMED CT route of administration.",
            );
        }
    }
    if let Some(r) = &d.max_dose_per_period {
        max_per_day(r, &format!("{field}.maxDosePerPeriod"), notes, &mut out);
    }
    for (limit, name) in [
        (&d.max_dose_per_administration, "maxDosePerAdministration"),
        (&d.max_dose_per_lifetime, "maxDosePerLifetime"),
    ] {
        if limit.is_some() {
            notes.add(
                ProblemKind::NotRead,
                &format!("{field}.{name}"),
                "this limit is not read".to_owned(),
                "Check it by hand.",
            );
        }
    }
    out.sequence = d.sequence.and_then(|n| whole(n.0));
    let own_words = text(&d.text).or_else(|| text(&d.patient_instruction));
    if let Some(words) = own_words {
        let explicit = d.as_needed_boolean.is_some() || d.as_needed_codeable_concept.is_some();
        super::free_text::merge(&mut out, words, explicit, &format!("{field}.text"), notes);
    }
    out
}

/// A whole number in the range of `u32`.
pub(super) fn whole(n: f64) -> Option<u32> {
    (n.fract() == 0.0 && (0.0..=4_294_967_295.0).contains(&n)).then_some(n as u32)
}

fn amounts(d: &Dosage<'_>, field: &str, notes: &mut Notes<'_>, out: &mut Dosing) {
    for (i, dose) in items(&d.dose_and_rate).iter().enumerate() {
        dose_and_rate(dose, &format!("{field}.doseAndRate[{i}]"), notes, out);
    }
    for (q, name) in
        [(&d.dose, "dose"), (&d.dose_quantity, "doseQuantity"), (&d.rate_quantity, "rateQuantity")]
    {
        if let Some(q) = q {
            push(out, quantity(q, &format!("{field}.{name}"), notes), &format!("{field}.{name}"), notes);
        }
    }
    for (r, name) in [(&d.dose_range, "doseRange"), (&d.rate_range, "rateRange")] {
        if let Some(r) = r {
            push(out, range(r, &format!("{field}.{name}"), notes), &format!("{field}.{name}"), notes);
        }
    }
    if let Some(r) = &d.rate_ratio {
        push(out, rate(r, &format!("{field}.rateRatio"), notes), field, notes);
    }
}

fn dose_and_rate(d: &DoseAndRate<'_>, field: &str, notes: &mut Notes<'_>, out: &mut Dosing) {
    for (q, name) in [(&d.dose_quantity, "doseQuantity"), (&d.rate_quantity, "rateQuantity")] {
        if let Some(q) = q {
            push(out, quantity(q, &format!("{field}.{name}"), notes), field, notes);
        }
    }
    for (r, name) in [(&d.dose_range, "doseRange"), (&d.rate_range, "rateRange")] {
        if let Some(r) = r {
            push(out, range(r, &format!("{field}.{name}"), notes), field, notes);
        }
    }
    if let Some(r) = &d.rate_ratio {
        push(out, rate(r, &format!("{field}.rateRatio"), notes), field, notes);
    }
}

/// Several `doseAndRate` say the same in other units. Two that differ in one unit are kept as a range and reported.
fn push(out: &mut Dosing, amount: Option<Amount>, field: &str, notes: &mut Notes<'_>) {
    let Some(a) = amount else {
        out.amount_unreadable = true;
        return;
    };
    match out.amounts.iter_mut().find(|b| b.unit == a.unit) {
        None => out.amounts.push(a),
        Some(b) if b.low == a.low && b.high == a.high => {}
        Some(b) => {
            b.low = b.low.min(a.low);
            b.high = b.high.max(a.high);
            notes.add(
                ProblemKind::NotUnderstood,
                field,
                format!("two doses in {} contradict each other; {} to {} was kept", a.unit, b.low, b.high),
                "State one dose.",
            );
        }
    }
}

/// An amount with its unit, or a problem. Without a unit it is a count of pieces.
pub(super) fn quantity(q: &Quantity<'_>, field: &str, notes: &mut Notes<'_>) -> Option<Amount> {
    let value = q.value?.0;
    if let Some(c) = text(&q.comparator) {
        notes.invalid(field, format!("a dose \"{}{value}\" states no amount", shorten(c)));
        return None;
    }
    let (unit, factor) = unit_of(q, field, notes)?;
    let value = checked(value * factor, unit, field, notes)?;
    Some(Amount::exactly(value, unit))
}

fn checked(value: f64, unit: DoseUnit, field: &str, notes: &mut Notes<'_>) -> Option<f64> {
    let most = if unit == DoseUnit::InternationalUnit { MOST_UNITS } else { MOST };
    if value == 0.0 || (LEAST..=most).contains(&value) {
        return Some(value.abs());
    }
    notes.invalid(field, format!("a dose of {value:e} {unit} cannot be meant"));
    None
}

/// Code and unit text must not contradict each other: "mg" beside "mcg" is a thousandfold error waiting.
fn unit_of(q: &Quantity<'_>, field: &str, notes: &mut Notes<'_>) -> Option<(DoseUnit, f64)> {
    let mut words = words::unit_words(q).peekable();
    if words.peek().is_none() {
        return Some((DoseUnit::Piece, 1.0));
    }
    let mut known = words.filter_map(words::unit);
    let Some(first) = known.next() else {
        let word = words::unit_words(q).next().unwrap_or_default();
        notes.invalid(field, format!("the unit \"{}\" is not known", shorten(word)));
        return None;
    };
    let clash = known.find(|k| k != &first && k.0 != DoseUnit::Piece && first.0 != DoseUnit::Piece);
    if let Some(other) = clash {
        notes.invalid(field, format!("the unit's code means {} and its text {}", first.0, other.0));
        return None;
    }
    // UCUM writes a count as "1": the unit text then says of what.
    if first.0 == DoseUnit::Piece
        && let Some(better) =
            words::unit_words(q).filter_map(words::unit).find(|k| k.0.is_piece() && k.0 != DoseUnit::Piece)
    {
        return Some(better);
    }
    Some(first)
}

fn range(r: &Range<'_>, field: &str, notes: &mut Notes<'_>) -> Option<Amount> {
    let low = r.low.as_ref().and_then(|q| quantity(q, &format!("{field}.low"), notes));
    let high = r.high.as_ref().and_then(|q| quantity(q, &format!("{field}.high"), notes));
    match (low, high) {
        (Some(l), Some(h)) if l.unit == h.unit && l.low <= h.high => {
            Some(Amount { low: l.low, high: h.high, unit: h.unit })
        }
        (Some(l), Some(h)) if l.unit == DoseUnit::Piece && l.low <= h.high => {
            Some(Amount { low: l.low, high: h.high, unit: h.unit })
        }
        (Some(l), Some(h)) => {
            notes.invalid(field, format!("{} {} to {} {} is no range", l.low, l.unit, h.high, h.unit));
            None
        }
        // "up to 2 tablets" has a top and no bottom; a bottom alone states no dose.
        (None, Some(h)) if r.low.is_none() => Some(Amount { low: 0.0, ..h }),
        (Some(_), None) if r.high.is_none() => {
            notes.invalid(field, "a dose range without its upper end states no dose");
            None
        }
        _ => None,
    }
}

/// A rate as mass per hour; others (mL per hour) have no unit in the model.
fn rate(r: &Ratio<'_>, field: &str, notes: &mut Notes<'_>) -> Option<Amount> {
    let (n, d) = (r.numerator.as_ref()?, r.denominator.as_ref()?);
    let amount = quantity(n, &format!("{field}.numerator"), notes)?;
    let per = d.value.map_or(1.0, |v| v.0);
    let hours = words::unit_words(d).find_map(words::hours).map(|h| h * per);
    let unit = match amount.unit {
        DoseUnit::Mg => DoseUnit::MgPerHour,
        DoseUnit::Microgram => DoseUnit::MicrogramPerHour,
        _ => {
            notes.add(
                ProblemKind::NotRead,
                field,
                format!("a rate in {} is not read", amount.unit),
                "State the rate as mass per hour.",
            );
            return None;
        }
    };
    match hours {
        Some(h) if h > 0.0 && h.is_finite() => {
            checked(amount.high / h, unit, field, notes).map(|v| Amount::exactly(v, unit))
        }
        _ => {
            notes.invalid(field, "the rate's time cannot be read");
            None
        }
    }
}

fn max_per_day(r: &Ratio<'_>, field: &str, notes: &mut Notes<'_>, out: &mut Dosing) {
    let (Some(n), Some(d)) = (&r.numerator, &r.denominator) else { return };
    let per = d.value.map_or(1.0, |v| v.0);
    let Some(hours) = words::unit_words(d).find_map(words::hours).map(|h| h * per) else {
        notes.invalid(field, "the limit's time cannot be read");
        return;
    };
    if (hours - 24.0).abs() > 0.01 {
        notes.add(
            ProblemKind::NotRead,
            field,
            format!("a limit per {hours:.1} hours is not read; only limits per 24 hours are"),
            "Check it by hand.",
        );
        return;
    }
    let counts_doses =
        words::unit_words(n).any(|w| w.trim_matches(['{', '}']).trim_end_matches('s') == "dose");
    let Some(amount) = quantity(n, &format!("{field}.numerator"), notes) else { return };
    if counts_doses {
        out.max_doses_per_day = Some(amount.high);
    } else {
        out.max_per_day = Some(amount);
    }
}
