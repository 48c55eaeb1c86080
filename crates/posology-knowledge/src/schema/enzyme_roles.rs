//! What a substance is to the enzymes: cleared by them, blocking them, or raising their amount.
//!
//! These tables stand in `knowledge/kinetics/<substance>.toml`. Strength is numeric; "strong" or "weak" is derived
//! from the numbers by `posology_kinetics::exposure`, never written down.
use super::common::{Confidence, SourceRef};
use serde::{Deserialize, Serialize};

/// Other names under which published tables write the substance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleNames {
    /// Names, in any case; hyphens and spaces are alike.
    pub also: Vec<String>,
}

/// Hepatic extraction of the unchanged drug, where it is high enough to matter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hepatic {
    /// Hepatic extraction ratio after an intravenous dose, 0 to below 1 (well-stirred liver).
    pub extraction: f64,
    /// Fraction of systemic clearance that is renal and unaffected by enzymes, 0 to 1.
    #[serde(default)]
    pub renal: f64,
    /// Where the figure is from.
    pub source: SourceRef,
    /// How well it is founded.
    #[serde(default)]
    pub confidence: Confidence,
    /// A remark.
    #[serde(default)]
    pub note: Option<String>,
}

/// The share of an oral dose that survives the gut wall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gut {
    /// Fraction that escapes the gut wall, above 0 to 1 (for P-gp: fraction absorbed).
    pub fg: f64,
    /// The enzyme or transporter responsible.
    pub enzyme: String,
    /// Lower end of the published range of `fg`.
    #[serde(default)]
    pub low: Option<f64>,
    /// Upper end of the published range of `fg`.
    #[serde(default)]
    pub high: Option<f64>,
    /// Where the figure is from.
    pub source: SourceRef,
    /// How well it is founded.
    #[serde(default)]
    pub confidence: Confidence,
    /// A remark.
    #[serde(default)]
    pub note: Option<String>,
}

/// One pathway by which the substance is cleared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Substrate {
    /// The enzyme or transporter, for instance `CYP2C19`.
    pub enzyme: String,
    /// Fraction of systemic clearance, above 0 to 1.
    pub fm: f64,
    /// Lower end of the plausible range.
    #[serde(default)]
    pub low: Option<f64>,
    /// Upper end of the plausible range.
    #[serde(default)]
    pub high: Option<f64>,
    /// Active metabolite formed by this pathway.
    #[serde(default)]
    pub produces: Option<String>,
    /// Fraction of this pathway's clearance that forms it, above 0 to 1; all of it where absent.
    #[serde(default)]
    pub produces_fraction: Option<f64>,
    /// Where the figure is from.
    pub source: SourceRef,
    /// How well it is founded.
    #[serde(default)]
    pub confidence: Confidence,
    /// A remark.
    #[serde(default)]
    pub note: Option<String>,
}

/// An active metabolite and its weight beside the parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActiveMetabolite {
    /// Id of the metabolite; its own roles stand in its own file.
    pub substance: String,
    /// AUC of the metabolite over AUC of the parent at steady state, no interacting drug.
    pub auc_to_parent: f64,
    /// Effect of one unit of metabolite concentration in units of the parent.
    pub potency: f64,
    /// Where the figures are from.
    pub source: SourceRef,
    /// How well they are founded.
    #[serde(default)]
    pub confidence: Confidence,
    /// A remark.
    #[serde(default)]
    pub note: Option<String>,
}

/// How an inhibitor blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InhibitionMechanism {
    /// Reversible: follows the concentration of the inhibitor.
    Competitive,
    /// Destroys enzyme: builds up and wears off with the turnover of the enzyme.
    MechanismBased,
}

/// Strength of inhibition at one daily dose. The first point is the usual dose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InhibitionPoint {
    /// Daily dose, mg (or the unit named by `dose_unit`).
    pub dose_mg_per_day: f64,
    /// Hepatic activity that remains at steady state, above 0 to 1.
    pub remaining: f64,
    /// Activity that remains in the gut wall; derived from `remaining` where absent.
    #[serde(default)]
    pub gut_remaining: Option<f64>,
}

/// One enzyme that the substance inhibits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inhibits {
    /// The enzyme or transporter.
    pub enzyme: String,
    /// How it blocks.
    pub mechanism: InhibitionMechanism,
    /// Strength by dose; a Hill curve runs through the points.
    pub at: Vec<InhibitionPoint>,
    /// Unit of the dose where it is not milligram (`mL` of juice, `cigarettes`).
    #[serde(default)]
    pub dose_unit: Option<String>,
    /// Half-life that governs build-up and wearing off of the inhibitor itself, h.
    #[serde(default)]
    pub half_life_h: Option<f64>,
    /// Where the figures are from.
    pub source: SourceRef,
    /// How well they are founded.
    #[serde(default)]
    pub confidence: Confidence,
    /// A remark.
    #[serde(default)]
    pub note: Option<String>,
}

/// Strength of induction at one daily dose. The first point is the usual dose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InductionPoint {
    /// Daily dose, mg (or the unit named by `dose_unit`).
    pub dose_mg_per_day: f64,
    /// Hepatic activity at steady state over baseline, 1 or more.
    pub fold: f64,
    /// The same in the gut wall; derived from `fold` where absent.
    #[serde(default)]
    pub gut_fold: Option<f64>,
}

/// One enzyme that the substance induces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Induces {
    /// The enzyme or transporter.
    pub enzyme: String,
    /// Strength by dose.
    pub at: Vec<InductionPoint>,
    /// Unit of the dose where it is not milligram.
    #[serde(default)]
    pub dose_unit: Option<String>,
    /// Where the figures are from.
    pub source: SourceRef,
    /// How well they are founded.
    #[serde(default)]
    pub confidence: Confidence,
    /// A remark.
    #[serde(default)]
    pub note: Option<String>,
}
