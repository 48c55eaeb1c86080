//! Tapers from tablets that exist: plans, their adjustment, and equivalents.
//!
//! Guidance (pace, bounds, exclusions) is knowledge; this crate holds mechanisms only. It reads no clock and no files.
//!
//! [`plan`] answers with a [`Plan`] or a [`TaperError`]; [`adjust`] makes a new plan from an old one and an event; [`equivalent`] shows what
//! each source says. The modules of [`render`] write a plan as text, CSV, SVG, iCalendar and FHIR.
#![warn(missing_docs)]

mod adjust;
mod build;
mod curve;
mod equivalent;
mod error;
mod event;
mod facts;
mod falls;
mod guidance;
mod mass;
mod optimise;
mod outlook;
mod plan;
mod recorded;
pub mod render;
mod request;
mod schedule;
mod stock;
mod supply;
mod switch;
mod warnings;

pub use adjust::adjust;
pub use build::plan;
pub use curve::{Curve, CurvePoint};
pub use equivalent::{EquivalentAnswer, EquivalentRow, equivalent};
pub use error::TaperError;
pub use event::{AdjustError, Event, Threshold};
pub use facts::{OtherDrug, PatientFacts};
pub use mass::Mass;
pub use optimise::{Arrangement, Cost, arrange};
pub use outlook::{Advice, Harm, RiskStatement, Setting};
pub use plan::{
    Baseline, Dose, GuidelineUsed, HistoryEntry, Piece, Plan, Step, SubstanceAmount, Supply, SupplyTotal,
    Warning, WarningLevel,
};
pub use recorded::{Recorded, taperable};
pub use request::{Pace, Request};
pub use stock::{Item, ItemKind, Stock};
pub use switch::{ImpliedChange, SwitchReport};

/// What every output carries.
pub const DISCLAIMER: &str = "For the treating team. Not a prescription, and neither proof of need nor authority to supply. It does not recommend obtaining, increasing, combining or replacing a controlled medicine. Do not stop suddenly: contact the prescriber.";
