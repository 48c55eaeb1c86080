//! Work that takes processor time: never on the threads that serve, so that a checker that is slow or stuck holds up nothing but its own answer.
use crate::app::App;
use posology_knowledge::{KnowledgeBase, ResolvedCase};
use posology_model::Review;
use posology_review::Settings;
use std::sync::Arc;

/// Makes a review of a case. The service calls [`posology_review::review`]; tests put one in its place that is slow or fails.
#[derive(Clone)]
pub struct Checker(pub Arc<Check>);

/// The function behind a [`Checker`].
pub type Check = dyn Fn(&ResolvedCase, &KnowledgeBase, &Settings) -> Review + Send + Sync;

impl Default for Checker {
    fn default() -> Self {
        Self(Arc::new(posology_review::review))
    }
}

impl std::fmt::Debug for Checker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Checker")
    }
}

impl Checker {
    /// Makes a review.
    pub fn review(&self, case: &ResolvedCase, kb: &KnowledgeBase, settings: &Settings) -> Review {
        (self.0)(case, kb, settings)
    }
}

/// Why there is no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoResult {
    /// As many computations run as may, counting those whose callers have given up.
    Full,
    /// It panicked.
    Panicked,
}

/// Runs a computation on a thread of its own. One that nobody waits for any more still counts until it ends: so however long it takes, no more than
/// `limits.in-flight` ever run, and what comes then is turned away at once.
///
/// # Errors
/// No place, or it panicked.
pub async fn run<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&App) -> T + Send + 'static,
) -> Result<T, NoResult> {
    let place = Arc::clone(&app.0.room).try_acquire_owned().map_err(|_| NoResult::Full)?;
    // Only a few compute side by side, for the sake of memory; who gives up gives the turn on, though not the place.
    let _turn = app.0.turns.acquire().await.map_err(|_| NoResult::Full)?;
    let app = app.clone();
    let computed = tokio::task::spawn_blocking(move || {
        let _place = place;
        work(&app)
    });
    computed.await.map_err(|_| NoResult::Panicked)
}
