//! One file per command.
pub mod common;
pub mod csv;
pub mod decision;
pub mod drug;
pub mod each_change;
pub mod equivalent;
pub mod follow_up;
pub mod interactions;
pub mod knowledge;
pub mod leaflet;
pub mod predict;
pub mod quantity;
pub mod review;
pub mod rule;
pub mod schema;
pub mod simulate;
mod simulate_show;
pub mod taper;
