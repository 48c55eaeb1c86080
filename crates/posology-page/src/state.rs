//! What the page is served with.
use crate::clock;
use crate::feedback::FeedbackSource;
use crate::smart::SmartSettings;
use jiff::civil::Date;
use posology_knowledge::KnowledgeBase;
use std::sync::Arc;

/// What the page is served with.
#[derive(Clone)]
pub struct PageState {
    /// Facts.
    pub kb: Arc<KnowledgeBase>,
    /// Date of a review where the form states none; today where absent.
    pub as_of: Option<Date>,
    /// Opens with the shipped examples and says that it is a demonstration.
    pub demo: bool,
    /// Where answers to findings are kept; without it the feedback page says that nothing is.
    pub feedback: Option<Arc<dyn FeedbackSource>>,
    /// SMART App Launch; off where absent.
    pub smart: Option<SmartSettings>,
}

impl PageState {
    /// A page over these facts: dated today, no demonstration, no store, no launch.
    pub fn new(kb: Arc<KnowledgeBase>) -> Self {
        Self { kb, as_of: None, demo: false, feedback: None, smart: None }
    }

    /// With a fixed date of review.
    #[must_use]
    pub fn as_of(mut self, date: Option<Date>) -> Self {
        self.as_of = date;
        self
    }

    /// As a demonstration.
    #[must_use]
    pub fn demo(mut self, demo: bool) -> Self {
        self.demo = demo;
        self
    }

    /// With a store of answers to findings.
    #[must_use]
    pub fn feedback(mut self, source: Arc<dyn FeedbackSource>) -> Self {
        self.feedback = Some(source);
        self
    }

    /// With SMART App Launch.
    #[must_use]
    pub fn smart(mut self, settings: SmartSettings) -> Self {
        self.smart = Some(settings);
        self
    }

    /// Date of a review where the form states none.
    pub(crate) fn date(&self) -> Date {
        self.as_of.unwrap_or_else(clock::today)
    }
}

impl std::fmt::Debug for PageState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PageState")
            .field("as_of", &self.as_of)
            .field("demo", &self.demo)
            .field("feedback", &self.feedback.is_some())
            .field("smart", &self.smart.is_some())
            .finish_non_exhaustive()
    }
}
