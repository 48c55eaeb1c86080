//! Rules about record.
