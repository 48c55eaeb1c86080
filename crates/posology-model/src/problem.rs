//! What intake could not read.
use serde::{Deserialize, Serialize};

/// Kinds of input problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// A value has the wrong type, format or range; it was left out.
    InvalidValue,
    /// A reference leads nowhere, or in a circle.
    BrokenReference,
    /// A text was not understood, or only in part.
    NotUnderstood,
    /// A resource or field is outside what is read.
    NotRead,
    /// A value had to be repaired (a swapped date, a negative days of supply); the message says how.
    Repaired,
    /// The record belongs to more than one patient, or to nobody.
    Subject,
}

/// One problem, with its place and remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputProblem {
    /// Kind.
    pub kind: ProblemKind,
    /// Place: a FHIR path (`Bundle.entry[3].resource.dosageInstruction[0]`), or `line 4`.
    pub path: String,
    /// What is wrong, naming the value.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}
