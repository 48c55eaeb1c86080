//! The words of the engine: a case as recorded, what may be said of it, and the history of exposures.
//!
//! A [`Case`] holds codings, texts and parsed doses *as recorded*; nothing here knows what a drug is.
//! `posology_knowledge::resolve` turns it into a resolved case; `posology_review::review` answers with a [`Review`].
#![warn(missing_docs)]

mod case;
mod coding;
mod dosing;
mod finding;
pub mod history;
mod problem;

pub use case::{
    AllergyEntry, Case, ConditionEntry, ConditionStatus, EncounterClass, EncounterEntry, EntryKind,
    Ingredient, Intent, MedicationEntry, ObservationEntry, ObservationValue, Order, OrderAction, Patient,
    ProcedureEntry, Reason, Setting, Sex, Status,
};
pub use coding::{CodeSystem, Coding};
pub use dosing::{Amount, DayPart, DoseUnit, Dosing, Form, Frequency, ReadConfidence, Route, UnknownName};
pub use finding::{
    Action, ActionKind, Benefit, Confidence, Education, EducationRecord, Evidence, EvidenceRecord,
    ExposureSummary, Finding, FollowUp, Message, NotAssessed, Review, Severity, Silenced, SubstanceName,
    SubstanceRef, Word,
};
pub use jiff::civil::Date;
pub use problem::{InputProblem, ProblemKind};
