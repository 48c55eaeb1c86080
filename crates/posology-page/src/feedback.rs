//! What clinicians answered to findings, as a store tells it.
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

/// Answers to the findings of one rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleFeedback {
    /// Permanent id of the rule.
    pub rule: String,
    /// Findings shown.
    pub shown: u64,
    /// Findings acted on: a suggestion was accepted.
    pub accepted: u64,
    /// Findings overridden.
    pub overridden: u64,
    /// Overrides by reason as told; the empty reason is none.
    pub reasons: BTreeMap<String, u64>,
}

/// Where the feedback page asks.
pub trait FeedbackSource: Send + Sync {
    /// Answers by rule, in any order. `Err` is a sentence for the page.
    fn by_rule(&self) -> Pin<Box<dyn Future<Output = Result<Vec<RuleFeedback>, String>> + Send + '_>>;
}
