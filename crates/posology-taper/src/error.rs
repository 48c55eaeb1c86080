//! Why there is no plan.
use posology_model::Date;

/// Why there is no plan. Each names the value, and what is possible instead.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TaperError {
    /// The substance is not known.
    #[error("\"{0}\" is no substance that the knowledge holds")]
    UnknownSubstance(String),
    /// Zero, negative, or no number.
    #[error("the daily dose is {0} mg: it must be more than 0")]
    NoDose(f64),
    /// More than any use of it.
    #[error(
        "the daily dose is {daily_mg} mg; the highest dose that the knowledge holds for {substance} is {highest_mg} mg a day, and more than {times} times that is taken as a slip of the pen"
    )]
    DoseTooHigh {
        /// Substance.
        substance: String,
        /// As given.
        daily_mg: f64,
        /// Highest of a label or guideline.
        highest_mg: f64,
        /// Bound, as a multiple.
        times: f64,
    },
    /// Doses a day out of range.
    #[error("{0} doses a day: a plan is made for 1 to 8")]
    DosesPerDay(u32),
    /// The start is before the date of the plan.
    #[error(
        "the start {start} is before {as_of}, the date for which the plan is made; give a later start, or an earlier --as-of"
    )]
    StartInPast {
        /// Start.
        start: Date,
        /// Date of the plan.
        as_of: Date,
    },
    /// The date is too far away for a calendar.
    #[error("the date {0} is out of range: plans are made for the years 1900 to 2200")]
    DateOutOfRange(Date),
    /// The goal is no reduction.
    #[error(
        "the goal of {goal_mg} mg a day is not below the dose of {daily_mg} mg: there is nothing to reduce"
    )]
    GoalNotBelow {
        /// Goal.
        goal_mg: f64,
        /// Dose.
        daily_mg: f64,
    },
    /// The guideline is not known.
    #[error("there is no guideline \"{id}\"; known: {known}, or custom with a pace")]
    UnknownGuideline {
        /// As given.
        id: String,
        /// Ids.
        known: String,
    },
    /// The guideline says nothing of the substance.
    #[error(
        "{guideline} says nothing of {substance}; guidance that does: {others}. Without any, give --guideline custom and a pace"
    )]
    NotCovered {
        /// Guideline.
        guideline: String,
        /// Substance.
        substance: String,
        /// Guidelines that do.
        others: String,
    },
    /// Custom needs a pace.
    #[error("--guideline custom needs a pace, for instance --pace \"5 % every 4 weeks\"")]
    CustomNeedsPace,
    /// The pace is out of range.
    #[error("the pace \"{pace}\" {why}")]
    Pace {
        /// As understood.
        pace: String,
        /// What is wrong, and what is allowed.
        why: String,
    },
    /// The strategy is not among those of the guideline.
    #[error("{guideline} does not hold the strategy {strategy} for {substance}; it holds: {allowed}")]
    Strategy {
        /// Guideline.
        guideline: String,
        /// Strategy.
        strategy: &'static str,
        /// Substance.
        substance: String,
        /// Allowed.
        allowed: String,
    },
    /// No occupancy is known.
    #[error(
        "no dose-occupancy figure is known for {0}: the occupancy strategy cannot be computed; proportional comes nearest to it"
    )]
    NoOccupancy(String),
    /// No switch is offered.
    #[error("no switch is offered: {}", .0.join(" "))]
    SwitchRefused(Vec<String>),
    /// Nothing to make doses of.
    #[error("the knowledge holds no oral product of {substance} in {country}: {products}")]
    NoProduct {
        /// Substance.
        substance: String,
        /// Country.
        country: &'static str,
        /// What there is.
        products: String,
    },
    /// The plan would not end.
    #[error("more than {0} steps: the pace is too slow for a plan; give a larger cut, or a goal above 0")]
    TooManySteps(usize),
    /// A number of the request is out of range.
    #[error("{parameter} is {value}; allowed: {allowed}")]
    Range {
        /// What.
        parameter: &'static str,
        /// As given.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
}
