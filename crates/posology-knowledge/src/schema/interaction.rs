//! `knowledge/interactions/<id>.toml`: interactions that cannot be derived from properties, or whose severity is stated by a source.
use super::common::{Confidence, Jurisdiction, SourceRef};
use serde::{Deserialize, Serialize};

/// One side of an interaction: exactly one of the fields is given.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Participant {
    /// A class id.
    #[serde(default)]
    pub class: Option<String>,
    /// A substance id.
    #[serde(default)]
    pub substance: Option<String>,
    /// Any of these substances.
    #[serde(default)]
    pub substances: Vec<String>,
    /// Members to leave out of a class.
    #[serde(default)]
    pub except: Vec<String>,
    /// Routes; empty is all.
    #[serde(default)]
    pub route: Vec<String>,
    /// Dose forms (a liquid that contains alcohol); empty is all.
    #[serde(default)]
    pub form: Vec<String>,
    /// Daily dose in mg from which it holds.
    #[serde(default)]
    pub min_daily_mg: Option<f64>,
}

/// Severity that depends on the patient.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InteractionModifier {
    /// Condition id that must be present.
    #[serde(default)]
    pub condition: Option<String>,
    /// Age in years from.
    #[serde(default)]
    pub age_from: Option<f64>,
    /// Only while the perpetrator or either drug is newly started (days since start below this).
    #[serde(default)]
    pub started_within_days: Option<u32>,
    /// Severity then.
    pub severity: String,
    /// Why.
    pub why: String,
}

/// One interaction.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InteractionFile {
    /// Permanent id; equal to the file name.
    pub id: String,
    /// First side (the perpetrator where there is one).
    pub a: Participant,
    /// Second side (the victim where there is one).
    pub b: Participant,
    /// `critical`, `serious`, `caution` or `note`.
    pub severity: String,
    /// `pharmacokinetic`, `pharmacodynamic` or `mixed`.
    pub kind: String,
    /// What happens, one sentence.
    pub effect: String,
    /// By what mechanism, one sentence.
    pub mechanism: String,
    /// What to do, one or two sentences. Never advises more of a controlled drug.
    pub management: String,
    /// Weight of evidence: `label`, `controlled-study`, `observational`, `case-reports`, `theoretical`.
    pub evidence: String,
    /// What to watch and for how long.
    #[serde(default)]
    pub monitoring: Option<String>,
    /// Where.
    #[serde(default)]
    pub jurisdiction: Vec<Jurisdiction>,
    /// Severity by context.
    #[serde(default, rename = "when")]
    pub modifiers: Vec<InteractionModifier>,
    /// A member of a published list: `onc-high`, `onc-low`.
    #[serde(default)]
    pub lists: Vec<String>,
    /// A more specific rule reports this pair; the generic pair rule stays silent: the rule's id.
    #[serde(default)]
    pub reported_by: Option<String>,
    /// References, the first is the main one.
    pub sources: Vec<SourceRef>,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}
