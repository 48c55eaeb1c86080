//! Rules by family; each is a `.rs` with the mechanism and a `.md` with the page and its cases.
pub mod dependence;
pub mod doses;
pub mod interactions;
pub mod monitoring;
pub mod record;
pub mod sedation;
pub mod uses;
pub mod withdrawal;
