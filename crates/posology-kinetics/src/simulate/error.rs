//! What can be wrong with a request for a simulation.
use super::regimen::Route;

/// A rejected parameter, regimen or setting. Every message names what was wrong and what is allowed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SimulationError {
    /// A number outside the range that the simulator accepts, or not a number at all.
    #[error("{parameter} is {value} {unit}; allowed: {low} to {high} {unit}")]
    OutOfRange {
        /// Name of the parameter.
        parameter: &'static str,
        /// The value given.
        value: f64,
        /// Unit of the value and of the limits.
        unit: &'static str,
        /// Smallest accepted value.
        low: f64,
        /// Largest accepted value.
        high: f64,
    },
    /// Two parameters contradict each other.
    #[error("{parameter} is {value}, but {relation}")]
    Inconsistent {
        /// Name of the parameter.
        parameter: &'static str,
        /// The value given.
        value: f64,
        /// The relation that it breaks.
        relation: &'static str,
    },
    /// A dose by a route for which the model holds no absorption.
    #[error("the model has no absorption parameters for the {route} route")]
    RouteNotInModel {
        /// The route of the dose.
        route: Route,
    },
    /// A steady state was asked for, but something that enters the body is never eliminated.
    #[error("no steady state exists: {compartment} has a clearance of 0 L/h; allowed: more than 0 L/h")]
    NoSteadyState {
        /// The compartment that only fills.
        compartment: &'static str,
    },
    /// A correlation matrix that is not positive definite.
    #[error("correlations are not positive definite at row {row}; allowed: a matrix with positive pivots")]
    NotPositiveDefinite {
        /// Row, from 0, where the decomposition failed.
        row: usize,
    },
    /// A list without an element where one is needed.
    #[error("{parameter} is empty; allowed: at least one element")]
    Empty {
        /// Name of the list.
        parameter: &'static str,
    },
    /// A list longer than the simulator accepts.
    #[error("{parameter} has {count} elements; allowed: at most {high}")]
    TooMany {
        /// Name of the list.
        parameter: &'static str,
        /// Number of elements given.
        count: usize,
        /// Largest accepted number.
        high: usize,
    },
    /// A list that must rise does not.
    #[error("{parameter} does not rise at element {index}; allowed: times in rising order")]
    NotSorted {
        /// Name of the list.
        parameter: &'static str,
        /// Index, from 0, of the first element below its predecessor.
        index: usize,
    },
}

/// Accepts a finite value within `low..=high`, or says what is allowed. NaN is refused.
pub(crate) fn within(
    parameter: &'static str,
    value: f64,
    unit: &'static str,
    low: f64,
    high: f64,
) -> Result<f64, SimulationError> {
    if value >= low && value <= high {
        Ok(value)
    } else {
        Err(SimulationError::OutOfRange { parameter, value, unit, low, high })
    }
}
