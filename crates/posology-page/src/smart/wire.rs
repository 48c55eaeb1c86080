//! What authorisation servers say.
use serde::Deserialize;

/// `.well-known/smart-configuration`, as far as it is read.
#[derive(Debug, Deserialize)]
pub struct Configuration {
    /// Where the browser is sent.
    pub authorization_endpoint: String,
    /// Where the code is exchanged.
    pub token_endpoint: String,
    /// Ways of PKCE.
    #[serde(default)]
    pub code_challenge_methods_supported: Vec<String>,
}

/// The answer to an exchange.
#[derive(Deserialize)]
pub struct Token {
    /// Access token.
    pub access_token: String,
    /// `Bearer`.
    #[serde(default)]
    pub token_type: String,
    /// Seconds.
    #[serde(default)]
    pub expires_in: Option<u64>,
    /// The patient in context.
    #[serde(default)]
    pub patient: Option<String>,
}

/// The links of a Bundle.
#[derive(Debug, Deserialize)]
pub struct Links {
    /// Links.
    #[serde(default)]
    pub link: Vec<Link>,
}

/// One link.
#[derive(Debug, Deserialize)]
pub struct Link {
    /// `next`.
    pub relation: String,
    /// Address.
    pub url: String,
}
