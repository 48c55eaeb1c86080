//! Rules about record.
pub mod name_corrected;
pub mod stale_entry;
