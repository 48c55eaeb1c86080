//! What the tools take.
use schemars::JsonSchema;
use serde::Deserialize;

/// Of `review`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewParams {
    /// FHIR R4 JSON (a Bundle of one patient), or a plain list such as "age: 67\ndiazepam 5 mg tablet, 1 three times a day"
    pub record: String,
    /// Proposed starts or changes, in words: "diazepam 5 mg tablet twice a day for anxiety"
    #[serde(default)]
    pub orders: Vec<String>,
    /// Names of drugs that are to be stopped
    #[serde(default)]
    pub stops: Vec<String>,
    /// Date of the review as 2026-11-24; today where absent
    #[serde(default)]
    pub as_of: Option<String>,
    /// us or uk
    #[serde(default)]
    pub jurisdiction: Option<String>,
}

/// Of `interactions`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InteractionsParams {
    /// Two or more drugs: ["diazepam", "fluvoxamine 100 mg"]
    pub drugs: Vec<String>,
    /// us or uk
    #[serde(default)]
    pub jurisdiction: Option<String>,
}

/// Of `taper`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaperParams {
    /// Name of the drug
    pub drug: String,
    /// What is taken now: daily dose in mg
    pub daily_mg: f64,
    /// Doses a day, 1 to 8
    #[serde(default)]
    pub times_per_day: Option<u32>,
    /// First day of the first lower dose, as 2026-12-01
    #[serde(default)]
    pub start: Option<String>,
    /// Id of a guideline; the usual one for the drug where absent
    #[serde(default)]
    pub guideline: Option<String>,
    /// us or uk
    #[serde(default)]
    pub jurisdiction: Option<String>,
}

/// Of `drug`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DrugParams {
    /// Name, brand or id
    pub name: String,
    /// us or uk: only what holds there
    #[serde(default)]
    pub jurisdiction: Option<String>,
}

/// Of `rule`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleParams {
    /// Permanent id, as findings name it; all rules where absent
    #[serde(default)]
    pub id: Option<String>,
}
