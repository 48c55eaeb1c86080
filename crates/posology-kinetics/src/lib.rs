//! Kinetics: how much, how fast, how long, and how strongly drugs change each other.
//!
//! Pure mathematics on typed parameters. The crate sees no knowledge base: callers pass parameters in.
#![warn(missing_docs)]

pub mod exposure;
pub mod simulate;
