//! What is refused, always by naming the parameter, its value and the allowed range.

/// A parameter that cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ExposureError {
    /// A number outside its range, or not a number.
    #[error("{parameter} of {of} is {value}; allowed is {allowed}")]
    OutOfRange {
        /// The parameter.
        parameter: &'static str,
        /// Of what: a substance or an enzyme.
        of: String,
        /// The value given.
        value: f64,
        /// The range allowed.
        allowed: &'static str,
    },
    /// An enzyme that the crate does not know.
    #[error("enzyme is {value:?}; allowed are {allowed}")]
    UnknownEnzyme {
        /// The name given.
        value: String,
        /// The names known.
        allowed: String,
    },
    /// A route that the crate does not know.
    #[error(
        "route is {value:?}; allowed are oral, sublingual, intravenous, intramuscular, nasal, rectal, transdermal"
    )]
    UnknownRoute {
        /// The name given.
        value: String,
    },
    /// A phenotype that the crate does not know.
    #[error("phenotype of {enzyme} is {value:?}; allowed are poor, intermediate, normal, rapid, ultrarapid")]
    UnknownPhenotype {
        /// The enzyme.
        enzyme: &'static str,
        /// The name given.
        value: String,
    },
    /// The victim has no pathway, so nothing can be said.
    #[error("pathways of {of} is empty; allowed is one or more")]
    NoPathway {
        /// The victim.
        of: String,
    },
}

/// Refuses a value outside `[low, high]` and anything that is not a number.
pub(super) fn within(
    parameter: &'static str,
    of: &str,
    value: f64,
    low: f64,
    high: f64,
    allowed: &'static str,
) -> Result<f64, ExposureError> {
    if value.is_finite() && value >= low && value <= high {
        Ok(value)
    } else {
        Err(ExposureError::OutOfRange { parameter, of: of.to_owned(), value, allowed })
    }
}
