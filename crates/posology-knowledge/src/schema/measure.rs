//! `knowledge/measures/<id>.toml`: what an observation in a record means.
use serde::{Deserialize, Serialize};

/// A measurement or a stated fact about the patient.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureFile {
    /// Permanent id; equal to the file name.
    pub id: String,
    /// Name.
    pub name: String,
    /// LOINC codes.
    #[serde(default)]
    pub loinc: Vec<String>,
    /// SNOMED CT codes.
    #[serde(default)]
    pub snomed: Vec<String>,
    /// Words by which a text names it.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// UCUM unit in which the engine keeps it; absent for coded answers.
    #[serde(default)]
    pub unit: Option<String>,
    /// Lowest and highest plausible value in that unit; outside is a problem of the record.
    #[serde(default)]
    pub plausible: Option<[f64; 2]>,
    /// Days for which a value stays current.
    #[serde(default)]
    pub current_days: Option<u32>,
    /// Laboratory test that `monitoring` can ask for.
    #[serde(default)]
    pub laboratory: bool,
}
