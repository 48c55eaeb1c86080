//! The shape of `knowledge/`: one struct per kind of file, read from TOML, unknown keys refused.
//!
//! The structs also travel in `postcard`, which is not self-describing: no `skip_serializing_if`, no untagged enum here.
mod combination;
pub mod common;
mod condition;
mod dependence;
mod enzyme_roles;
mod guidance;
mod interaction;
mod kinetic_model;
mod kinetics;
mod leaflet;
mod list;
mod measure;
mod observation;
mod ratio_observation;
mod source;
mod substance;
mod taper;

pub use combination::{Combination, CombinationFile, CombinationProduct};
pub use common::{Confidence, Jurisdiction, SourceRef};
pub use condition::{ConditionFile, FirstLine};
pub use dependence::{
    Benefit, DependenceFile, DoseBand, EquivalenceFile, EquivalentDose, MmeFactor, MmeFile, RiskBand,
};
pub use enzyme_roles::*;
pub use guidance::{EducationFile, EducationPoint, FollowUpFile, FollowUpItem, Parameter, ParameterFile};
pub use interaction::{InteractionFile, InteractionModifier, Participant};
pub use kinetic_model::*;
pub use kinetics::KineticsFile;
pub use leaflet::{LeafletContact, LeafletEffect, LeafletFile, LeafletName, LeafletPhrase, LeafletText};
pub use list::{ClassFile, ListEntry, ListFile};
pub use measure::MeasureFile;
pub use observation::*;
pub use ratio_observation::*;
pub use source::{PrintedFigure, SourceFile, SourceKind};
pub use substance::*;
pub use taper::*;
