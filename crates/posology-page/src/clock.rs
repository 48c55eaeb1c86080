//! The only place of the page where clocks are read.
use jiff::civil::Date;
use std::time::Instant;

/// Today, where the service runs.
#[allow(clippy::disallowed_methods)] // The default date of a form; everything behind it takes the date as an input.
pub fn today() -> Date {
    jiff::ZonedDateTime::now().date()
}

/// For the time limit of a launch, which no answer depends on.
#[allow(clippy::disallowed_methods)] // A session must end; nothing else reads it.
pub fn now() -> Instant {
    Instant::now()
}
