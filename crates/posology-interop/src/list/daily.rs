//! A drug with the dose of a day, as people write it when they ask what drugs do together.
use super::order::read_order;
use posology_model::{Amount, Dosing, EntryKind, Frequency, MedicationEntry, ReadConfidence};

/// Reads a drug with or without its dose: `fluvoxamine 100 mg`. A mass without a frequency is taken as the dose of a day, which is said in
/// `assumed` of its dosing.
pub fn read_daily(text: &str) -> MedicationEntry {
    let mut entry = MedicationEntry { kind: EntryKind::Listed, ..read_order(text).medication };
    let timed = entry.dosing.iter().any(|d| d.frequency.is_some() || !d.day_parts.is_empty() || d.as_needed);
    if timed {
        return entry;
    }
    let said = entry.dosing.iter().flat_map(|d| &d.amounts).find(|a| a.unit.in_mg().is_some()).copied();
    if let Some(amount) = said.or_else(|| mass(entry.text.as_deref().unwrap_or_default())) {
        entry.dosing = vec![Dosing {
            text: Some(text.to_owned()),
            amounts: vec![amount],
            frequency: Some(Frequency::per_day(1.0)),
            confidence: ReadConfidence::Medium,
            assumed: vec!["the dose given is the dose of a day".to_owned()],
            ..Dosing::default()
        }];
    }
    entry
}

/// The first mass in a text: `100 mg`, `50mcg`.
fn mass(text: &str) -> Option<Amount> {
    crate::sig::read_all(text)
        .iter()
        .flat_map(|d| &d.amounts)
        .find(|a| a.unit.in_mg().is_some())
        .copied()
        .or_else(|| {
            let words: Vec<&str> = text.split_whitespace().collect();
            words.windows(2).find_map(|w| {
                let value: f64 = w[0].parse().ok().filter(|v: &f64| v.is_finite() && *v > 0.0)?;
                let unit = w[1]
                    .to_lowercase()
                    .parse()
                    .ok()
                    .filter(|u: &posology_model::DoseUnit| u.in_mg().is_some())?;
                Some(Amount::exactly(value, unit))
            })
        })
}
