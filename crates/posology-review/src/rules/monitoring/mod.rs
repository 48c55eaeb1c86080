//! Rules about monitoring.
pub mod laboratory_missing;
pub mod review_due;
