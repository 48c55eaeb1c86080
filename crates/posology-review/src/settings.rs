//! What a review is asked with.
use posology_knowledge::schema::Jurisdiction;
use posology_model::Date;
use serde::{Deserialize, Serialize};

/// Settings of a review.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Date of the review. The engine never reads a clock.
    pub as_of: Date,
    /// Whose labels and guidelines hold.
    pub jurisdiction: Jurisdiction,
    /// Findings that a clinician knows and accepts.
    pub suppressions: Vec<Suppression>,
}

impl Settings {
    /// Settings for a date in the United States, nothing suppressed.
    pub fn at(as_of: Date) -> Self {
        Self { as_of, jurisdiction: Jurisdiction::Us, suppressions: Vec::new() }
    }
}

/// "Known, monitored until DATE": silences one finding until the date, or until the drugs or doses behind it change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// Rule.
    pub rule: String,
    /// What was accepted: drugs and doses, as [`crate::fingerprint`] makes it.
    pub fingerprint: String,
    /// Last day on which it holds.
    pub until: Date,
    /// Why, in the clinician's words.
    #[serde(default)]
    pub reason: String,
}
