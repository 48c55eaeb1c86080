//! Tests of the whole crate against the built-in knowledge, in one binary.
#![allow(missing_docs, unreachable_pub)]
#![allow(clippy::unwrap_used, clippy::type_complexity, reason = "helpers of tests, outside #[test]")]
mod adjust;
mod brute;
mod equivalent;
mod plan;
mod random;
mod support;
