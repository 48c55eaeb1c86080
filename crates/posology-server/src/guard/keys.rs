//! The public keys of clients: from a file, or fetched and kept for a while.
use crate::config::Client;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Keys are fetched anew after this time, or where a token names one that is not there.
const KEPT: Duration = Duration::from_secs(600);

/// Never more often than this: a stranger's tokens must not make this service ask.
const AT_MOST_EVERY: Duration = Duration::from_secs(30);

/// Largest set that is read, bytes.
const MOST: usize = 256 * 1024;

/// The keys of one client.
#[derive(Debug)]
pub struct Keys {
    /// Settings of the client.
    pub client: Client,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    set: Option<Arc<JwkSet>>,
    asked: Option<Instant>,
}

impl Keys {
    /// Keys of a client; a file is read at once.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn new(client: Client) -> Result<Self, String> {
        let mut state = State::default();
        if !client.jwks.starts_with("http") {
            let text = std::fs::read_to_string(&client.jwks).map_err(|e| format!("{}: {e}", client.jwks))?;
            let set = serde_json::from_str(&text)
                .map_err(|e| format!("{}: this is no JWK set ({e})", client.jwks))?;
            state.set = Some(Arc::new(set));
        }
        Ok(Self { client, state: Mutex::new(state) })
    }

    /// The key of this id.
    pub async fn find(&self, http: &reqwest::Client, kid: &str) -> Option<Jwk> {
        let mut s = self.state.lock().await;
        let web = self.client.jwks.starts_with("http");
        let now = crate::clock::instant();
        let age = s.asked.map(|a| now.duration_since(a));
        let there = s.set.as_ref().is_some_and(|set| set.find(kid).is_some());
        let old = age.is_none_or(|a| a > KEPT);
        if web && (old || !there) && age.is_none_or(|a| a > AT_MOST_EVERY) {
            s.asked = Some(now);
            match fetch(http, &self.client.jwks).await {
                Ok(set) => s.set = Some(Arc::new(set)),
                Err(fault) => {
                    tracing::warn!(issuer = %self.client.issuer, fault, "the keys of a client could not be fetched")
                }
            }
        }
        s.set.as_ref().and_then(|set| set.find(kid)).cloned()
    }
}

async fn fetch(http: &reqwest::Client, url: &str) -> Result<JwkSet, &'static str> {
    let r = http.get(url).timeout(Duration::from_secs(3)).send().await.map_err(|_| "no answer")?;
    if !r.status().is_success() {
        return Err("the answer is an error");
    }
    let bytes =
        crate::cds::fetch::limited(r, MOST).await.map_err(|_| "the answer is too large or broke off")?;
    serde_json::from_slice(&bytes).map_err(|_| "the answer is no JWK set")
}
