//! Facts: their schema, loader, linter, the indexed base, and the resolution of a case against it.
//!
//! No input or output happens here: callers hand over texts or bytes.
#![warn(missing_docs)]

mod base;
mod bits;
pub mod combination;
mod corpus;
mod diagnostic;
pub mod diff;
pub mod display;
mod ids;
pub mod import;
pub mod lint;
pub mod names;
pub mod resolve;
mod resolved;
pub mod rrf;
pub mod schema;

pub use base::{ClassIx, ConditionIx, InteractionIx, KnowledgeBase, MeasureIx, NameMatch, SubstanceIx};
pub use bits::BitSet;
pub use corpus::{Corpus, KnowledgeText};
pub use diagnostic::{Diagnostic, line_column};
pub use resolve::{ResolveOptions, resolve};
pub use resolved::{
    EndKnown, Exposure, MeasureAnswer, MeasureValue, Origin, Person, PresentCondition, ResolvedAllergy,
    ResolvedBy, ResolvedCase,
};
