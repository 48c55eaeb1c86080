//! The shape of `knowledge/`: one struct per kind of file, read from TOML, unknown keys refused.
pub mod common;
mod condition;
mod dependence;
mod guidance;
mod interaction;
mod list;
mod measure;
mod source;
mod substance;

pub use common::{Confidence, Jurisdiction, SourceRef};
pub use condition::{ConditionFile, FirstLine};
pub use dependence::{
    Benefit, DependenceFile, DoseBand, EquivalenceFile, EquivalentDose, MmeFactor, MmeFile, RiskBand,
};
pub use guidance::{EducationFile, EducationPoint, FollowUpFile, FollowUpItem, Parameter, ParameterFile};
pub use interaction::{InteractionFile, InteractionModifier, Participant, SeverityFact};
pub use list::{ClassFile, ListEntry, ListFile};
pub use measure::MeasureFile;
pub use source::{PrintedFigure, SourceFile, SourceKind};
pub use substance::{
    Adjustment, Codes, Contraindication, ContraindicationStrength, Divisible, DoseFact, DoseLimit,
    EffectFact, EffectKind, LimitKind, Monitoring, Onset, PopulationFact, PopulationGroup, Product,
    ProductStatus, SubstanceFile, UseBasis, UseFact,
};
