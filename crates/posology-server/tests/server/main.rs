//! The service, without a socket wherever that is possible.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, missing_docs)]

mod agents;
mod feedback;
mod fetching;
mod fhir;
mod hooks;
mod rxnav;
mod safety;
mod sandbox;
mod signed;
mod store;
mod suggestions;
mod support;
