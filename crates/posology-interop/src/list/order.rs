//! Proposed changes given as a text.
use super::dates::Locale;
use super::drug;
use posology_model::{EntryKind, MedicationEntry, Order, OrderAction};

/// Reads a proposed change: `diazepam 20 mg tablet three times a day for social anxiety`, or `stop fluvoxamine`.
///
/// A text that names no drug is kept as the text of the medication, so that it is reported as not recognised; an instruction that was not
/// understood stands in `not_understood` of its dosing.
pub fn read_order(text: &str) -> Order {
    let t = text.trim();
    let lower = t.to_ascii_lowercase();
    let after =
        |word: &str| lower.strip_prefix(word).map(|r| t[t.len() - r.len()..].trim_start_matches([' ', ':']));
    for word in ["stop ", "stop:", "discontinue ", "end "] {
        if let Some(rest) = after(word) {
            return Order { action: OrderAction::Stop, medication: medication(rest) };
        }
    }
    let rest = ["start ", "start:", "order:", "add ", "begin "].iter().find_map(|w| after(w)).unwrap_or(t);
    Order { action: OrderAction::Start, medication: medication(rest) }
}

/// Reads the drug of a proposed stop: `fluvoxamine`.
pub fn read_stop(text: &str) -> Order {
    Order { action: OrderAction::Stop, medication: read_order(text).medication }
}

fn medication(text: &str) -> MedicationEntry {
    let mut problems = Vec::new();
    drug::read(text, "order", Locale::Unstated, &mut problems).unwrap_or_else(|| MedicationEntry {
        path: "order".to_owned(),
        kind: EntryKind::Listed,
        text: Some(text.trim().to_owned()),
        ..MedicationEntry::default()
    })
}
