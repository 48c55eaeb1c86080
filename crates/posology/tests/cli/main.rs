//! The program as its users run it.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
mod bad_input;
mod combinations;
mod examples;
mod knowledge_diff;
mod pages;
mod patients;
mod run;
