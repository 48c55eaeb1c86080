//! Sources numbered in the order in which they are named.
use posology_knowledge::KnowledgeBase;
use posology_model::{Confidence, Evidence, Review};

/// One source with the places in it that were used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// Id in `knowledge/sources`.
    pub id: String,
    /// Title.
    pub title: String,
    /// Address.
    pub url: Option<String>,
    /// Places used, with confidence and the figure as printed, in the order of use.
    pub places: Vec<(String, Confidence, Option<String>)>,
}

/// All sources of an answer.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// In order; the first has number 1.
    pub list: Vec<Numbered>,
}

impl Sources {
    /// All sources of a review, numbered in the order in which the text names them.
    pub fn of(review: &Review, kb: &KnowledgeBase) -> Self {
        let mut out = Self::default();
        let named = review.findings.iter().flat_map(|f| &f.evidence);
        let named = named.chain(review.benefits.iter().flat_map(|b| &b.evidence));
        let named = named.chain(review.education.iter().flat_map(|e| &e.evidence));
        for e in named {
            out.number(e);
        }
        for f in review.follow_up.iter().filter_map(|f| f.source.as_deref()) {
            out.reference(f, kb);
        }
        out
    }

    /// Number of the source of a piece of evidence.
    pub fn number(&mut self, e: &Evidence) -> usize {
        let at = match self.list.iter().position(|s| s.id == e.source_id) {
            Some(at) => at,
            None => {
                self.list.push(Numbered {
                    id: e.source_id.clone(),
                    title: e.source.clone(),
                    url: e.url.clone(),
                    places: Vec::new(),
                });
                self.list.len() - 1
            }
        };
        let place = (e.locator.clone(), e.confidence, e.printed.clone());
        let s = &mut self.list[at];
        s.url = s.url.take().or_else(|| e.url.clone());
        if !s.places.contains(&place) {
            s.places.push(place);
        }
        at + 1
    }

    /// Number of a source given as `source-id#locator`. Where its confidence is not told with it, it is shown as not looked up.
    pub fn reference(&mut self, reference: &str, kb: &KnowledgeBase) -> usize {
        let id = reference.split('#').next().unwrap_or(reference);
        let known = self.list.iter().position(|s| s.id == id);
        known.map_or_else(
            || self.number(&kb.evidence(reference, posology_knowledge::schema::Confidence::Secondary)),
            |i| i + 1,
        )
    }

    /// Numbers of several pieces of evidence, ascending, each once.
    pub fn numbers(&mut self, evidence: &[Evidence]) -> Vec<usize> {
        let mut out: Vec<usize> = evidence.iter().map(|e| self.number(e)).collect();
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// `[1] [4]`.
pub fn brackets(numbers: &[usize]) -> String {
    numbers.iter().map(|n| format!("[{n}]")).collect::<Vec<_>>().join(" ")
}

/// Whether none of the evidence was looked up.
pub fn only_secondary(evidence: &[Evidence]) -> bool {
    !evidence.is_empty() && evidence.iter().all(|e| e.confidence != Confidence::Verified)
}
