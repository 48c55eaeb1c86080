//! Signed tokens of CDS clients: who calls, for which service, and only once.
use super::keys::Keys;
use super::token::bearer;
use crate::clock;
use crate::problem::Problem;
use axum::http::{HeaderMap, StatusCode};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Mutex;

/// Algorithms that the specification recommends; nothing symmetric, nothing unsigned.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::ES384, Algorithm::RS384];

/// Clocks may differ by this much, seconds.
const LEEWAY: u64 = 30;

/// Longest life of a token, seconds.
const LONGEST: u64 = 3_600;

/// Token ids remembered at the same time.
const MOST_SEEN: usize = 200_000;

/// Who calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    /// Issuer of the token; empty where clients are not registered.
    pub issuer: String,
    /// Organisation, where the token states one.
    pub tenant: String,
}

impl Caller {
    /// One text for both.
    pub fn key(&self) -> String {
        format!("{}\n{}", self.issuer, self.tenant)
    }
}

#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    exp: u64,
    iat: u64,
    jti: String,
    #[serde(default)]
    tenant: Option<String>,
}

#[derive(Deserialize)]
struct Issuer {
    iss: Option<String>,
}

/// The registered clients.
#[derive(Debug, Default)]
pub struct Clients {
    list: Vec<Keys>,
    seen: Mutex<HashMap<String, u64>>,
}

fn refused(why: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "the client's token is not accepted", why)
}

impl Clients {
    /// From the settings.
    ///
    /// # Errors
    /// Keys in a file that cannot be read.
    pub fn new(list: &[crate::config::Client]) -> Result<Self, String> {
        Ok(Self {
            list: list.iter().cloned().map(Keys::new).collect::<Result<_, _>>()?,
            seen: Mutex::default(),
        })
    }

    /// Who calls the service at `audience`. Where no client is registered, everybody may, and a token is not looked at.
    ///
    /// # Errors
    /// 401 with the reason.
    pub async fn check(
        &self,
        headers: &HeaderMap,
        audience: &str,
        http: &reqwest::Client,
    ) -> Result<Caller, Problem> {
        if self.list.is_empty() {
            return Ok(Caller::default());
        }
        let token = bearer(headers)
            .ok_or_else(|| refused("Send Authorization: Bearer with a JWT signed by the client."))?;
        let header = decode_header(token).map_err(|_| {
            refused("It is no JWT, or of an algorithm that is not taken (ES384 and RS384 are).")
        })?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(refused("Its algorithm is not taken; sign with ES384 or RS384."));
        }
        // Which client it says it is; believed only once the signature is checked with that client's key.
        let says = jsonwebtoken::dangerous::insecure_decode::<Issuer>(token).ok().and_then(|t| t.claims.iss);
        let keys = says
            .and_then(|iss| self.list.iter().find(|k| k.client.issuer == iss))
            .ok_or_else(|| refused("Its issuer (iss) is not registered here."))?;
        if header.jku.as_ref().is_some_and(|j| keys.client.jwks.starts_with("http") && *j != keys.client.jwks)
        {
            return Err(refused("Its jku is not the address of keys that is registered for this issuer."));
        }
        let kid = header.kid.as_deref().ok_or_else(|| refused("Its header names no key (kid)."))?;
        let jwk = keys
            .find(http, kid)
            .await
            .ok_or_else(|| refused("Its key (kid) is not among the client's keys."))?;
        let key = DecodingKey::from_jwk(&jwk).map_err(|_| refused("The client's key cannot be used."))?;
        let mut v = Validation::new(header.alg);
        v.leeway = LEEWAY;
        v.set_audience(&[audience]);
        v.set_issuer(&[&keys.client.issuer]);
        v.set_required_spec_claims(&["exp", "iss", "aud"]);
        let c = decode::<Claims>(token, &key, &v).map_err(|e| refused(why(&e)))?.claims;
        let now = u64::try_from(clock::now().as_second()).unwrap_or(0);
        if c.iat > now + LEEWAY {
            return Err(refused("It was issued in the future (iat)."));
        }
        if c.exp.saturating_sub(c.iat) > LONGEST {
            return Err(refused("It lives longer than an hour (exp)."));
        }
        if let Some(t) = &keys.client.tenant
            && c.tenant.as_ref() != Some(t)
        {
            return Err(refused("Its tenant is not the one registered for this issuer."));
        }
        self.once(&c, now)?;
        Ok(Caller { issuer: c.iss, tenant: c.tenant.unwrap_or_default() })
    }

    /// A token is taken once.
    fn once(&self, c: &Claims, now: u64) -> Result<(), Problem> {
        if c.jti.is_empty() || c.jti.len() > 256 {
            return Err(refused("Its id (jti) is empty or longer than 256 characters."));
        }
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if seen.len() >= MOST_SEEN {
            seen.retain(|_, exp| *exp + LEEWAY >= now);
            if seen.len() >= MOST_SEEN {
                return Err(Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "too many tokens in a short time",
                    "Send it again later.",
                ));
            }
        }
        match seen.insert(format!("{}\n{}", c.iss, c.jti), c.exp) {
            Some(exp) if exp + LEEWAY >= now => Err(refused("It was used before (jti).")),
            _ => Ok(()),
        }
    }
}

fn why(e: &jsonwebtoken::errors::Error) -> &'static str {
    use jsonwebtoken::errors::ErrorKind as K;
    match e.kind() {
        K::ExpiredSignature => "It has expired (exp).",
        K::InvalidAudience => "It is for another service: aud must be the address that is called.",
        K::InvalidIssuer => "Its issuer (iss) is not registered here.",
        K::InvalidSignature => "Its signature is wrong.",
        K::MissingRequiredClaim(_) => "A claim is missing: iss, aud, exp, iat and jti are needed.",
        _ => "It cannot be read: iss, aud, exp, iat and jti are needed.",
    }
}
