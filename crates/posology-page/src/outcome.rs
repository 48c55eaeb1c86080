//! From what was entered to a review, and to what a change would make of it.
use crate::entry::Entry;
use crate::what_if::{Difference, difference};
use posology_knowledge::{KnowledgeBase, ResolveOptions, ResolvedCase, resolve};
use posology_model::{InputProblem, ProblemKind, Review};
use posology_review::{Settings, review};

/// A review and everything that the page shows around it.
pub struct Outcome {
    /// The same resolved, without what is tried.
    pub recorded: ResolvedCase,
    /// With what is tried; equal to `recorded` where nothing is.
    pub tried: ResolvedCase,
    /// Settings.
    pub settings: Settings,
    /// The review, with what is tried.
    pub review: Review,
    /// What the changes make different; absent where nothing is tried.
    pub difference: Option<Difference>,
    /// Orders whose drug is not known: they were not reviewed.
    pub orders_not_recognised: Vec<String>,
    /// Problems of the input.
    pub problems: Vec<InputProblem>,
}

/// Settings of a review.
pub fn settings(entry: &Entry) -> Settings {
    Settings { as_of: entry.as_of, jurisdiction: entry.country, suppressions: Vec::new() }
}

/// Reviews.
pub fn of(entry: &Entry, kb: &KnowledgeBase) -> Outcome {
    let settings = settings(entry);
    let case = entry.case();
    let recorded = resolve(&case, kb, ResolveOptions { rxnorm: None });
    let mut problems = recorded.problems.clone();
    if entry.changes.is_empty() {
        let review = review(&recorded, kb, &settings);
        let orders_not_recognised = recorded.orders_not_recognised(&case);
        let tried = recorded.clone();
        return Outcome {
            recorded,
            tried,
            settings,
            review,
            difference: None,
            orders_not_recognised,
            problems,
        };
    }
    let before = review(&recorded, kb, &settings);
    let mut changed = case.clone();
    for c in &entry.changes {
        match c.order(kb, &recorded, &settings) {
            Ok(o) => changed.orders.push(o),
            Err(message) => problems.push(InputProblem {
                kind: ProblemKind::InvalidValue,
                path: "what if".to_owned(),
                message,
                remedy: "undo it, or state the dose in the list".to_owned(),
            }),
        }
    }
    let tried = resolve(&changed, kb, ResolveOptions { rxnorm: None });
    let after = review(&tried, kb, &settings);
    Outcome {
        orders_not_recognised: tried.orders_not_recognised(&changed),
        difference: Some(difference(&before, &after)),
        recorded,
        tried,
        settings,
        review: after,
        problems,
    }
}
