//! Settings of the service. Nothing has to be set to try it; each setting that opens something says so.
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A client that may call the hooks, by the issuer of its signed tokens.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Client {
    /// `iss` of its tokens.
    pub issuer: String,
    /// Where its public keys are: an `https` address (`http` only on loopback) or a file with a JWK set.
    pub jwks: String,
    /// The only `tenant` that is accepted, where one is stated.
    #[serde(default)]
    pub tenant: Option<String>,
}

/// A FHIR server from which data may be fetched when a hook is called without them.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FhirServer {
    /// Base address as the client sends it in `fhirServer`.
    pub base: String,
    /// The only client that may name it, where clients are registered.
    #[serde(default)]
    pub issuer: Option<String>,
}

/// A server of records with which the web page is registered for SMART App Launch.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SmartServer {
    /// For people.
    pub name: String,
    /// FHIR base address; what a launch names as `iss`.
    pub base: String,
    /// Id with which the page is registered there. The redirect to register is `PUBLIC-URL/smart/callback`.
    pub client_id: String,
    /// Secret, where the page is registered as a confidential client.
    #[serde(default)]
    pub client_secret: Option<String>,
}

impl std::fmt::Debug for SmartServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the secret.
        f.debug_struct("SmartServer").field("base", &self.base).finish_non_exhaustive()
    }
}

/// Certificate and key in PEM files.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Tls {
    /// Chain of certificates, the own one first.
    pub certificate: PathBuf,
    /// Private key.
    pub key: PathBuf,
}

/// Limits against too much of anything.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Limits {
    /// Largest body, bytes.
    pub body_bytes: usize,
    /// Longest work on a hook, milliseconds: then the card says that the check did not run.
    pub hook_ms: u64,
    /// Longest work on any other request, milliseconds.
    pub request_ms: u64,
    /// Requests in work at the same time; more are turned away at once.
    pub in_flight: usize,
    /// Longest wait for each answer of a FHIR server, milliseconds.
    pub fetch_ms: u64,
    /// Largest answer of a FHIR server, bytes.
    pub fetch_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 8 << 20,
            hook_ms: 2_000,
            request_ms: 10_000,
            in_flight: 512,
            fetch_ms: 1_000,
            fetch_bytes: 8 << 20,
        }
    }
}

/// Settings of the service: the command line and a TOML file.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Address under which clients reach the service, for links and for the audience of tokens.
    pub public_url: Option<String>,
    /// Folder of the embedded store; in memory where there is none.
    pub data: Option<PathBuf>,
    /// PostgreSQL instead: `postgres://user@host/name`.
    pub database: Option<String>,
    /// Date of every review; today where absent.
    #[serde(deserialize_with = "date")]
    pub as_of: Option<jiff::civil::Date>,
    /// `us` or `uk`.
    pub jurisdiction: Place,
    /// Listen on other addresses than loopback without TLS: only behind a proxy that adds it.
    pub insecure_listen: bool,
    /// TLS.
    pub tls: Option<Tls>,
    /// Clients that may call the hooks. Where there are none, anybody who reaches the address may.
    #[serde(rename = "client")]
    pub clients: Vec<Client>,
    /// FHIR servers that may be asked. Where there are none, none is.
    #[serde(rename = "fhir-server")]
    pub fhir_servers: Vec<FhirServer>,
    /// Servers of records from which the web page may be launched. Where there are none, launches are off.
    #[serde(rename = "smart")]
    pub smart_servers: Vec<SmartServer>,
    /// Bearer tokens for the doors that are not hooks, as the hexadecimal SHA-256 of each.
    pub token_sha256: Vec<String>,
    /// Leave the RxNav door open although tokens are set: its clients cannot send one.
    pub rxnav_open: bool,
    /// Serve the web page.
    pub page: bool,
    /// Web origins that may call from a browser; `http://localhost` at any port is always one while only loopback is listened on.
    pub cors_origins: Vec<String>,
    /// Keep the input of each review, not only its hash: it holds patient data.
    pub keep_input: bool,
    /// Days for which an override is remembered unless drugs or doses change before.
    pub override_days: u32,
    /// Limits.
    pub limits: Limits,
}

/// Whose labels and guidelines hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// United States.
    Us,
    /// United Kingdom.
    Uk,
}

impl From<Place> for posology_knowledge::schema::Jurisdiction {
    fn from(p: Place) -> Self {
        match p {
            Place::Us => Self::Us,
            Place::Uk => Self::Uk,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            data: None,
            database: None,
            as_of: None,
            jurisdiction: Place::Us,
            insecure_listen: false,
            tls: None,
            clients: Vec::new(),
            fhir_servers: Vec::new(),
            smart_servers: Vec::new(),
            token_sha256: Vec::new(),
            rxnav_open: false,
            page: true,
            cors_origins: Vec::new(),
            keep_input: false,
            override_days: 365,
            limits: Limits::default(),
        }
    }
}

/// A setting that cannot be used: what and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}. {remedy}")]
pub struct ConfigError {
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

fn wrong(what: impl Into<String>, remedy: impl Into<String>) -> ConfigError {
    ConfigError { what: what.into(), remedy: remedy.into() }
}

impl Config {
    /// Reads settings from TOML.
    ///
    /// # Errors
    /// The place and the fault; a setting that does not exist is one.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        toml::from_str(text)
            .map_err(|e| wrong(e.to_string().trim_end().to_owned(), "docs/service.md lists the settings"))
    }

    /// Checks what must hold before anything is opened.
    ///
    /// # Errors
    /// The first setting that is unsafe or cannot be meant.
    pub fn check(&self) -> Result<(), ConfigError> {
        if !self.listen.ip().is_loopback() && self.tls.is_none() && !self.insecure_listen {
            return Err(wrong(
                format!(
                    "{} is not a loopback address, and there is no TLS: patient data would go over the network in clear",
                    self.listen
                ),
                "Give [tls] certificate and key; or --insecure-listen where a proxy in front adds TLS",
            ));
        }
        if self.data.is_some() && self.database.is_some() {
            return Err(wrong(
                "both a data folder and a database are given",
                "Give one: --data DIR or --database URL",
            ));
        }
        if let Some(u) = &self.public_url
            && !is_web(u)
        {
            return Err(wrong(
                format!("public-url \"{u}\" is no web address"),
                "Write it as https://cds.example.org",
            ));
        }
        for c in &self.clients {
            let loopback = c.jwks.starts_with("http://127.0.0.1") || c.jwks.starts_with("http://localhost");
            if c.jwks.starts_with("http://") && !loopback {
                return Err(wrong(
                    format!("the keys of client \"{}\" would be fetched in clear", c.issuer),
                    "Give an https address or a file",
                ));
            }
            if c.issuer.is_empty() {
                return Err(wrong("a client has an empty issuer", "Give the iss of its tokens"));
            }
        }
        for s in &self.fhir_servers {
            let loopback = s.base.starts_with("http://127.0.0.1") || s.base.starts_with("http://localhost");
            if !(s.base.starts_with("https://") || loopback) {
                return Err(wrong(
                    format!("the FHIR server \"{}\" would be asked in clear", s.base),
                    "Give an https address",
                ));
            }
        }
        for s in &self.smart_servers {
            let loopback = s.base.starts_with("http://127.0.0.1") || s.base.starts_with("http://localhost");
            if !(s.base.starts_with("https://") || loopback) {
                return Err(wrong(
                    format!("a launch from \"{}\" would go in clear", s.base),
                    "Give the https address of the FHIR server in [[smart]]",
                ));
            }
            if s.client_id.is_empty() {
                return Err(wrong(
                    format!("[[smart]] \"{}\" has an empty client-id", s.base),
                    "Register the page there, with the redirect PUBLIC-URL/smart/callback, and give the id",
                ));
            }
        }
        if !self.smart_servers.is_empty() && !self.page {
            return Err(wrong(
                "[[smart]] is set, and the web page is turned off",
                "Set page = true, or leave [[smart]] out",
            ));
        }
        for t in &self.token_sha256 {
            if t.len() != 64 || !t.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(wrong(
                    "a token-sha256 is not 64 hexadecimal digits",
                    "Make it with: printf %s TOKEN | sha256sum",
                ));
            }
        }
        for o in &self.cors_origins {
            if !is_web(o) || o.matches('/').count() != 2 {
                return Err(wrong(
                    format!("cors-origins: \"{o}\" is no origin"),
                    "Write scheme, host and port only: https://ehr.example.org",
                ));
            }
        }
        Ok(())
    }

    /// Start of the addresses of this service, without a slash at its end.
    pub fn base_url(&self) -> String {
        match &self.public_url {
            Some(u) => u.trim_end_matches('/').to_owned(),
            None => format!("{}://{}", if self.tls.is_some() { "https" } else { "http" }, self.listen),
        }
    }
}

fn is_web(u: &str) -> bool {
    (u.starts_with("https://") || u.starts_with("http://")) && !u.contains(char::is_whitespace)
}

fn date<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<jiff::civil::Date>, D::Error> {
    let text = String::deserialize(d)?;
    text.parse().map(Some).map_err(|_| serde::de::Error::custom("write the date as \"2026-11-24\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_addresses_need_tls_or_a_word() {
        let mut c = Config { listen: "0.0.0.0:80".parse().unwrap(), ..Config::default() };
        assert!(c.check().unwrap_err().to_string().contains("clear"));
        c.insecure_listen = true;
        assert_eq!(c.check(), Ok(()));
        c.insecure_listen = false;
        c.tls = Some(Tls { certificate: "a".into(), key: "b".into() });
        assert_eq!(c.check(), Ok(()));
        let v6 = Config { listen: "[::1]:80".parse().unwrap(), ..Config::default() };
        assert_eq!(v6.check(), Ok(()));
    }

    #[test]
    fn a_setting_that_does_not_exist_is_an_error() {
        let e = Config::from_toml("listem = \"127.0.0.1:1\"").unwrap_err();
        assert!(e.to_string().contains("listem"), "{e}");
        let c = Config::from_toml(
            "as-of = \"2026-11-24\"\n[[client]]\nissuer = \"https://e\"\njwks = \"http://e/j\"\n[limits]\nhook-ms = 5",
        )
        .unwrap();
        let smart = "[[smart]]\nname = \"Clinic\"\nbase = \"http://e/fhir\"\nclient-id = \"p\"\nclient-secret = \"hidden\"";
        let s = Config::from_toml(smart).unwrap();
        assert!(s.check().unwrap_err().to_string().contains("in clear"));
        assert!(!format!("{s:?}").contains("hidden"));
        let s = Config::from_toml(&smart.replace("http:", "https:")).unwrap();
        assert_eq!(s.check(), Ok(()));
        let off = Config { page: false, ..s };
        assert!(off.check().unwrap_err().to_string().contains("turned off"));
        assert_eq!(c.limits.hook_ms, 5);
        assert!(c.check().unwrap_err().to_string().contains("in clear"));
    }
}
