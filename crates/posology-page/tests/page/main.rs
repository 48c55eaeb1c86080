//! The page without a browser: every address, every flow, and a launch from a record system.
#![allow(missing_docs)]

mod flows;
mod input;
mod lookup;
mod smart;
mod support;
