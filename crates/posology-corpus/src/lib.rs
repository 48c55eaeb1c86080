//! The knowledge that is compiled into programs.
//!
//! Its own crate, so that an edit of a fact rebuilds this and relinks, and nothing else.
#![warn(missing_docs)]

use posology_knowledge::{Corpus, KnowledgeBase};
use std::sync::OnceLock;

/// The facts in binary form, as `Corpus::from_bytes` reads them.
pub static BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/knowledge.bin"));

/// The built-in knowledge base, indexed at the first call.
pub fn builtin() -> &'static KnowledgeBase {
    static BASE: OnceLock<KnowledgeBase> = OnceLock::new();
    BASE.get_or_init(|| {
        // Written by the build script with this very schema; the test below reads it back.
        let corpus = Corpus::from_bytes(BYTES).unwrap_or_default();
        KnowledgeBase::new(corpus)
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_built_in_facts_read_back() {
        let corpus =
            posology_knowledge::Corpus::from_bytes(super::BYTES).expect("the build script wrote this form");
        assert!(!corpus.version.is_empty());
        assert!(corpus.substances.len() > 40, "{} substances", corpus.substances.len());
    }
}
