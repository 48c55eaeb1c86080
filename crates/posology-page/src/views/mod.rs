//! Pages. Every view takes data and returns markup: no view decides anything clinical.
pub mod class;
pub mod drug;
pub mod enter;
pub mod feedback;
pub mod findings;
pub mod interaction;
pub mod layout;
pub mod lists;
pub mod parts;
pub mod resolved;
pub mod review;
pub mod rule;
pub mod search;
pub mod source;
pub mod taper;
pub mod taper_form;
pub mod try_out;
