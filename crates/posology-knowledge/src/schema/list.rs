//! `knowledge/classes/<id>.toml` and `knowledge/lists/<id>.toml`.
use super::common::{Confidence, Jurisdiction, SourceRef};
use super::substance::EffectKind;
use serde::{Deserialize, Serialize};

/// A class of substances.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassFile {
    /// Permanent id; equal to the file name.
    pub id: String,
    /// Name in the singular.
    pub name: String,
    /// Name in the plural.
    pub plural: String,
    /// Broader classes (ids).
    #[serde(default)]
    pub broader: Vec<String>,
    /// Effects that every member has unless it says why not.
    #[serde(default)]
    pub effects: Vec<EffectKind>,
    /// Members cross-react in allergy.
    #[serde(default)]
    pub cross_allergy: bool,
    /// Two members together are a duplication.
    #[serde(default)]
    pub duplicate: bool,
    /// What the class is, one sentence.
    #[serde(default)]
    pub description: Option<String>,
}

/// A published list of potentially inappropriate medication (Beers, STOPP).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListFile {
    /// Permanent id; equal to the file name.
    pub id: String,
    /// Name.
    pub name: String,
    /// Age in years from which it holds.
    pub age_from: f64,
    /// Entries.
    #[serde(rename = "entry")]
    pub entries: Vec<ListEntry>,
}

/// One entry of a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListEntry {
    /// Class id.
    #[serde(default)]
    pub class: Option<String>,
    /// Substance ids.
    #[serde(default)]
    pub substances: Vec<String>,
    /// Holds only with one of these conditions.
    #[serde(default)]
    pub conditions: Vec<String>,
    /// Does not hold where one of these conditions is treated.
    #[serde(default)]
    pub except_conditions: Vec<String>,
    /// Holds only together with this class.
    #[serde(default)]
    pub with_class: Option<String>,
    /// Recommendation in our words.
    pub recommendation: String,
    /// Why, in our words.
    pub rationale: String,
    /// Where.
    #[serde(default)]
    pub jurisdiction: Vec<Jurisdiction>,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}
