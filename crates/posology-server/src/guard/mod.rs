//! What stands between the network and the doors.
pub mod jwt;
pub mod keys;
mod layer;
pub mod token;

pub use layer::{METHODS, guard};
