//! What is kept of a launch, in memory and for a limited time.
use crate::clock::now;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Name of the cookie of a session.
pub const COOKIE: &str = "posology-smart";
/// Name of the cookie that binds a launch under way to the browser that began it.
pub const START: &str = "posology-smart-start";
/// Time for signing in.
const SIGN_IN: Duration = Duration::from_secs(600);
/// Launches and sessions kept at once, so that nobody fills the memory with them.
const MOST: usize = 2_000;

/// A launch under way.
#[derive(Clone)]
pub struct Pending {
    /// Index of the server.
    pub issuer: usize,
    /// Where the code is exchanged.
    pub token_endpoint: String,
    /// Proof that the one who exchanges is the one who began.
    pub verifier: String,
    /// What the browser's cookie must say.
    pub browser: String,
}

/// A session.
#[derive(Clone)]
pub struct Session {
    /// Index of the server.
    pub issuer: usize,
    /// Access token.
    pub token: String,
    /// Id of the patient.
    pub patient: String,
}

/// All of them.
#[derive(Default)]
pub struct Sessions {
    pending: Mutex<BTreeMap<String, (Instant, Pending)>>,
    open: Mutex<BTreeMap<String, (Instant, Session)>>,
}

fn lock<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    // A map is whole also after a panic elsewhere.
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Drops what is over, and the oldest where there are too many.
fn tidy<T>(map: &mut BTreeMap<String, (Instant, T)>) {
    let t = now();
    map.retain(|_, v| v.0 > t);
    while map.len() >= MOST {
        let Some(first) = map.iter().min_by_key(|e| e.1.0).map(|e| e.0.clone()) else { return };
        map.remove(&first);
    }
}

/// 256 random bits.
///
/// # Errors
/// The system gives none.
pub fn random() -> Result<String, String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| format!("the system gives no random numbers ({e})"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

impl Sessions {
    /// Begins a launch.
    pub fn begin(&self, state: String, p: Pending) {
        let mut map = lock(&self.pending);
        tidy(&mut map);
        map.insert(state, (now() + SIGN_IN, p));
    }

    /// The launch of a state, once, if it still holds.
    pub fn take(&self, state: &str) -> Option<Pending> {
        let mut map = lock(&self.pending);
        tidy(&mut map);
        map.remove(state).map(|v| v.1)
    }

    /// Opens a session.
    pub fn open(&self, id: String, s: Session, life: Duration) {
        let mut map = lock(&self.open);
        tidy(&mut map);
        map.insert(id, (now() + life, s));
    }

    /// A session that still holds.
    pub fn get(&self, id: &str) -> Option<Session> {
        let mut map = lock(&self.open);
        tidy(&mut map);
        map.get(id).map(|v| v.1.clone())
    }

    /// Whether it still holds.
    pub fn holds(&self, id: &str) -> bool {
        self.get(id).is_some()
    }

    /// Ends a session.
    pub fn end(&self, id: &str) {
        lock(&self.open).remove(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_by_time_and_by_hand() {
        let s = Sessions::default();
        let one = Session { issuer: 0, token: "t".into(), patient: "p".into() };
        s.open("a".into(), one.clone(), Duration::from_secs(60));
        s.open("b".into(), one, Duration::ZERO);
        assert!(s.holds("a") && !s.holds("b"));
        s.end("a");
        assert!(!s.holds("a"));
    }

    #[test]
    fn a_state_holds_once() {
        let s = Sessions::default();
        let p = Pending {
            issuer: 0,
            token_endpoint: String::new(),
            verifier: String::new(),
            browser: String::new(),
        };
        s.begin("x".into(), p);
        assert!(s.take("x").is_some() && s.take("x").is_none());
    }

    #[test]
    fn memory_is_bounded() {
        let s = Sessions::default();
        for i in 0..MOST + 50 {
            let one = Session { issuer: 0, token: String::new(), patient: String::new() };
            s.open(format!("{i}"), one, Duration::from_secs(60));
        }
        assert_eq!(lock(&s.open).len(), MOST);
        assert!(s.holds(&format!("{}", MOST + 49)));
    }
}
