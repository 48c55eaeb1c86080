//! The service as one value, and its doors as one router: tested without a socket.
use crate::config::{Config, ConfigError};
use crate::guard::jwt::Clients;
use crate::ids::Numbers;
use crate::metrics::Metrics;
use crate::store::{Place, Store};
use crate::work::Checker;
use crate::{cds, clock, doors, fhir, guard, mcp, openapi, rxnav};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use posology_knowledge::KnowledgeBase;
use posology_review::Settings;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Duration;
use tokio::sync::Semaphore;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// The service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App(pub Arc<Parts>);

/// Its parts.
#[derive(Debug)]
pub struct Parts {
    /// Settings.
    pub config: Config,
    /// Facts.
    pub kb: Arc<KnowledgeBase>,
    /// The store.
    pub store: Store,
    /// Registered clients.
    pub clients: Clients,
    /// For FHIR servers and keys: follows no redirects.
    pub http: reqwest::Client,
    /// Figures.
    pub metrics: Metrics,
    /// Makes reviews.
    pub checker: Checker,
    /// Places for computations, `limits.in-flight` of them.
    pub room: Arc<Semaphore>,
    /// Turns to compute: twice as many as there are processors.
    pub turns: Semaphore,
    /// Numbers of reviews.
    pub numbers: Numbers,
    /// Start of the addresses of this service.
    pub base: String,
    /// Tells instances apart in request ids.
    pub instance: u32,
    /// Requests so far.
    pub request_ids: AtomicU64,
    /// The service is about to end: not ready any more.
    pub ending: AtomicBool,
}

/// The service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The store.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    /// Keys of a client, a certificate, an address.
    #[error("{0}")]
    Other(String),
}

impl App {
    /// Opens the store and makes the service ready.
    ///
    /// # Errors
    /// A setting that is unsafe or a store that cannot be opened.
    pub async fn new(config: Config, kb: Arc<KnowledgeBase>) -> Result<Self, StartError> {
        Self::with_checker(config, kb, Checker::default()).await
    }

    /// The same with another checker in place of the engine: to try what a slow or failing one does.
    ///
    /// # Errors
    /// As [`App::new`].
    pub async fn with_checker(
        config: Config,
        kb: Arc<KnowledgeBase>,
        checker: Checker,
    ) -> Result<Self, StartError> {
        config.check()?;
        if kb.corpus.substances.is_empty() {
            return Err(StartError::Other(
                "the facts compiled into this program cannot be read; build it again".into(),
            ));
        }
        // Twice in one process (tests) is no fault.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let place = match (&config.database, &config.data) {
            (Some(u), _) => Place::Postgres(u.clone()),
            (None, Some(d)) => Place::Folder(d.clone()),
            (None, None) => Place::Memory,
        };
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(2))
            .user_agent(concat!("posology/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| StartError::Other(format!("no client for HTTP can be made ({e})")))?;
        let clients = Clients::new(&config.clients).map_err(StartError::Other)?;
        let store = Store::open(&place).await?;
        let now = clock::now();
        let instance = (now.as_nanosecond() ^ i128::from(std::process::id())) as u32;
        let note = serde_json::json!({
            "version": env!("CARGO_PKG_VERSION"), "knowledge": kb.version(), "clients": config.clients.len(),
            "asOf": config.as_of.map(|d| d.to_string()),
        });
        store.note(now.to_string(), note.to_string());
        let base = config.base_url();
        let turns = 2 * std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let room = Arc::new(Semaphore::new(config.limits.in_flight.min(Semaphore::MAX_PERMITS)));
        Ok(Self(Arc::new(Parts {
            config,
            checker,
            room,
            turns: Semaphore::new(turns),
            kb,
            store,
            clients,
            http,
            metrics: Metrics::default(),
            numbers: Numbers::new(instance as u8),
            base,
            instance,
            request_ids: AtomicU64::new(1),
            ending: AtomicBool::new(false),
        })))
    }

    /// Settings of a review now.
    pub fn settings(&self) -> Settings {
        Settings {
            as_of: self.0.config.as_of.unwrap_or_else(clock::today),
            jurisdiction: self.0.config.jurisdiction.into(),
            suppressions: Vec::new(),
        }
    }

    /// All doors, with a plain first page.
    pub fn router(&self) -> Router {
        self.router_with(None)
    }

    /// All doors, with this web page at `/` unless the settings turn it off.
    pub fn router_with(&self, page: Option<Router>) -> Router {
        let protected = |r: Router<Self>| {
            r.layer(axum::middleware::from_fn_with_state(self.clone(), guard::token::required))
        };
        let rxnav = if self.0.config.rxnav_open { rxnav::router() } else { protected(rxnav::router()) };
        let doors = Router::new()
            .merge(cds::router(self))
            .merge(rxnav)
            .merge(protected(fhir::router()))
            .merge(protected(doors::guarded()))
            .merge(protected(mcp::router(self)))
            .merge(openapi::router())
            .merge(doors::open())
            .with_state(self.clone());
        let page = if self.0.config.page {
            page.unwrap_or_else(|| doors::page().with_state(self.clone()))
        } else {
            Router::new()
        };
        doors
            .merge(page)
            .layer(DefaultBodyLimit::max(self.0.config.limits.body_bytes))
            .layer(axum::middleware::from_fn_with_state(self.clone(), guard::guard))
            .layer(self.cors())
    }

    fn cors(&self) -> CorsLayer {
        let listed: Vec<HeaderValue> =
            self.0.config.cors_origins.iter().filter_map(|o| HeaderValue::from_str(o).ok()).collect();
        let local = self.0.config.listen.ip().is_loopback();
        let allowed = AllowOrigin::predicate(move |origin, _| {
            listed.contains(origin) || local && origin.to_str().is_ok_and(is_loopback)
        });
        CorsLayer::new()
            .allow_origin(allowed)
            .allow_methods(guard::METHODS)
            .allow_headers([
                header::CONTENT_TYPE,
                header::AUTHORIZATION,
                header::ACCEPT,
                HeaderName::from_static("mcp-session-id"),
                HeaderName::from_static("mcp-protocol-version"),
            ])
            .expose_headers([
                HeaderName::from_static("x-request-id"),
                HeaderName::from_static("mcp-session-id"),
            ])
            .max_age(Duration::from_secs(600))
    }
}

/// `http://localhost` and loopback addresses at any port.
fn is_loopback(origin: &str) -> bool {
    let Some(host) = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) else {
        return false;
    };
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|a| a.is_loopback())
}
