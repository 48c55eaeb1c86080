//! From facts to typed parameters of the kinetics.
pub mod exposure;
pub mod simulation;
pub mod simulation_changes;
pub mod simulation_plot;
