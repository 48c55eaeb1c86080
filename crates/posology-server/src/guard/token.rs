//! Bearer tokens of the doors that are not hooks.
use crate::app::App;
use crate::ids::hex;
use crate::problem::Problem;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The token of a request.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Lets through who gives a token whose hash is known; everybody where none is set.
pub async fn required(State(app): State<App>, req: Request, next: Next) -> Response {
    let known = &app.0.config.token_sha256;
    if known.is_empty() {
        return next.run(req).await;
    }
    let Some(token) = bearer(req.headers()) else { return refusal() };
    let given = hex(&Sha256::digest(token.as_bytes()));
    // Every hash is compared, so that the time says nothing.
    let ok = known
        .iter()
        .fold(0u8, |ok, k| ok | k.to_ascii_lowercase().as_bytes().ct_eq(given.as_bytes()).unwrap_u8());
    if ok == 1 { next.run(req).await } else { refusal() }
}

fn refusal() -> Response {
    (
        [(header::WWW_AUTHENTICATE, "Bearer")],
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "a token is needed",
            "Send the header Authorization: Bearer TOKEN with a token whose SHA-256 is set in token-sha256.",
        ),
    )
        .into_response()
}
