//! `posology serve`: the service for health records, other programs and the browser.
use super::common::{Answer, Country, date};
use crate::failure::Failure;
use clap::Args;
use jiff::civil::Date;
use posology_knowledge::{Corpus, KnowledgeBase};
use posology_page::{FeedbackSource, Issuer, PageState, RuleFeedback, SmartSettings};
use posology_server::app::{App, StartError};
use posology_server::config::{Config, Place};
use posology_server::store::Store;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

const EXAMPLES: &str = "\
Examples:
  To try it: nothing to set, nothing kept, this machine only:
    posology serve
  With a store in a folder:
    posology serve --data /var/lib/posology
  For real: settings in a file (TLS, clients, FHIR servers, tokens):
    posology serve --config /etc/posology.toml --database postgres://posology@db/posology

It listens on loopback. Other addresses need TLS ([tls] in the settings), or --insecure-listen behind a proxy that adds it.
docs/service.md lists the settings; /openapi.json describes the doors.";

/// Arguments of `posology serve`.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct ServeArgs {
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Folder of the embedded store; without it or --database everything is forgotten at the end
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// PostgreSQL instead: postgres://user@host/name
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    pub database: Option<String>,
    /// Date of every review [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// Whose labels and guidelines hold
    #[arg(long, value_enum)]
    pub jurisdiction: Option<Country>,
    /// Address under which clients reach the service, for links and tokens
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// Listen on other addresses than loopback without TLS: only behind a proxy that adds it
    #[arg(long)]
    pub insecure_listen: bool,
    /// Open the page with the shipped examples, for a first look
    #[arg(long)]
    pub demo: bool,
    /// Settings (TOML); what is given here goes before
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to log: error, warn, info, debug, or a filter such as posology_server=debug
    #[arg(long, value_name = "FILTER", default_value = "info")]
    pub log: String,
}

/// Serves until it is told to end.
///
/// # Errors
/// A setting that is unsafe, a store that cannot be opened, an address that cannot be listened on.
pub fn run(args: &ServeArgs) -> Result<Answer, Failure> {
    let config = settings(args)?;
    posology_server::log::start(&args.log)
        .map_err(|e| Failure::new(format!("--log \"{}\" is no filter ({e})", args.log)))?;
    runtime()?.block_on(async {
        let app = start(config).await?;
        if app.0.config.data.is_none() && app.0.config.database.is_none() {
            tell("nothing is kept: give --data DIR to keep reviews, feedback and the audit log");
        }
        let base = app.0.base.clone();
        let page = page(&app, args.demo);
        posology_server::serve::serve(app, Some(page), move |a| {
            tell(&format!("listening on {a}; open {base}"))
        })
        .await
        .map_err(|e| failure(&e))
    })?;
    Ok(Answer::new(String::new()))
}

/// The command line and the file, the command line first.
pub fn settings(args: &ServeArgs) -> Result<Config, Failure> {
    let mut c = match &args.config {
        Some(path) => {
            let name = path.display();
            let text = std::fs::read_to_string(path)
                .map_err(|e| Failure::new(format!("{name}: the settings cannot be read ({e})")))?;
            Config::from_toml(&text)
                .map_err(|e| Failure::new(format!("{name}: {}", e.what)).help(e.remedy))?
        }
        None => Config::default(),
    };
    if let Some(l) = args.listen {
        c.listen = l;
    }
    if args.data.is_some() || args.database.is_some() {
        c.data = args.data.clone();
        c.database = args.database.clone();
    }
    c.as_of = args.as_of.or(c.as_of);
    c.public_url = args.public_url.clone().or(c.public_url);
    c.insecure_listen |= args.insecure_listen;
    match args.jurisdiction {
        Some(Country::Us) => c.jurisdiction = Place::Us,
        Some(Country::Uk) => c.jurisdiction = Place::Uk,
        None => {}
    }
    Ok(c)
}

/// The service with the facts compiled in.
pub async fn start(config: Config) -> Result<App, Failure> {
    let corpus = Corpus::from_bytes(posology_corpus::BYTES)
        .map_err(|e| Failure::new(format!("the facts compiled into this program cannot be read ({e})")))?;
    App::new(config, Arc::new(KnowledgeBase::new(corpus))).await.map_err(|e| failure(&e))
}

/// The web page over the same facts and the same store.
fn page(app: &App, demo: bool) -> axum::Router {
    let issuers: Vec<Issuer> = app
        .0
        .config
        .smart_servers
        .iter()
        .map(|s| Issuer {
            name: s.name.clone(),
            url: s.base.clone(),
            client_id: s.client_id.clone(),
            client_secret: s.client_secret.clone(),
        })
        .collect();
    let state = PageState::new(Arc::clone(&app.0.kb))
        .as_of(app.0.config.as_of)
        .demo(demo)
        .feedback(Arc::new(Rules(app.0.store.clone())));
    // Without a server in the settings launches stay off.
    let state =
        if issuers.is_empty() { state } else { state.smart(SmartSettings::new(app.0.base.clone(), issuers)) };
    posology_page::router(state)
}

/// The store as the page of feedback asks it.
struct Rules(Store);

impl FeedbackSource for Rules {
    fn by_rule(&self) -> Pin<Box<dyn Future<Output = Result<Vec<RuleFeedback>, String>> + Send + '_>> {
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        Box::pin(async move {
            let list = self.0.by_rule().await.map_err(|e| e.to_string())?;
            Ok(list
                .into_iter()
                .map(|r| RuleFeedback {
                    rule: r.rule,
                    shown: count(r.shown),
                    accepted: count(r.accepted),
                    overridden: count(r.overridden),
                    reasons: r.reasons.into_iter().map(|(k, n)| (k, count(n))).collect(),
                })
                .collect())
        })
    }
}

/// The threads of a service or a conversation.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::new(format!("no threads can be started ({e})")))
}

/// A fault of the service for people.
pub fn failure(e: &StartError) -> Failure {
    match e {
        StartError::Config(c) => Failure::new(c.what.clone()).help(c.remedy.clone()),
        other => Failure::new(other.to_string()),
    }
}

fn tell(text: &str) {
    use std::io::Write as _;
    // Nothing can be told where standard error is closed.
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}
