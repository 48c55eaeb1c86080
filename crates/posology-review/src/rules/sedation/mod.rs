//! Rules about sedation.
pub mod alcohol_with_sedative;
pub mod cns_active_count;
pub mod driving;
pub mod falls_risk;
pub mod mme_threshold;
pub mod naloxone_missing;
pub mod opioid_with_benzodiazepine;
pub mod respiratory_risk;
pub mod sedation_load;
