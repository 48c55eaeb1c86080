//! Free-text dosage instructions.
use posology_model::Dosing;

/// Reads one instruction. Until the grammar stands, every text is a reading of confidence `Low` without numbers.
pub fn read(text: &str) -> Dosing {
    Dosing {
        text: Some(text.to_owned()),
        not_understood: (!text.trim().is_empty()).then(|| text.trim().to_owned()),
        ..Dosing::default()
    }
}

/// Reads a text that may hold several instructions: taken side by side (`sequence` absent) or one after the other (`sequence` 1, 2, ...).
pub fn read_all(text: &str) -> Vec<Dosing> {
    vec![read(text)]
}
