//! Knowledge.
pub mod schema;
