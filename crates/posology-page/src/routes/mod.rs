//! Addresses.
mod feedback;
mod lookup;
mod papers;
mod review;
pub mod taper;

use crate::form::LARGEST;
use crate::reply::Refusal;
use crate::search::Index;
use crate::smart::{self, Smart};
use crate::state::PageState;
use crate::{assets, views};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use maud::Markup;
use std::sync::Arc;

/// What handlers share.
pub struct Shared {
    /// What the page is served with.
    pub page: PageState,
    /// Names to search.
    pub index: Index,
    /// Launches, where they are on.
    pub smart: Option<Smart>,
}

/// Shared by all requests.
pub type App = Arc<Shared>;

impl Shared {
    /// A page that anybody may keep: no word of a patient.
    pub fn public(&self, here: &str, title: &str, body: &Markup) -> Markup {
        let p = views::layout::Page { title, here, demo: self.page.demo, ..Default::default() };
        views::layout::page(&p, body)
    }

    /// A page that may hold what was entered.
    pub fn private(&self, here: &str, title: &str, body: &Markup) -> Response {
        let p = views::layout::Page { title, here, demo: self.page.demo, wide: true, ..Default::default() };
        crate::reply::private(views::layout::page(&p, body))
    }
}

/// Everything.
pub fn router(page: PageState) -> Router {
    let index = Index::new(&page.kb);
    let smart = page.smart.clone().map(Smart::new);
    let app: App = Arc::new(Shared { index, smart, page });
    Router::new()
        .route("/", get(review::enter))
        .route("/enter", get(review::home).post(review::again))
        .route("/resolve", post(review::resolved))
        .route("/review", get(review::home).post(review::answer))
        .route("/curve", post(review::curve))
        .route("/taper", get(taper::blank).post(taper::plan))
        .route("/taper/adjust", get(review::home).post(taper::adjust))
        .route("/taper/{file}", post(taper::file))
        .route("/leaflet.pdf", post(papers::leaflet))
        .route("/decision.pdf", post(papers::decision))
        .route("/drugs", get(lookup::drugs))
        .route("/drug/{name}", get(lookup::drug))
        .route("/rules", get(lookup::rules))
        .route("/rule/{id}", get(lookup::rule))
        .route("/classes", get(lookup::classes))
        .route("/class/{id}", get(lookup::class))
        .route("/sources", get(lookup::sources))
        .route("/source/{id}", get(lookup::source))
        .route("/interactions", get(lookup::interactions))
        .route("/interaction/{id}", get(lookup::interaction))
        .route("/search", get(lookup::search))
        .route("/feedback", get(feedback::view))
        .route("/smart/launch", get(smart::routes::launch))
        .route("/smart/start", get(smart::routes::start))
        .route("/smart/callback", get(smart::routes::callback))
        .route("/smart/patient", get(smart::routes::patient))
        .route("/smart/end", post(smart::routes::end))
        .route("/assets/{name}", get(assets::serve))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(app)
}

/// No such thing.
pub fn not_found(what: &str, remedy: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, what, remedy)
}

/// Runs what takes a processor for longer than a moment beside the threads that answer.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.map_err(|_| {
        Refusal::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the work on this request broke off, and nothing was assessed",
            "Send it again; if it breaks off again, report it with the example that does it.",
        )
    })
}
