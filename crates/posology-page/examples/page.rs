//! Serves the page on a loopback port, for tries and for the browser tests: `cargo run -p posology-page --example page -- 8080`.
#![allow(clippy::disallowed_methods)] // An edge: reads its argument.
use jiff::civil::date;
use posology_page::{FeedbackSource, PageState, RuleFeedback, router};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use tower_http::set_header::SetResponseHeaderLayer;

struct Made;

impl FeedbackSource for Made {
    fn by_rule(&self) -> Pin<Box<dyn Future<Output = Result<Vec<RuleFeedback>, String>> + Send + '_>> {
        let one = |rule: &str, shown, overridden, accepted, why: &[(&str, u64)]| RuleFeedback {
            rule: rule.to_owned(),
            shown,
            accepted,
            overridden,
            reasons: why.iter().map(|w| (w.0.to_owned(), w.1)).collect::<BTreeMap<_, _>>(),
        };
        Box::pin(async move {
            Ok(vec![
                one("opioid-with-benzodiazepine", 61, 22, 19, &[("benefit outweighs", 14), ("", 8)]),
                one("naloxone-missing", 74, 41, 3, &[("patient has it", 33), ("", 8)]),
                one("driving", 120, 4, 1, &[("", 4)]),
            ])
        })
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> std::io::Result<()> {
    let port: u16 = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(8080);
    let corpus =
        posology_knowledge::Corpus::from_bytes(posology_corpus::BYTES).map_err(std::io::Error::other)?;
    let kb = Arc::new(posology_knowledge::KnowledgeBase::new(corpus));
    let mut state = PageState::new(kb).as_of(Some(date(2026, 11, 24))).demo(true);
    if std::env::args().any(|a| a == "--feedback") {
        state = state.feedback(Arc::new(Made));
    }
    // As the service sends it, so that the browser tests see what it would block.
    let csp = axum::http::HeaderValue::from_static(
        "default-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'",
    );
    let app = router(state)
        .layer(SetResponseHeaderLayer::overriding(axum::http::header::CONTENT_SECURITY_POLICY, csp))
        .layer(tower_http::compression::CompressionLayer::new());
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, app).await
}
