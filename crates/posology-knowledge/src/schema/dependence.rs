//! `knowledge/dependence/`, `knowledge/equivalence/`, `knowledge/mme/`, `knowledge/benefits/`.
use super::common::{Confidence, SourceRef};
use serde::{Deserialize, Serialize};

/// One source's table of doses equivalent to a reference dose.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EquivalenceFile {
    /// Permanent id; equal to the file name.
    pub id: String,
    /// Name of the table.
    pub name: String,
    /// Reference substance id.
    pub reference: String,
    /// Reference dose, mg oral.
    pub reference_mg: f64,
    /// Rows.
    #[serde(rename = "equivalent")]
    pub rows: Vec<EquivalentDose>,
}

/// One cell (or range) of an equivalence table.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EquivalentDose {
    /// Substance id.
    pub substance: String,
    /// Low and high mg that the source gives; equal where it gives one figure.
    pub mg: [f64; 2],
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// Likelihood of physical dependence by use.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DependenceFile {
    /// Permanent id; equal to the file name.
    pub id: String,
    /// Name.
    pub name: String,
    /// Class id that it is about.
    pub class: String,
    /// Bands, first match wins.
    #[serde(rename = "risk")]
    pub risks: Vec<RiskBand>,
    /// Drug-specific bounds of the dose bands.
    #[serde(rename = "dose_band")]
    pub dose_bands: Vec<DoseBand>,
}

/// One row: days a week, duration and dose band to a likelihood.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskBand {
    /// Days a week from.
    pub days_per_week_from: f64,
    /// Days a week to (inclusive).
    pub days_per_week_to: f64,
    /// Days of use from.
    pub days_from: u32,
    /// Days of use to (exclusive); absent is no end.
    #[serde(default)]
    pub days_to: Option<u32>,
    /// Dose bands: `low`, `moderate`, `high`; empty is any.
    #[serde(default)]
    pub bands: Vec<String>,
    /// `rare`, `possible`, `lower`, `likely`.
    pub likelihood: String,
    /// In words.
    pub text: String,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// Dose bands of one substance, mg a day.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoseBand {
    /// Substance id.
    pub substance: String,
    /// Low is up to and including this.
    pub low_to_mg: f64,
    /// High is above this; between the two is moderate.
    pub high_above_mg: f64,
    /// Printed by the source for this drug (true), or derived from an equivalence table (false).
    pub printed: bool,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// Morphine-equivalence factors of one source.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MmeFile {
    /// Permanent id; equal to the file name.
    pub id: String,
    /// Name.
    pub name: String,
    /// Rows.
    #[serde(rename = "factor")]
    pub rows: Vec<MmeFactor>,
}

/// One factor.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MmeFactor {
    /// Substance id.
    pub substance: String,
    /// Route it holds for.
    pub route: String,
    /// MME per mg (for patches: per microgram per hour).
    pub factor: f64,
    /// `mg` or `mcg-per-hour`.
    pub per: String,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// A benefit or harm with absolute figures, for the decision sheet.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benefit {
    /// Class or substance id.
    pub subject: String,
    /// `benefit`, `harm-of-use`, `harm-of-stopping`.
    pub kind: String,
    /// Condition id, where bound to one.
    #[serde(default)]
    pub condition: Option<String>,
    /// One sentence with the figure.
    pub text: String,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}
