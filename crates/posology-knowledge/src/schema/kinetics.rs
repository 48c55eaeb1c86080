//! `knowledge/kinetics/<substance>.toml`: what the body does to a substance, and what it does to enzymes.
use super::enzyme_roles::{ActiveMetabolite, Gut, Hepatic, Induces, Inhibits, RoleNames, Substrate};
use super::kinetic_model::KineticModel;
use serde::{Deserialize, Serialize};

/// Kinetics of one substance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KineticsFile {
    /// Substance id; equal to the file name.
    pub substance: String,
    /// Names under which tables write it.
    #[serde(default)]
    pub names: Option<RoleNames>,
    /// Gut wall.
    #[serde(default)]
    pub gut: Option<Gut>,
    /// Liver.
    #[serde(default)]
    pub hepatic: Option<Hepatic>,
    /// Pathways of clearance.
    #[serde(default)]
    pub substrate: Vec<Substrate>,
    /// Active metabolites.
    #[serde(default)]
    pub metabolite: Vec<ActiveMetabolite>,
    /// Enzymes that it inhibits.
    #[serde(default)]
    pub inhibits: Vec<Inhibits>,
    /// Enzymes that it induces.
    #[serde(default)]
    pub induces: Vec<Induces>,
    /// Compartment model for simulation.
    #[serde(default)]
    pub model: Option<KineticModel>,
}
