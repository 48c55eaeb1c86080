//! A population that never lived: an OMOP CDM with real product codes, realistic co-prescribing, and the dirt of real tables.
//!
//! Products and codes are those of the knowledge; a code that the knowledge does not hold is not invented, the concept then has a name only.
//! `concept_id` is the real one where a `concept` table is given to take it from, otherwise a number of the local range above
//! 2,000,000,000. Every chunk of persons has its own random numbers, so that a person is the same in a small and in a large population.
mod people;
mod profiles;

pub use people::{Generate, Written, generate};
