//! Rules about dependence.
pub mod alcohol_withdrawal_supply;
pub mod dose_escalation;
pub mod early_refill;
pub(crate) mod episode;
pub mod long_use;
pub mod physical_dependence_likely;
pub mod several_prescribers;
pub mod substance_use_history;
