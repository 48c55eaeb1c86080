//! The web page: enter a record, read the review, try a change, plan a taper, look things up.
//!
//! [`router`] serves everything under `/`. Nothing of a patient is kept: the state of a session travels in the form, so that pages work
//! without script and data stay on the machine that serves them. The one exception is a SMART App Launch, whose token lives in memory for a
//! limited time ([`SmartSettings`]). Pages load nothing from elsewhere and hold no inline script or style, so that a
//! content security policy of `default-src 'self'` holds.
#![warn(missing_docs)]

mod assets;
mod chart;
mod clock;
mod entry;
mod examples;
mod feedback;
mod form;
mod markdown;
mod outcome;
mod reply;
mod routes;
mod search;
mod smart;
mod state;
mod views;
mod what_if;
mod words;

pub use feedback::{FeedbackSource, RuleFeedback};
pub use smart::{Issuer, SmartSettings};
pub use state::PageState;

use axum::Router;

/// Everything under `/`.
pub fn router(state: PageState) -> Router {
    routes::router(state)
}
