//! The program as its users run it.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
mod bad_input;
mod combinations;
mod examples;
mod knowledge_diff;
#[path = "../../../../tests/outside.rs"]
mod outside;
mod pages;
mod patients;
mod run;
