//! Exposure ratios under inhibitors, inducers, genotype and smoking.
//!
//! [`predict`] is the mechanistic static model; [`ratio_method`] is the published CR/IR/IC method, kept as the
//! baseline; [`regimen`] reads doses as tables and notes write them. No table of facts is here.
mod enzyme;
mod error;
mod model;
mod perpetrator;
mod predict;
pub mod ratio_method;
pub mod regimen;
pub mod score;
mod victim;

pub use enzyme::{Enzyme, Patient, Phenotype, Route};
pub use error::ExposureError;
pub use perpetrator::{
    Band, Effect, FoldAt, GUT_INDUCTION, GUT_ODDS, Mechanism, Perpetrator, RemainingAt, Taken, band,
};
pub use predict::{
    Interval, MAX_METABOLITES, Metabolite, Organ, Prediction, Reason, Residual, predict, ratios,
};
pub use victim::{FM_CAP, GutWall, MAX_PATHWAYS, Pathway, Victim};
