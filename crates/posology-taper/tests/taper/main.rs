//! Tests of the whole crate against the built-in knowledge, in one binary.
#![allow(missing_docs, unreachable_pub)]
mod adjust;
mod brute;
mod equivalent;
mod plan;
mod random;
mod support;
