//! The program as its users run it.
mod bad_input;
mod examples;
mod pages;
mod patients;
mod run;
