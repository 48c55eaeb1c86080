//! SMART App Launch 2: EHR and standalone, authorisation code with PKCE.
//!
//! Only servers of the allow list are asked. The token stays in memory here, bound to an `HttpOnly` cookie, for a limited time; neither a page nor a
//! form ever holds it. Redirects of a server are not followed, further pages only at the same server.
mod fetch;
pub mod routes;
mod session;
mod wire;

use axum::http::{HeaderMap, header};
use session::Sessions;
use std::time::Duration;

/// A server of records that may be asked.
#[derive(Clone)]
pub struct Issuer {
    /// For people.
    pub name: String,
    /// FHIR base address; what a launch names as `iss`.
    pub url: String,
    /// Id with which this page is registered there.
    pub client_id: String,
    /// Secret, where the page is registered as a confidential client.
    pub client_secret: Option<String>,
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issuer")
            .field("name", &self.name)
            .field("url", &self.url)
            .field("client_id", &self.client_id)
            .field("client_secret", &self.client_secret.as_ref().map(|_| "(not shown)"))
            .finish()
    }
}

/// How launches are made.
#[derive(Debug, Clone)]
pub struct SmartSettings {
    /// Address at which browsers reach this page, without a slash at the end: `https://posology.example.org`.
    pub base_url: String,
    /// The servers that may be asked; a launch from any other is refused.
    pub issuers: Vec<Issuer>,
    /// Longest life of a session, also where the server gives its token a longer one.
    pub lifetime: Duration,
}

impl SmartSettings {
    /// Settings with sessions of at most half an hour.
    pub fn new(base_url: impl Into<String>, issuers: Vec<Issuer>) -> Self {
        let base_url: String = base_url.into();
        Self {
            base_url: base_url.trim_end_matches('/').to_owned(),
            issuers,
            lifetime: Duration::from_secs(1800),
        }
    }
}

/// Launches under way, and sessions.
pub struct Smart {
    settings: SmartSettings,
    sessions: Sessions,
    client: Result<reqwest::Client, String>,
}

impl Smart {
    /// Nothing under way.
    pub fn new(settings: SmartSettings) -> Self {
        // The provider of the process may have been chosen already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(20))
            .connect_timeout(Duration::from_secs(5))
            .build()
            .map_err(|e| e.to_string());
        Self { settings, sessions: Sessions::default(), client }
    }

    /// Names of the servers, in order.
    pub fn names(&self) -> Vec<&str> {
        self.settings.issuers.iter().map(|i| i.name.as_str()).collect()
    }

    /// Whether the browser has a session that still holds.
    pub fn has_session(&self, headers: &HeaderMap) -> bool {
        cookie(headers, session::COOKIE).is_some_and(|id| self.sessions.holds(&id))
    }
}

/// A cookie of a request.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|c| c.trim().split_once('='))
        .find(|c| c.0 == name)
        .map(|c| c.1.to_owned())
}
