//! What must hold on any input, and the machinery that looks for inputs on which it does not.
//!
//! [`targets`] take bytes and say what is broken; [`invariants`] hold of every review; [`mutate`] makes inputs from seeds; [`run`]
//! counts. `tests/fuzz.rs` hands the same targets to bolero. `docs/fuzzing.md` says how to run them and what they found.
#![warn(missing_docs)]

#[path = "../../posology-review/tests/invariants/mod.rs"]
pub mod invariants;
pub mod mutate;
pub mod run;
pub mod seeds;
pub mod targets;
pub mod tree;
pub mod words;

pub use targets::{TARGETS, Target};
