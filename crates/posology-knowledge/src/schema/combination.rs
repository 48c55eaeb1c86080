//! `knowledge/combinations/<id>.toml`: names of products with several ingredients that RxNorm does not give: UK co-names, trade names of other
//! countries, trade names that left the market and still stand in lists.
use super::common::{Confidence, Jurisdiction, SourceRef};
use serde::{Deserialize, Serialize};

/// A file of names.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CombinationFile {
    /// Permanent id; equal to the file name.
    pub id: String,
    /// The names.
    #[serde(rename = "combination")]
    pub combinations: Vec<Combination>,
}

/// One combination.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Combination {
    /// Name as written.
    pub name: String,
    /// Other names and trade names of the same combination with the same strengths.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// Substance ids, in the order in which strengths are written.
    pub ingredients: Vec<String>,
    /// Names of further ingredients that the knowledge does not hold; their strengths come last.
    #[serde(default)]
    pub others: Vec<String>,
    /// Products. None: the strengths are not kept, and the dose stays unknown unless it is written.
    #[serde(default, rename = "product")]
    pub products: Vec<CombinationProduct>,
    /// Markets.
    #[serde(default)]
    pub jurisdiction: Vec<Jurisdiction>,
    /// Remark.
    #[serde(default)]
    pub note: Option<String>,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// One strength of a combination.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CombinationProduct {
    /// Dose form; absent: any solid form.
    #[serde(default)]
    pub form: Option<String>,
    /// Milligrams of each ingredient per piece.
    #[serde(default)]
    pub strengths_mg: Vec<f64>,
    /// Milligrams of each ingredient per mL.
    #[serde(default)]
    pub strengths_mg_per_ml: Vec<f64>,
    /// Words or numbers that mean this strength by themselves: `forte`, `ds`, `625`.
    #[serde(default)]
    pub written: Vec<String>,
}
