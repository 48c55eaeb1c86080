//! The service, without a socket wherever that is possible.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, missing_docs)]

mod agents;
mod feedback;
mod fetching;
mod fhir;
mod hooks;
mod limits;
mod openapi;
mod running;
mod rxnav;
mod safety;
mod sandbox;
mod signed;
mod store;
mod suggestions;
mod support;
