//! Formats at the edge: FHIR R4, plain medication lists, free-text sigs, CSV, to and from the model.
//!
//! Nothing here knows what a drug is: codings, texts and doses are passed on as recorded.
#![warn(missing_docs)]

pub mod fhir;
pub mod list;
pub mod sig;
