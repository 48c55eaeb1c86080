//! Mistakes in the facts, one lint a file. Each points at the line of the TOML file, names the value and the remedy.
//!
//! A lint is one function from the facts to diagnostics and one line in [`LINTS`]. Nothing here reads a file: callers
//! hand over texts. What is missing rather than wrong is counted by [`gaps`].
mod addresses;
mod codes;
mod combinations;
mod cycles;
mod duplicates;
mod education;
mod effects;
mod fractions;
pub mod gaps;
mod ids;
mod interactions;
mod kinetics;
mod limits;
mod locate;
mod measures;
mod names;
mod numbers;
mod products;
mod ranges;
mod references;
mod roles;
mod scope;
mod sources;
mod verified;
mod words;

pub use education::grade_level;

use crate::corpus::{Corpus, KnowledgeText};
use crate::diagnostic::Diagnostic;
use locate::File;
use std::collections::{BTreeMap, BTreeSet};

/// What lints look at: the facts as read, the texts with the places of every key, and what is known of other crates.
#[derive(Debug)]
pub struct Knowledge<'a> {
    /// The facts.
    pub corpus: &'a Corpus,
    /// Ids of the review rules, for `reported_by`; empty where they are not known, and then not checked.
    pub rule_ids: &'a [&'a str],
    files: BTreeMap<&'a str, File<'a>>,
}

impl<'a> Knowledge<'a> {
    /// Parses the texts once for all lints. Texts that are no TOML are left out: [`Corpus::read`] reports them.
    pub fn new(corpus: &'a Corpus, files: &'a [KnowledgeText], rule_ids: &'a [&'a str]) -> Self {
        let files = files
            .iter()
            .filter(|f| f.path.ends_with(".toml"))
            .filter_map(|f| Some((f.path.as_str(), File::parse(&f.text)?)))
            .collect();
        Self { corpus, rule_ids, files }
    }

    /// A diagnostic at a key, written `use.3.source`; where the key is absent, at the nearest table that is there.
    fn at(&self, lint: &'static str, file: &str, path: &str, message: String, help: &str) -> Diagnostic {
        let (span, (line, column)) = self.files.get(file).map_or((None, (0, 0)), |f| f.place(path));
        Diagnostic { file: file.to_owned(), line, column, lint, message, help: help.to_owned(), span }
    }

    fn substance_ids(&self) -> BTreeSet<&'a str> {
        self.corpus.substances.iter().map(|s| s.id.as_str()).collect()
    }

    fn class_ids(&self) -> BTreeSet<&'a str> {
        self.corpus.classes.iter().map(|s| s.id.as_str()).collect()
    }

    fn condition_ids(&self) -> BTreeSet<&'a str> {
        self.corpus.conditions.iter().map(|s| s.id.as_str()).collect()
    }

    fn measure_ids(&self) -> BTreeSet<&'a str> {
        self.corpus.measures.iter().map(|s| s.id.as_str()).collect()
    }
}

/// One lint.
pub type Lint = fn(&Knowledge<'_>) -> Vec<Diagnostic>;

/// All lints by id.
pub const LINTS: &[(&str, Lint)] = &[
    (sources::ID, sources::lint),
    (verified::ID, verified::lint),
    (addresses::ID, addresses::lint),
    (references::ID, references::lint),
    (cycles::ID, cycles::lint),
    (ids::ID, ids::lint),
    (codes::ID, codes::lint),
    (names::ID, names::lint),
    (duplicates::ID, duplicates::lint),
    (products::ID, products::lint),
    (combinations::ID, combinations::lint),
    (numbers::ID, numbers::lint),
    (fractions::ID, fractions::lint),
    (words::ID, words::lint),
    (effects::ID, effects::lint),
    (limits::ID, limits::lint),
    (ranges::ID, ranges::lint),
    (interactions::ID, interactions::lint),
    (kinetics::ID, kinetics::lint),
    (roles::ID, roles::lint),
    (education::ID, education::lint),
    (measures::ID, measures::lint),
];

/// Runs all lints. The answer is sorted by file and line.
pub fn check(corpus: &Corpus, files: &[KnowledgeText], rule_ids: &[&str]) -> Vec<Diagnostic> {
    let k = Knowledge::new(corpus, files, rule_ids);
    let mut out: Vec<Diagnostic> = LINTS.iter().flat_map(|(_, lint)| lint(&k)).collect();
    out.sort();
    out.dedup();
    out
}

/// Splits `source-id#locator`.
fn split_reference(reference: &str) -> Option<(&str, &str)> {
    reference.split_once('#').filter(|(id, locator)| !id.is_empty() && !locator.is_empty())
}
