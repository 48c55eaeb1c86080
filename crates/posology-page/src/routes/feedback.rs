//! The feedback page.
use super::App;
use crate::views;
use axum::extract::State;
use axum::response::Response;

/// Answers by rule.
pub async fn view(State(app): State<App>) -> Response {
    let answers = match &app.page.feedback {
        None => None,
        Some(source) => Some(source.by_rule().await),
    };
    let body = views::feedback::view(answers.as_ref().map(|a| a.as_deref().map_err(String::as_str)));
    app.private("/feedback", "Feedback", &body)
}
