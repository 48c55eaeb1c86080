//! `knowledge/parameters/`, `knowledge/education/`, `knowledge/follow-up/`.
use super::common::{Confidence, Jurisdiction, SourceRef};
use super::dependence::Benefit;
use serde::{Deserialize, Serialize};

/// Numbers that rules need.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParameterFile {
    /// File name.
    pub id: String,
    /// Numbers.
    #[serde(rename = "parameter")]
    pub parameters: Vec<Parameter>,
}

/// One number.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Permanent id, kebab-case.
    pub id: String,
    /// Value.
    pub value: f64,
    /// Unit in words.
    pub unit: String,
    /// What it means.
    pub meaning: String,
    /// Where.
    #[serde(default)]
    pub jurisdiction: Vec<Jurisdiction>,
    /// `source-id#locator`; `policy` where it is a choice of this project that no source prints.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// What to tell a patient.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EducationFile {
    /// File name.
    pub id: String,
    /// Points.
    #[serde(default, rename = "point")]
    pub points: Vec<EducationPoint>,
    /// Benefits and harms with figures.
    #[serde(default, rename = "figure")]
    pub figures: Vec<Benefit>,
}

/// One point of education.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EducationPoint {
    /// Class or substance id.
    pub subject: String,
    /// `use`, `avoid`, `driving`, `storage`, `stopping`, `emergency`, `missed-dose`, `pregnancy`, `alcohol`, `other-medicines`.
    pub topic: String,
    /// Only where the patient also takes this class or substance.
    #[serde(default)]
    pub with: Option<String>,
    /// Plain English, at most two short sentences.
    pub text: String,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}

/// Dated follow-up.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUpFile {
    /// File name.
    pub id: String,
    /// Items.
    #[serde(rename = "item")]
    pub items: Vec<FollowUpItem>,
}

/// One look to take.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUpItem {
    /// Class or substance id.
    pub subject: String,
    /// `start` (after a start), `ongoing`, `stop` (after a stop or cut).
    pub event: String,
    /// Days after the event (`ongoing`: between looks).
    pub days: u32,
    /// What to look at.
    pub what: String,
    /// Why.
    pub why: String,
    /// Where.
    #[serde(default)]
    pub jurisdiction: Vec<Jurisdiction>,
    /// `source-id#locator`.
    pub source: SourceRef,
    /// How well founded.
    #[serde(default)]
    pub confidence: Confidence,
}
