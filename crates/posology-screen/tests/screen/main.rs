//! Runs over files: what they answer, how they fail, and that nothing depends on threads or interruptions.
#![allow(missing_docs, clippy::unwrap_used)]

mod bad_input;
mod fixture;
mod measures;
#[path = "../../../../tests/outside.rs"]
mod outside;
mod populations;
#[cfg(feature = "stage")]
mod staged;
mod support;
