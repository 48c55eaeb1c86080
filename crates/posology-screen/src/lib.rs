//! Populations: rows of OMOP CDM 5.4 or of FHIR bulk exports in, rows of findings out, by the very same review.
//!
//! The kernel is [`Screener`]: it takes Arrow batches that hold whole persons ([`omop::Tables`]) or cases read from FHIR, and gives
//! Arrow batches of findings. It needs neither DataFusion nor files. Around it, [`run`] splits tables into partitions of whole persons,
//! works on them on all cores, and keeps a manifest of what is finished, so that a killed run goes on to the same bytes.
//!
//! Feature `stage`: DataFusion reads CSV, Parquet and JSON from local and S3 paths, sorts by person, and spills what does not fit.
#![warn(missing_docs)]

pub mod days;
pub mod eras;
mod error;
pub mod fhir;
pub mod generate;
pub mod lists;
pub mod measures;
pub mod omop;
pub mod output;
pub mod report;
pub mod run;
mod screener;
#[cfg(feature = "stage")]
pub mod stage;
mod summary;
pub mod table;

pub use error::{Place, ScreenError};
pub use output::Batches;
pub use screener::{Mode, Options, Screener, Worker};
pub use summary::{Counts, Repair, Repairs, Summary};
