//! Resources after reading and before joining: model entries, and the references that they still hold.
use super::resources::Kind;
use posology_model::{
    AllergyEntry, Coding, ConditionEntry, EncounterEntry, Form, Ingredient, InputProblem, MedicationEntry,
    ObservationEntry, Patient, ProblemKind, ProcedureEntry,
};
use std::collections::{BTreeMap, HashMap};

/// One resource that was read.
pub(super) struct Held {
    pub(super) kind: Kind,
    /// Place in the input.
    pub(super) place: String,
    /// `resource.id`.
    pub(super) id: Option<String>,
    /// `fullUrl`.
    pub(super) url: Option<String>,
    /// Start of `fullUrl` against which relative references are read (an index into the builder's words; 0 is none).
    pub(super) base: u32,
    pub(super) version: Version,
    /// Subject as a reference (an index into the builder's words; 0 is none).
    pub(super) subject: u32,
    pub(super) item: Item,
    pub(super) problems: Vec<InputProblem>,
}

/// By what the newest of several versions is known.
#[derive(Default)]
pub(super) struct Version {
    pub(super) updated: Option<String>,
    pub(super) number: Option<u64>,
    /// From a history bundle, where the newest version comes first.
    pub(super) history: bool,
}

/// What was read.
#[derive(PartialEq)]
pub(super) enum Item {
    Patient(Box<Patient>, Vec<String>),
    Medication(Box<MedicationEntry>, Box<Links>),
    /// A `Medication` or `Substance`.
    Drug(Box<Drug>),
    /// A condition, with the ages of onset and abatement where they stand for dates.
    Condition(Box<ConditionEntry>, [Option<f64>; 2]),
    Observations(Vec<ObservationEntry>),
    Allergy(Box<AllergyEntry>),
    Encounter(Box<EncounterEntry>),
    Procedure(Box<ProcedureEntry>),
    /// Deleted in a history bundle.
    Deleted,
}

/// A reference that is still to be followed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Link {
    pub(super) address: Option<String>,
    pub(super) display: Option<String>,
}

/// The references of a medication entry.
#[derive(Default, PartialEq)]
pub(super) struct Links {
    pub(super) drug: Option<Link>,
    pub(super) reasons: Vec<Link>,
    pub(super) based_on: Option<String>,
    pub(super) replaces: Option<String>,
    pub(super) encounter: Option<String>,
    /// Contained resources by their id.
    pub(super) contained: Vec<(String, Drug)>,
}

/// What a `Medication`, `Substance` or contained `Condition` says.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Drug {
    pub(super) codings: Vec<Coding>,
    pub(super) text: Option<String>,
    pub(super) form: Option<Form>,
    pub(super) ingredients: Vec<(Ingredient, Option<String>)>,
    pub(super) contained: Vec<(String, Drug)>,
    pub(super) in_error: bool,
}

/// What has been read.
#[derive(Default)]
pub(super) struct State {
    pub(super) held: Vec<Held>,
    /// Subjects and bases; index 0 is the empty text.
    pub(super) words: Vec<String>,
    word_ids: HashMap<String, u32>,
    /// Resource types that are not read, counted.
    pub(super) not_read: BTreeMap<String, usize>,
    /// Resources of types that are read but say nothing for a review (entered in error, planned), counted.
    pub(super) left_out: BTreeMap<&'static str, usize>,
    /// Lines that were passed over.
    pub(super) bad_lines: usize,
    /// Problems that belong to no one patient.
    pub(super) problems: Vec<InputProblem>,
    /// Some input was given.
    pub(super) names: Vec<String>,
}

impl State {
    pub(super) fn new() -> Self {
        Self { words: vec![String::new()], ..Self::default() }
    }

    /// The index of a word.
    pub(super) fn intern(&mut self, word: &str) -> u32 {
        if word.is_empty() {
            return 0;
        }
        // Neighbours mostly share their subject.
        if let Some(last) = self.held.last()
            && self.words.get(last.subject as usize).is_some_and(|w| w == word)
        {
            return last.subject;
        }
        if let Some(&i) = self.word_ids.get(word) {
            return i;
        }
        let i = u32::try_from(self.words.len()).unwrap_or(0);
        self.words.push(word.to_owned());
        self.word_ids.insert(word.to_owned(), i);
        i
    }

    pub(super) fn problem(&mut self, kind: ProblemKind, path: &str, message: String, remedy: &str) {
        self.problems.push(InputProblem { kind, path: path.to_owned(), message, remedy: remedy.to_owned() });
    }
}
