//! Formats at the edge: FHIR R4, plain medication lists, free-text sigs, CSV, to and from the model.
//!
//! Nothing here knows what a drug is: codings, texts and doses are passed on as recorded.
#![warn(missing_docs)]

mod drafts;
pub mod fhir;
mod guess;
pub mod list;
pub mod sig;

pub use drafts::drafts_to_orders;
pub use guess::{Kind, guess};
