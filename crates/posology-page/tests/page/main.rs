//! The page without a browser: every address, every flow, and a launch from a record system.
#![allow(clippy::unwrap_used, missing_docs)]

mod flows;
mod input;
mod lookup;
mod smart;
mod support;
