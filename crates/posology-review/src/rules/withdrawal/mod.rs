//! Rules about withdrawal.
pub mod abrupt_stop;
pub mod interacting_drug;
pub mod reduction_too_fast;
