//! The addresses of a launch.
use super::session::{COOKIE, Pending, START, Session, random};
use super::wire::{Configuration, Token};
use super::{Smart, cookie, fetch};
use crate::entry::Entry;
use crate::outcome;
use crate::reply::Refusal;
use crate::routes::{App, aside};
use crate::views::review as answer_page;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::time::Duration;
use url::Url;

/// What is asked for, reads only.
const READS: &str = "openid fhirUser patient/Patient.r patient/MedicationRequest.rs patient/MedicationStatement.rs patient/MedicationDispense.rs patient/Medication.rs patient/Condition.rs patient/AllergyIntolerance.rs patient/Observation.rs patient/Encounter.rs";

#[derive(Deserialize)]
pub struct Launch {
    #[serde(default)]
    iss: String,
    #[serde(default)]
    launch: String,
}

#[derive(Deserialize)]
pub struct Start {
    #[serde(default)]
    issuer: usize,
}

#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
    #[serde(default)]
    error_description: String,
}

fn refused(status: StatusCode, what: impl Into<String>, remedy: &str) -> Refusal {
    Refusal::new(status, what, remedy)
}

fn smart(app: &App) -> Result<&Smart, Refusal> {
    app.smart.as_ref().ok_or_else(|| {
        refused(
            StatusCode::NOT_FOUND,
            "launches from a record system are off",
            "The service must be started with them.",
        )
    })
}

/// Begins from within a record system.
pub async fn launch(State(app): State<App>, Query(q): Query<Launch>) -> Result<Response, Refusal> {
    let s = smart(&app)?;
    let iss = q.iss.trim_end_matches('/');
    let issuer =
        s.settings.issuers.iter().position(|i| !iss.is_empty() && i.url.trim_end_matches('/') == iss);
    let issuer = issuer.ok_or_else(|| {
        refused(
            StatusCode::FORBIDDEN,
            "this server of records is not on the list of those that may be asked",
            "Whoever runs the service can add it.",
        )
    })?;
    if q.launch.is_empty() {
        return Err(refused(
            StatusCode::BAD_REQUEST,
            "the launch has no context",
            "Open the page from the record system again.",
        ));
    }
    begin(s, issuer, Some(&q.launch)).await
}

/// Begins from the page itself.
pub async fn start(State(app): State<App>, Query(q): Query<Start>) -> Result<Response, Refusal> {
    let s = smart(&app)?;
    if q.issuer >= s.settings.issuers.len() {
        return Err(refused(
            StatusCode::NOT_FOUND,
            "there is no such server of records",
            "Choose one of the list.",
        ));
    }
    begin(s, q.issuer, None).await
}

async fn begin(s: &Smart, issuer: usize, launch: Option<&str>) -> Result<Response, Refusal> {
    let server = &s.settings.issuers[issuer];
    let base = server.url.trim_end_matches('/');
    let away = |why: String| {
        refused(
            StatusCode::BAD_GATEWAY,
            format!("the server of records cannot be used ({why})"),
            "Try again, or type the list in.",
        )
    };
    let client = s.client.as_ref().map_err(|e| away(e.clone()))?;
    let answer = client
        .get(format!("{base}/.well-known/smart-configuration"))
        .header("accept", "application/json")
        .send()
        .await
        .map_err(|e| away(e.without_url().to_string()))?;
    if !answer.status().is_success() {
        return Err(away(format!("its configuration answered {}", answer.status())));
    }
    let bytes = fetch::body(answer).await.map_err(away)?;
    let c: Configuration =
        serde_json::from_slice(&bytes).map_err(|e| away(format!("its configuration: {e}")))?;
    if !c.code_challenge_methods_supported.iter().any(|m| m == "S256") {
        return Err(away("it does not support PKCE with S256".to_owned()));
    }
    for end in [&c.authorization_endpoint, &c.token_endpoint] {
        if !safe(end) {
            return Err(away("its addresses are not protected by TLS".to_owned()));
        }
    }
    let mut to = Url::parse(&c.authorization_endpoint).map_err(|e| away(e.to_string()))?;
    let (state, verifier, browser) =
        (random().map_err(away)?, random().map_err(away)?, random().map_err(away)?);
    let context = if launch.is_some() { "launch" } else { "launch/patient" };
    {
        let mut q = to.query_pairs_mut();
        q.append_pair("response_type", "code")
            .append_pair("client_id", &server.client_id)
            .append_pair("redirect_uri", &redirect_uri(s))
            .append_pair("scope", &format!("{context} {READS}"))
            .append_pair("state", &state)
            .append_pair("aud", &server.url)
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())))
            .append_pair("code_challenge_method", "S256");
        if let Some(l) = launch {
            q.append_pair("launch", l);
        }
    }
    let cookie = set_cookie(s, START, &browser, 600);
    s.sessions.begin(state, Pending { issuer, token_endpoint: c.token_endpoint, verifier, browser });
    with_cookies(Redirect::to(to.as_str()).into_response(), &[cookie])
}

/// Protected in transit, or on this very machine.
fn safe(address: &str) -> bool {
    let Ok(u) = Url::parse(address) else { return false };
    let local = match u.host() {
        Some(url::Host::Domain(d)) => d == "localhost",
        Some(url::Host::Ipv4(i)) => i.is_loopback(),
        Some(url::Host::Ipv6(i)) => i.is_loopback(),
        None => false,
    };
    u.scheme() == "https" || (u.scheme() == "http" && local)
}

fn redirect_uri(s: &Smart) -> String {
    format!("{}/smart/callback", s.settings.base_url)
}

/// A page inside a record system's frame gets cookies only as `SameSite=None`, which browsers take only over TLS.
fn set_cookie(s: &Smart, name: &str, value: &str, seconds: u64) -> String {
    let site = if s.settings.base_url.starts_with("https://") {
        "SameSite=None; Secure; Partitioned"
    } else {
        "SameSite=Lax"
    };
    format!("{name}={value}; Path=/; HttpOnly; Max-Age={seconds}; {site}")
}

fn with_cookies(mut r: Response, cookies: &[String]) -> Result<Response, Refusal> {
    for c in cookies {
        let v = HeaderValue::from_str(c).map_err(|_| {
            refused(StatusCode::INTERNAL_SERVER_ERROR, "no cookie could be set", "Try again.")
        })?;
        r.headers_mut().append(header::SET_COOKIE, v);
    }
    r.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(r)
}

/// Back from signing in.
pub async fn callback(
    State(app): State<App>,
    Query(q): Query<Back>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let s = smart(&app)?;
    let again = "Open the page from the record system again.";
    let pending = s.sessions.take(&q.state).ok_or_else(|| {
        refused(StatusCode::BAD_REQUEST, "this sign-in is not known, or took too long", again)
    })?;
    if cookie(&headers, START).as_deref() != Some(pending.browser.as_str()) {
        return Err(refused(StatusCode::BAD_REQUEST, "this sign-in was begun in another browser", again));
    }
    if !q.error.is_empty() {
        let why = if q.error_description.is_empty() {
            q.error
        } else {
            format!("{}: {}", q.error, q.error_description)
        };
        let why: String = why.chars().take(300).collect();
        return Err(refused(StatusCode::FORBIDDEN, format!("the record system refused ({why})"), again));
    }
    let away = |why: String| {
        refused(StatusCode::BAD_GATEWAY, format!("the record system gave no access ({why})"), again)
    };
    let server = s
        .settings
        .issuers
        .get(pending.issuer)
        .ok_or_else(|| away("it is no longer on the list".to_owned()))?;
    let client = s.client.as_ref().map_err(|e| away(e.clone()))?;
    let uri = redirect_uri(s);
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", &q.code),
        ("redirect_uri", &uri),
        ("code_verifier", &pending.verifier),
    ];
    let mut request = client
        .post(&pending.token_endpoint)
        .header("accept", "application/json")
        .header("content-type", "application/x-www-form-urlencoded");
    match &server.client_secret {
        Some(secret) => request = request.basic_auth(&server.client_id, Some(secret)),
        None => fields.push(("client_id", &server.client_id)),
    }
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let answer = request.body(body).send().await.map_err(|e| away(e.without_url().to_string()))?;
    if !answer.status().is_success() {
        return Err(away(format!("the exchange answered {}", answer.status())));
    }
    let bytes = fetch::body(answer).await.map_err(away)?;
    // The error of the reader may quote the token: it is not shown.
    let token: Token =
        serde_json::from_slice(&bytes).map_err(|_| away("its answer cannot be read".to_owned()))?;
    if !token.token_type.eq_ignore_ascii_case("bearer") {
        return Err(away("its token is of an unknown type".to_owned()));
    }
    let patient = token.patient.ok_or_else(|| away("no patient is in context".to_owned()))?;
    let id = random().map_err(away)?;
    let told = token.expires_in.map_or(s.settings.lifetime, Duration::from_secs);
    let life = told.min(s.settings.lifetime);
    s.sessions.open(id.clone(), Session { issuer: pending.issuer, token: token.access_token, patient }, life);
    let cookies = [set_cookie(s, COOKIE, &id, life.as_secs()), set_cookie(s, START, "", 0)];
    with_cookies(Redirect::to("/smart/patient").into_response(), &cookies)
}

/// The review of the patient in context, read anew.
pub async fn patient(State(app): State<App>, headers: HeaderMap) -> Result<Response, Refusal> {
    let s = smart(&app)?;
    let session = cookie(&headers, COOKIE).and_then(|id| s.sessions.get(&id)).ok_or_else(|| {
        refused(
            StatusCode::UNAUTHORIZED,
            "there is no session with a record system, or its time is over",
            "Open the page from the record system again.",
        )
    })?;
    let server = s.settings.issuers.get(session.issuer).ok_or_else(|| {
        refused(StatusCode::FORBIDDEN, "the server of records is no longer on the list", "Type the list in.")
    })?;
    let read = s.read(server, &session).await.map_err(|why| {
        refused(
            StatusCode::BAD_GATEWAY,
            format!("the record cannot be read ({why})"),
            "Try again, or type the list in.",
        )
    })?;
    let mut entry = Entry::empty(app.page.date());
    entry.take(&server.name, read.cases);
    // Kept with the record, so that they stay in sight when the form comes back.
    match &mut entry.record {
        Some(r) => r.case.problems.extend(read.problems),
        None => entry.problems.extend(read.problems),
    }
    let shared = app.clone();
    let body = aside(move || {
        let kb = &shared.page.kb;
        answer_page::view(kb, &entry, &outcome::of(&entry, kb), None)
    })
    .await?;
    Ok(app.private("/", "Review", &body))
}

/// Ends the session.
pub async fn end(State(app): State<App>, headers: HeaderMap) -> Result<Response, Refusal> {
    let s = smart(&app)?;
    if let Some(id) = cookie(&headers, COOKIE) {
        s.sessions.end(&id);
    }
    with_cookies(Redirect::to("/").into_response(), &[set_cookie(s, COOKIE, "", 0)])
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn plain_http_only_on_this_machine() {
        assert!(
            safe("https://ehr.example.org/token")
                && safe("http://127.0.0.1:9/token")
                && safe("http://localhost/t")
        );
        for bad in [
            "http://ehr.example.org/token",
            "http://localhost.example.org/",
            "ftp://127.0.0.1/",
            "token",
            "javascript:1",
        ] {
            assert!(!safe(bad), "{bad}");
        }
    }
}
