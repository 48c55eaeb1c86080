//! The only place of the service where clocks are read. What the engine answers depends on the date of the review alone.
use jiff::Timestamp;
use jiff::civil::Date;
use std::time::Instant;

/// Today, where the service runs.
#[allow(clippy::disallowed_methods)] // The default of `as_of`; everything behind it takes the date as an input.
pub fn today() -> Date {
    jiff::ZonedDateTime::now().date()
}

/// Now, for the audit log, the age of tokens and the ids of reviews; never part of a review.
#[allow(clippy::disallowed_methods)] // An edge: records are dated, answers are not.
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// A point in time for durations in metrics.
#[allow(clippy::disallowed_methods)] // Measures, and changes no answer.
pub fn instant() -> Instant {
    Instant::now()
}
