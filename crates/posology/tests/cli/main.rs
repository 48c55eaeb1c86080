//! The program as its users run it.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
mod bad_input;
mod examples;
mod pages;
mod patients;
mod run;
