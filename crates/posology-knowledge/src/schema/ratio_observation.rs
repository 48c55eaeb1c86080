//! Published exposure ratios, in `knowledge/observations/auc-ratios*.toml`: what was measured, for calibration,
//! for tests, and to stand beside a prediction.
use super::common::{Confidence, SourceRef};
use serde::{Deserialize, Serialize};

/// A file of observed ratios.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatioObservations {
    /// The observations.
    pub ratio: Vec<RatioObservation>,
}

/// How the figure reached this file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Read in the abstract, label or paper itself.
    Primary,
    /// Read in a compilation that names the primary study.
    Compilation,
    /// From memory of the literature, still to be read again.
    Recalled,
}

/// One observed AUC ratio: exposure with the perpetrators over exposure without them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatioObservation {
    /// Id of the victim.
    pub victim: String,
    /// Ids of the perpetrators.
    pub perpetrators: Vec<String>,
    /// Dose and duration of the perpetrator, as the study states it.
    pub regimen: String,
    /// Route of the victim: `PO` or `IV`.
    pub route: String,
    /// AUC ratio (or the inverse of the clearance ratio), above 0.
    pub ratio: f64,
    /// Study, first author and year; ratios of one study share it.
    pub study: String,
    /// The journal or label.
    pub source: SourceRef,
    /// How well it is founded.
    #[serde(default)]
    pub confidence: Confidence,
    /// How the figure reached this file.
    pub evidence: Evidence,
    /// Number of subjects.
    #[serde(default)]
    pub subjects: Option<u32>,
    /// Phenotype of the subjects, for instance `CYP2C19 poor`.
    #[serde(default)]
    pub phenotype: Option<String>,
    /// Used for calibration and scoring; false for a maximum, a doubtful attribution.
    #[serde(default = "yes")]
    pub calibrate: bool,
    /// A pair without an expected effect.
    #[serde(default)]
    pub negative_control: bool,
    /// A remark.
    #[serde(default)]
    pub note: Option<String>,
}

fn yes() -> bool {
    true
}
