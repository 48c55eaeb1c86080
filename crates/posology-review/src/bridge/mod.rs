//! From facts to typed parameters of the kinetics.
pub mod exposure;
pub mod exposure_json;
pub mod simulation;
pub mod simulation_changes;
pub mod simulation_plot;
pub mod simulation_question;
