//! One file per command.
pub mod csv;
pub mod predict;
