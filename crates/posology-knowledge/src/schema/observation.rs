//! Published concentrations and derived figures, in `knowledge/observations/concentrations-*.toml`: what simulations
//! are held against.
use super::common::{Confidence, SourceRef};
use serde::{Deserialize, Serialize};

/// A file of observations of one substance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConcentrationObservations {
    /// Substance that was given.
    pub substance: String,
    /// The observations.
    pub observation: Vec<ConcentrationObservation>,
}

/// What was observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// Highest concentration, `ng/mL`.
    Peak,
    /// Time of the highest concentration, `h`.
    PeakTime,
    /// Area under the curve to infinity (to `at_h` where given), `ng*h/mL`.
    Area,
    /// Terminal half-life, `h`.
    HalfLife,
    /// Concentration at `at_h`, `ng/mL`.
    Concentration,
    /// Concentration just before a dose, at `at_h`, `ng/mL`.
    Trough,
    /// Mean concentration at steady state, `ng/mL`.
    SteadyMean,
    /// Concentration of the output over that of the parent at `at_h`, `ratio`.
    RatioToParent,
    /// Area of the output over that of the parent, `ratio`.
    AreaRatioToParent,
}

/// How the printed spread is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpreadKind {
    /// Standard deviation between persons.
    Sd,
    /// Standard error of the mean.
    Sem,
    /// A stated range: `low` and `high`.
    Range,
    /// The source prints none: the tolerance is two-fold.
    None,
}

/// One observed figure and the regimen under which it was observed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConcentrationObservation {
    /// Permanent id within the file.
    pub id: String,
    /// What was observed.
    pub quantity: Quantity,
    /// Substance measured: the one given, what the model measures, or a metabolite.
    pub of: String,
    /// Figure in the unit of the quantity.
    pub value: f64,
    /// Spread.
    pub spread: SpreadKind,
    /// Standard deviation or error as printed.
    #[serde(default)]
    pub spread_value: Option<f64>,
    /// Lower end of a range.
    #[serde(default)]
    pub low: Option<f64>,
    /// Upper end of a range.
    #[serde(default)]
    pub high: Option<f64>,
    /// Number of subjects.
    #[serde(default)]
    pub subjects: Option<u32>,
    /// Who they were, in words.
    pub population: String,
    /// One dose as labelled, mg.
    pub dose_mg: f64,
    /// Route.
    pub route: String,
    /// Interval, for repeated doses.
    #[serde(default)]
    pub every_h: Option<f64>,
    /// Number of doses, for repeated doses.
    #[serde(default)]
    pub doses: Option<u32>,
    /// Time after the first dose to which the figure belongs.
    #[serde(default)]
    pub at_h: Option<f64>,
    /// Mean age in years, where the model has an effect of age.
    #[serde(default)]
    pub age: Option<f64>,
    /// Women only (`true`), men only (`false`).
    #[serde(default)]
    pub female: Option<bool>,
    /// Other covariates present in all subjects, as the model's effects name them.
    #[serde(default)]
    pub covariates: Vec<super::kinetic_model::Covariate>,
    /// Whether a parameter of the model was taken from, or fitted to, this study.
    pub in_sample: bool,
    /// Why the model is expected to miss it, where it does: a known limit, shown on the page and still compared.
    #[serde(default)]
    pub expected_miss: Option<String>,
    /// Where it comes from.
    pub source: SourceRef,
    /// How well it is founded.
    #[serde(default)]
    pub confidence: Confidence,
    /// Remark.
    #[serde(default)]
    pub note: Option<String>,
}
