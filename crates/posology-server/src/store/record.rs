//! What is kept: never a name, never an order; the input only where the operator asked for it.
use jiff::Timestamp;
use jiff::civil::Date;
use posology_model::Review;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A finding as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Rule.
    pub rule: String,
    /// Severity.
    pub severity: String,
    /// Place of its card, where it has one of its own.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub slot: Option<u8>,
    /// Drugs and doses behind it.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub print: String,
}

/// A review that was answered.
#[derive(Debug, Clone)]
pub struct ReviewRecord {
    /// Number.
    pub id: u64,
    /// When.
    pub at: Timestamp,
    /// Through which door: `order-sign`, `fhir`, `rxnav`, `mcp`, ...
    pub door: &'static str,
    /// Date of the review.
    pub as_of: Date,
    /// `us` or `uk`.
    pub jurisdiction: String,
    /// Version of the knowledge.
    pub knowledge: String,
    /// SHA-256 of the input.
    pub input_hash: [u8; 32],
    /// Stands for the patient; empty where none is named.
    pub patient_key: String,
    /// Findings in the order of the review.
    pub findings: Vec<Shown>,
    /// Facts behind the review: `substance:...`, `rule:...`, `source#locator`. Sorted.
    pub facts: Vec<String>,
    /// The input, where it is to be kept.
    pub input: Option<String>,
}

impl ReviewRecord {
    /// From a review. Cards are added by the caller.
    pub fn new(id: u64, at: Timestamp, door: &'static str, review: &Review, input: &[u8]) -> Self {
        let findings = review
            .findings
            .iter()
            .map(|f| Shown {
                rule: f.rule.to_string(),
                severity: f.severity.as_str().into(),
                slot: None,
                print: String::new(),
            })
            .collect();
        Self {
            id,
            at,
            door,
            as_of: review.as_of,
            jurisdiction: review.jurisdiction.clone(),
            knowledge: review.knowledge_version.clone(),
            input_hash: Sha256::digest(input).into(),
            patient_key: String::new(),
            findings,
            facts: facts(review),
            input: None,
        }
    }
}

/// The facts that a review stands on: every drug it looked at, every rule that spoke, every figure cited.
pub fn facts(review: &Review) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(64);
    out.extend(review.exposures.iter().map(|e| format!("substance:{}", e.substance.id)));
    out.extend(review.findings.iter().map(|f| format!("rule:{}", f.rule)));
    out.extend(review.silenced.iter().map(|f| format!("rule:{}", f.rule)));
    let cited = review
        .findings
        .iter()
        .flat_map(|f| &f.evidence)
        .chain(review.benefits.iter().flat_map(|b| &b.evidence))
        .chain(review.education.iter().flat_map(|e| &e.evidence));
    out.extend(cited.map(|e| format!("{}#{}", e.source_id, e.locator)));
    out.extend(review.follow_up.iter().filter_map(|f| f.source.clone()));
    out.sort_unstable();
    out.dedup();
    out
}

/// Feedback on one card.
#[derive(Debug, Clone)]
pub struct FeedbackRecord {
    /// When it came.
    pub at: Timestamp,
    /// Id of the card.
    pub card: String,
    /// Its review.
    pub review: u64,
    /// Its place.
    pub slot: u8,
    /// `accepted` or `overridden`.
    pub outcome: &'static str,
    /// Code of the reason.
    pub reason: String,
    /// The clinician's words.
    pub comment: String,
    /// Suggestions accepted, by their ids.
    pub suggestions: Vec<String>,
    /// When it happened, as sent.
    pub outcome_at: String,
    /// Last day on which an override is remembered.
    pub until: Date,
}

/// A risk that a clinician knows and accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Rule.
    pub rule: String,
    /// Drugs and doses.
    pub fingerprint: String,
    /// Last day.
    pub until: Date,
    /// Why: the code.
    pub reason: String,
    /// When it was recorded (RFC 3339); empty where that is not known.
    pub at: String,
}

/// How often a rule was shown on a card, and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RuleFeedback {
    /// Rule.
    pub rule: String,
    /// Cards shown.
    pub shown: i64,
    /// Suggestions accepted.
    pub accepted: i64,
    /// Overridden.
    pub overridden: i64,
    /// Overrides by reason; an empty code is an override without one.
    pub reasons: std::collections::BTreeMap<String, i64>,
}
