//! The indexed, immutable knowledge base.
mod index;
mod look_up;
mod names;

use crate::bits::BitSet;
use crate::combination::Combinations;
use crate::corpus::Corpus;
use crate::ids::{EvidenceMemory, Ids};
use crate::names::{allowed_errors, letters_apart, letters_of, normalise, without_salts};
use crate::schema::*;
use posology_model::{Evidence, EvidenceRecord, SubstanceRef};
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

macro_rules! index {
    ($(#[$m:meta])* $name:ident) => {
        $(#[$m])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u16);
        impl $name {
            /// As an index.
            #[inline]
            pub const fn at(self) -> usize { self.0 as usize }
        }
    };
}
index!(
    /// A substance of the knowledge base.
    SubstanceIx
);
index!(
    /// A class of the knowledge base.
    ClassIx
);
index!(
    /// A condition of the knowledge base.
    ConditionIx
);
index!(
    /// An interaction of the knowledge base.
    InteractionIx
);
index!(
    /// A measure of the knowledge base.
    MeasureIx
);

/// How a name was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameMatch {
    /// Letter for letter.
    Exact,
    /// After leaving out salt words.
    WithoutSalt,
    /// With typing errors corrected; the number of edits.
    Corrected(usize),
}

/// Substances by normalised name: found by hash, walked in the order in which they were put in.
type Names = indexmap::IndexMap<String, SubstanceIx, rustc_hash::FxBuildHasher>;

/// Facts, indexed. Immutable; share it by reference.
#[derive(Debug)]
pub struct KnowledgeBase {
    /// The facts as read.
    pub corpus: Corpus,
    names: Names,
    /// Names by length, for the correction of typing errors.
    names_by_length: OnceLock<Vec<Vec<(String, SubstanceIx)>>>,
    longest_name_words: usize,
    /// Names of ingredients that are none of ours.
    others: OnceLock<(BTreeSet<String>, usize)>,
    ingredient_codes: BTreeMap<String, SubstanceIx>,
    atc: BTreeMap<String, SubstanceIx>,
    unii: BTreeMap<String, SubstanceIx>,
    snomed_substance: BTreeMap<String, SubstanceIx>,
    product_codes: BTreeMap<u32, (SubstanceIx, u16)>,
    product_lines: OnceLock<Vec<(u32, u32)>>,
    classes_of: Vec<BitSet>,
    members: Vec<Vec<SubstanceIx>>,
    condition_up: Vec<BitSet>,
    condition_snomed: BTreeMap<String, ConditionIx>,
    condition_icd10: BTreeMap<String, ConditionIx>,
    condition_names: BTreeMap<String, ConditionIx>,
    measure_loinc: BTreeMap<String, MeasureIx>,
    measure_snomed: BTreeMap<String, MeasureIx>,
    measure_names: BTreeMap<String, MeasureIx>,
    kinetics_of: Vec<Option<u16>>,
    side_a: Vec<BitSet>,
    side_b: Vec<BitSet>,
    effects_of: Vec<u64>,
    parameters: Vec<(u16, u16)>,
    ids: ById,
    references: Vec<SubstanceRef>,
    evidence: EvidenceMemory,
    derived: OnceLock<Box<dyn Any + Send + Sync>>,
    combinations: OnceLock<Combinations>,
}

/// Positions by permanent id.
#[derive(Debug)]
struct ById {
    substances: Ids,
    classes: Ids,
    conditions: Ids,
    measures: Ids,
    sources: Ids,
    parameters: Ids,
}

impl KnowledgeBase {
    /// Indexes a corpus. References that lead nowhere are passed over here; the linter reports them.
    pub fn new(corpus: Corpus) -> Self {
        let n = corpus.substances.len().min(usize::from(u16::MAX));
        let mut parameters = Vec::new();
        for (f, file) in corpus.parameters.iter().enumerate() {
            parameters.extend((0..file.parameters.len()).map(|p| (f as u16, p as u16)));
        }
        let ids = ById {
            substances: Ids::new(corpus.substances.len(), |i| &corpus.substances[i].id),
            classes: Ids::new(corpus.classes.len(), |i| &corpus.classes[i].id),
            conditions: Ids::new(corpus.conditions.len(), |i| &corpus.conditions[i].id),
            measures: Ids::new(corpus.measures.len(), |i| &corpus.measures[i].id),
            sources: Ids::new(corpus.sources.len(), |i| &corpus.sources[i].id),
            parameters: Ids::new(parameters.len(), |i| parameter_id(&corpus, parameters[i])),
        };
        let mut kb = Self {
            names: Names::default(),
            names_by_length: OnceLock::new(),
            longest_name_words: 1,
            others: OnceLock::new(),
            ingredient_codes: BTreeMap::new(),
            atc: BTreeMap::new(),
            unii: BTreeMap::new(),
            snomed_substance: BTreeMap::new(),
            product_codes: BTreeMap::new(),
            product_lines: OnceLock::new(),
            classes_of: vec![BitSet::default(); n],
            members: vec![Vec::new(); corpus.classes.len()],
            condition_up: vec![BitSet::default(); corpus.conditions.len()],
            condition_snomed: BTreeMap::new(),
            condition_icd10: BTreeMap::new(),
            condition_names: BTreeMap::new(),
            measure_loinc: BTreeMap::new(),
            measure_snomed: BTreeMap::new(),
            measure_names: BTreeMap::new(),
            kinetics_of: vec![None; n],
            side_a: vec![BitSet::with_capacity(corpus.interactions.len()); n],
            side_b: vec![BitSet::with_capacity(corpus.interactions.len()); n],
            effects_of: vec![0; n],
            parameters,
            ids,
            references: corpus.substances.iter().map(|s| SubstanceRef::new(&s.id, &s.name)).collect(),
            evidence: EvidenceMemory::default(),
            derived: OnceLock::new(),
            combinations: OnceLock::new(),
            corpus,
        };
        kb.index_substances();
        kb.index_classes();
        kb.index_conditions();
        kb.index_measures();
        kb.index_interactions();
        kb
    }
}

fn parameter_id(corpus: &Corpus, at: (u16, u16)) -> &str {
    &corpus.parameters[usize::from(at.0)].parameters[usize::from(at.1)].id
}
