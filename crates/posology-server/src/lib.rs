//! The service: CDS Hooks, the shapes of the retired RxNav interactions, FHIR, agents. It only moves bytes; every answer comes from
//! [`posology_review::review`], the function that the command line, the screen and the wheel call.
//!
//! [`App::router`](app::App::router) is the whole service without a socket; [`serve::serve`] puts it on one. `docs/service.md` says how to run it.
#![warn(missing_docs)]

pub mod app;
pub mod cds;
mod clock;
pub mod config;
mod doors;
mod fhir;
mod guard;
pub mod ids;
pub mod log;
pub mod mcp;
mod metrics;
pub mod openapi;
pub mod problem;
mod rxnav;
pub mod serve;
pub mod store;
pub mod work;
