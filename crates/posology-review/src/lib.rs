//! The engine: reviews a resolved case against the knowledge and says what it found, what it could not assess, and why.
//!
//! One function, [`review`], is what the command line, the service, the screen and the wheel call. It does no input or output, reads no
//! clock and no environment, and cannot panic on any case.
#![warn(missing_docs)]

mod benefit;
pub mod bridge;
mod change;
mod context;
mod dependence_outlook;
mod derived;
mod draft;
mod education;
mod engine;
pub mod expected;
pub mod facts;
mod follow_up;
mod known;
mod load;
mod registry;
mod rule;
mod rules;
mod settings;
mod taken;
mod together;
mod words;

pub use benefit::uses_for;
pub use change::{Change, patient, phenotypes};
pub use context::Context;
pub use dependence_outlook::{DependenceOutlook, dependence_outlook};
pub use derived::Derived;
pub use draft::{Draft, Findings};
pub use engine::{fingerprint, fingerprints, review};
pub use known::Known;
pub use load::{cns_load, diazepam_equivalent, morphine_equivalent};
pub use registry::{RULES, rule};
pub use rule::{ClinicalContext, Family, Need, Rule, RuleStatus};
pub use settings::{Settings, Suppression};
pub use taken::{Taken, TakenState, is_current};
pub use together::{about_being_together, only_being_together};
