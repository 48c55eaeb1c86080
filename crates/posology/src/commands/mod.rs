//! One file per command.
pub mod common;
pub mod csv;
pub mod drug;
pub mod each_change;
pub mod equivalent;
pub mod interactions;
pub mod knowledge;
pub mod predict;
pub mod quantity;
pub mod review;
pub mod rule;
pub mod schema;
pub mod simulate;
mod simulate_show;
pub mod taper;
