//! FHIR R4 in and out. What each field, status and intent is taken for is in `docs/fhir.md`.
//!
//! Reading is in two steps: bytes to held resources (one pass, borrowed structs, a resource at a time), then joining:
//! versions, references, patients. A field that cannot be read is left out and named in [`Case::problems`]; an input that
//! cannot be used at all is a [`ReadError`].
mod builder;
mod clinical;
mod common;
mod convert;
mod dates;
mod dosage;
mod error;
mod free_text;
mod held;
mod index;
mod join;
mod link;
mod medication;
mod repair;
mod resources;
mod sniff;
mod timing;
mod wire;
mod words;
pub mod write;

pub use builder::CaseBuilder;
pub use error::{ReadError, ReadErrorKind};
pub use posology_model::Case;

/// How to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Name of the input for errors and for the paths of problems (`bulk/Condition.ndjson`); empty for none.
    pub name: String,
    /// Go on after an NDJSON line that is no resource: it becomes a problem of every case instead of an error.
    pub keep_going: bool,
}

/// Reads FHIR R4 JSON or NDJSON: a Bundle, a single resource, Parameters, or a stream of them.
///
/// One case a patient, in the order of their first appearance. Resources without a subject belong to the only patient.
///
/// # Errors
/// [`ReadError`] where the bytes are not FHIR JSON, are cut off, or hold nothing that a review reads.
pub fn read_case(bytes: &[u8], options: &ReadOptions) -> Result<Vec<Case>, ReadError> {
    let mut builder = CaseBuilder::new(options.clone());
    builder.add(&options.name, bytes)?;
    builder.finish()
}
