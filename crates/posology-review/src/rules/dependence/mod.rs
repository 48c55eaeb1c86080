//! Rules about dependence.
pub mod dose_escalation;
pub(crate) mod episode;
pub mod long_use;
pub mod physical_dependence_likely;
