//! Rules about doses.
pub mod benzodiazepine_switch;
pub mod benzodiazepine_with_z_drug;
pub mod concentration_mix_up;
pub mod daily_dose_above_limit;
pub mod dose_above_use_range;
pub mod dose_interval_too_short;
pub mod duplicate_class;
pub mod duplicate_substance;
pub mod form_not_marketed;
pub(crate) mod interval;
pub(crate) mod limit;
pub mod rescue_too_frequent;
pub mod single_dose_above_limit;
pub mod starting_dose_above_limit;
pub mod strength_not_marketed;
pub mod weekly_drug_daily;
pub mod weight_missing;
