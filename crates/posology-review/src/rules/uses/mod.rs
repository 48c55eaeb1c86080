//! Rules about uses.
pub mod allergy;
pub mod contraindicated_condition;
pub mod indication_missing;
pub mod older_adult_list;
pub mod population;
pub mod suicidality_supply;
pub mod use_not_established;
