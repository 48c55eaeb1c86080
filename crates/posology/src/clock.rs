//! The only place where the clock is read.
use jiff::civil::Date;

/// Today, where the user is.
#[allow(clippy::disallowed_methods)] // The default of --as-of; everything behind it takes the date as an input.
pub fn today() -> Date {
    jiff::ZonedDateTime::now().date()
}
