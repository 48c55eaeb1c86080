//! Arguments and answers that several commands share.
use crate::failure::Failure;
use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::civil::Date;
use posology_knowledge::schema::Jurisdiction;
use posology_model::Severity;
use serde::Serialize;

/// Form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Whose labels and guidelines hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Country {
    /// United States
    Us,
    /// United Kingdom
    Uk,
}

impl From<Country> for Jurisdiction {
    fn from(c: Country) -> Self {
        match c {
            Country::Us => Self::Us,
            Country::Uk => Self::Uk,
        }
    }
}

/// What a command answers.
#[derive(Debug)]
pub struct Answer {
    /// Goes to standard output.
    pub text: String,
    /// Remarks, told on standard error.
    pub notes: Vec<String>,
    /// Inputs that could not be used, told on standard error: exit status 2.
    pub failures: Vec<Failure>,
    /// What the user asked to be told by exit status 1 (`--fail-on`, mistakes found by a check).
    pub met: bool,
}

impl Answer {
    /// An answer without anything to complain about.
    pub const fn new(text: String) -> Self {
        Self { text, notes: Vec::new(), failures: Vec::new(), met: false }
    }
}

/// Reads a date argument.
///
/// # Errors
/// A sentence that names the form expected.
pub fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("\"{text}\" is no date; write it as 2026-11-24"))
}

/// Reads a severity argument.
pub fn severity() -> impl TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(["note", "caution", "serious", "critical"])
        .map(|w| Severity::from_word(&w).unwrap_or(Severity::Note))
}

/// Pretty JSON with a line end.
///
/// # Errors
/// When the value cannot be written as JSON, which no answer of this program is.
pub fn json<T: Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map(|s| s + "\n")
        .map_err(|e| Failure::new(format!("the answer cannot be written as JSON ({e})")))
}
