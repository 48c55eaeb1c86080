//! The `[model]` table of `knowledge/kinetics/<substance>.toml`: parameters of a compartment model for simulation,
//! each with value, unit, meaning, spread between persons and source.
use super::common::{Confidence, SourceRef};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelParameter {
    /// Typical value (the median) in an adult of the reference weight without the covariates listed as effects.
    pub value: f64,
    /// Unit: `L/h`, `L`, `1/h`, `h`, `fraction` or `ratio`. The place of the parameter decides which one it must be.
    pub unit: String,
    /// What it means, in a few words.
    pub meaning: String,
    /// Coefficient of variation between persons, 0.3 is 30 %; absent where unknown, and then it does not vary.
    #[serde(default)]
    pub cv: Option<f64>,
    /// Where it comes from.
    pub source: SourceRef,
    /// How well it is founded.
    #[serde(default)]
    pub confidence: Confidence,
    /// How it was derived, and where sources disagree.
    #[serde(default)]
    pub note: Option<String>,
}

/// First-order absorption by one route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelAbsorption {
    /// Rate constant, `1/h`.
    pub rate: ModelParameter,
    /// Delay, `h`; none where absent.
    #[serde(default)]
    pub lag: Option<ModelParameter>,
    /// Share of the dose that arrives as parent, `fraction`.
    pub bioavailability: ModelParameter,
    /// Share of the dose that arrives as first metabolite without passing through the parent, `fraction`.
    #[serde(default)]
    pub presystemic: Option<ModelParameter>,
}

/// From what a metabolite is formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelPrecursor {
    /// The parent.
    #[default]
    Parent,
    /// The first metabolite.
    FirstMetabolite,
}

/// An active metabolite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelMetabolite {
    /// Name; the id of a substance where one exists.
    pub substance: String,
    /// From what it is formed.
    #[serde(default)]
    pub precursor: ModelPrecursor,
    /// Share of the precursor's clearance that forms it, `fraction`.
    pub formed: ModelParameter,
    /// Molar mass over that of the precursor, `ratio`.
    pub mass_ratio: ModelParameter,
    /// Clearance, `L/h`.
    pub clearance: ModelParameter,
    /// Volume, `L`.
    pub volume: ModelParameter,
}

/// What a parameter depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Covariate {
    /// Years; `reference`, `per_unit`, `from` and `to` apply.
    Age,
    /// Kilograms; `reference` and `exponent` apply.
    Weight,
    Female,
    Cirrhosis,
    RenalImpairment,
    Smoker,
    #[serde(rename = "cyp2c19-poor")]
    Cyp2c19Poor,
    #[serde(rename = "cyp2c19-intermediate")]
    Cyp2c19Intermediate,
    #[serde(rename = "cyp2d6-poor")]
    Cyp2d6Poor,
    #[serde(rename = "cyp3a5-expresser")]
    Cyp3a5Expresser,
    #[serde(rename = "ugt2b15-poor")]
    Ugt2b15Poor,
    #[serde(rename = "cyp2c19-rapid")]
    Cyp2c19Rapid,
    #[serde(rename = "cyp2c19-ultrarapid")]
    Cyp2c19Ultrarapid,
    #[serde(rename = "cyp2d6-intermediate")]
    Cyp2d6Intermediate,
    #[serde(rename = "cyp2d6-rapid")]
    Cyp2d6Rapid,
    #[serde(rename = "cyp2d6-ultrarapid")]
    Cyp2d6Ultrarapid,
    /// One working allele; an expresser has two.
    #[serde(rename = "cyp3a5-intermediate")]
    Cyp3a5Intermediate,
    #[serde(rename = "ugt2b15-intermediate")]
    Ugt2b15Intermediate,
    #[serde(rename = "ugt2b15-rapid")]
    Ugt2b15Rapid,
    #[serde(rename = "ugt2b15-ultrarapid")]
    Ugt2b15Ultrarapid,
}

/// Which parameter an effect multiplies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EffectOn {
    /// The parent's whole clearance.
    Clearance,
    /// Every volume of the parent.
    Volumes,
    /// The share of the parent's clearance that forms the first metabolite (the rest stays as it is).
    FirstFormation,
    /// Clearance of the first metabolite.
    FirstClearance,
    /// Volume of the first metabolite.
    FirstVolume,
    /// Clearance of the second metabolite.
    SecondClearance,
}

/// How a covariate changes a parameter: by a `factor`, by `per_unit` a year around a `reference`, or by a power of
/// the weight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelEffect {
    /// What it depends on.
    pub covariate: Covariate,
    /// What it multiplies.
    pub on: EffectOn,
    /// The factor where the covariate is present.
    #[serde(default)]
    pub factor: Option<f64>,
    /// Value of a continuous covariate at which nothing changes.
    #[serde(default)]
    pub reference: Option<f64>,
    /// Relative change for each unit above the reference.
    #[serde(default)]
    pub per_unit: Option<f64>,
    /// Power of covariate over reference.
    #[serde(default)]
    pub exponent: Option<f64>,
    /// Smallest value of the covariate that the source covers; below it the effect stays what it is there.
    #[serde(default)]
    pub from: Option<f64>,
    /// Largest value of the covariate that the source covers.
    #[serde(default)]
    pub to: Option<f64>,
    /// Only in men (`false`), only in women (`true`); both where absent.
    #[serde(default)]
    pub female: Option<bool>,
    /// Where it comes from.
    pub source: SourceRef,
    /// How well it is founded.
    #[serde(default)]
    pub confidence: Confidence,
    /// Derivation and disagreement.
    #[serde(default)]
    pub note: Option<String>,
}

/// A compartment model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KineticModel {
    /// What the parent compartment holds, where it is not the substance itself: a prodrug is followed as its product.
    #[serde(default)]
    pub measures: Option<String>,
    /// Mass of what is measured per mass of labelled dose (salt, prodrug), `ratio`; 1 where absent.
    #[serde(default)]
    pub dose_factor: Option<ModelParameter>,
    /// Clearance, `L/h`.
    pub clearance: ModelParameter,
    /// Central volume, `L`.
    pub central_volume: ModelParameter,
    /// Peripheral volume, `L`; with `flow` or not at all.
    #[serde(default)]
    pub peripheral_volume: Option<ModelParameter>,
    /// Flow between the compartments, `L/h`.
    #[serde(default)]
    pub flow: Option<ModelParameter>,
    /// Whether it may be given into a vein.
    #[serde(default)]
    pub intravenous: bool,
    /// Absorption by route: `oral`, `sublingual`, `intramuscular`, `rectal`, `nasal`.
    #[serde(default)]
    pub absorption: BTreeMap<String, ModelAbsorption>,
    /// Metabolites, at most two.
    #[serde(default)]
    pub metabolite: Vec<ModelMetabolite>,
    /// Covariates.
    #[serde(default)]
    pub effect: Vec<ModelEffect>,
    /// Limits of the model in words.
    #[serde(default)]
    pub limits: Option<String>,
}
