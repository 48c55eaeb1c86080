//! All rules, in the order in which equally grave findings are shown. One line a rule.
use crate::rule::Rule;
use crate::rules::{interactions, sedation};

/// All rules.
pub static RULES: &[&Rule] = &[
    &sedation::opioid_with_benzodiazepine::RULE,
    &interactions::named_pair::RULE,
];

/// A rule by id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|r| r.id == id)
}
