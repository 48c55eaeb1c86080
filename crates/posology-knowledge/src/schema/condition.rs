//! `knowledge/conditions/<id>.toml`: diseases, states and indications.
use super::common::{Confidence, Jurisdiction, SourceRef};
use serde::{Deserialize, Serialize};

/// One condition.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionFile {
    /// Permanent id; equal to the file name.
    pub id: String,
    /// Name.
    pub name: String,
    /// Words and phrases by which a text names it.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// Broader conditions (ids) that it is a kind of.
    #[serde(default)]
    pub broader: Vec<String>,
    /// SNOMED CT codes.
    #[serde(default)]
    pub snomed: Vec<String>,
    /// ICD-10 or ICD-10-CM codes or prefixes.
    #[serde(default)]
    pub icd10: Vec<String>,
    /// The condition, once recorded, stays relevant even when recorded as resolved (substance use disorder, withdrawal seizures).
    #[serde(default)]
    pub persists: bool,
    /// A setting that silences rules: `palliative`, `intensive-care`, `procedural-sedation`, `seizure-rescue`, `supervised-withdrawal`.
    #[serde(default)]
    pub context: Option<String>,
    /// First-line treatments.
    #[serde(default)]
    pub first_line: Vec<FirstLine>,
    /// Remark.
    #[serde(default)]
    pub note: Option<String>,
}

/// First-line treatment of a condition.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstLine {
    /// The treatment in words.
    pub text: String,
    /// Where.
    #[serde(default)]
    pub jurisdiction: Vec<Jurisdiction>,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}
