//! Rules about withdrawal.
pub mod abrupt_stop;
pub mod interacting_drug;
pub mod paradoxical_reaction;
pub mod reduction_too_fast;
pub mod seizure_history;
pub mod supply_gap;
