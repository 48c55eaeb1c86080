//! One layer around every door: the host asked for, the number of requests in work, a request id, figures, a line in the log, headers.
use crate::app::App;
use crate::clock;
use crate::metrics::Route;
use crate::problem::Problem;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::sync::atomic::Ordering;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Headers of every answer; one that a door has set itself is kept.
const HEADERS: [(HeaderName, &str); 8] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("x-permitted-cross-domain-policies"), "none"),
];

/// The layer.
pub async fn guard(State(app): State<App>, req: Request, next: Next) -> Response {
    let begun = clock::instant();
    let id = app.0.request_ids.fetch_add(1, Ordering::Relaxed);
    let id = format!("{:08x}-{id:08x}", app.0.instance);
    // The template of the route, never the address: an address may hold a patient's id.
    let route =
        req.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |m| m.as_str().to_owned());
    let method = req.method().clone();
    let metrics = &app.0.metrics;
    // A client that goes away ends this future at any await: the count falls all the same.
    let (_work, in_work) = InWork::new(&app);
    let authority = req.uri().authority().map(|a| a.as_str());
    let mut response = match refuse(&app, req.headers(), authority, in_work, &route) {
        Some(r) => r,
        None => limited(&app, &route, next.run(req)).await,
    };
    let status = response.status();
    let class = match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
    let seconds = begun.elapsed().as_secs_f64();
    let labels = Route { route, class };
    metrics.requests.get_or_create(&labels).inc();
    metrics.seconds.get_or_create(&labels).observe(seconds);
    let (status, route) = (status.as_u16(), labels.route);
    if status >= 500 {
        tracing::error!(request_id = %id, %method, %route, status, seconds, "request");
    } else if status >= 400 {
        tracing::info!(request_id = %id, %method, %route, status, seconds, "request");
    } else {
        tracing::debug!(request_id = %id, %method, %route, status, seconds, "request");
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if app.0.config.tls.is_some() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if let Ok(v) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID.clone(), v);
    }
    response
}

/// Counts a request as in work for as long as it lives.
struct InWork(App);

impl InWork {
    fn new(app: &App) -> (Self, usize) {
        let before = app.0.metrics.in_flight.inc();
        (Self(app.clone()), usize::try_from(before).unwrap_or(0) + 1)
    }
}

impl Drop for InWork {
    fn drop(&mut self) {
        self.0.0.metrics.in_flight.dec();
    }
}

/// No request is worked on for longer than the limit, also where its body never comes to an end. What the hooks compute has a limit of its own.
async fn limited(app: &App, route: &str, answer: impl Future<Output = Response>) -> Response {
    let limit = std::time::Duration::from_millis(app.0.config.limits.request_ms);
    if let Ok(r) = tokio::time::timeout(limit, answer).await {
        return r;
    }
    tracing::error!(%route, "a request took longer than limits.request-ms");
    if route == "/cds-services/{id}" {
        return crate::cds::not_run(&app.0.base, crate::cds::Fault::Late);
    }
    let text = "It took longer than the time allowed for it (limits.request-ms): nothing was assessed.";
    if route.starts_with("/fhir/") {
        return crate::fhir::outcome(StatusCode::SERVICE_UNAVAILABLE, "timeout", text);
    }
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the request was not finished", text).into_response()
}

/// Why a request is turned away before any door sees it.
fn refuse(
    app: &App,
    headers: &HeaderMap,
    authority: Option<&str>,
    in_work: usize,
    route: &str,
) -> Option<Response> {
    // A page of the web whose name leads to loopback must not reach a service that trusts loopback.
    if app.0.config.listen.ip().is_loopback() {
        let host = authority.or_else(|| headers.get(header::HOST).and_then(|h| h.to_str().ok()));
        if let Some(host) = host.filter(|h| !known_host(app, h)) {
            tracing::info!(length = host.len(), "a host that is not this one was asked for");
            return Some(
                Problem::new(
                    StatusCode::MISDIRECTED_REQUEST,
                    "this service does not answer for that host",
                    "It listens on loopback. Use http://127.0.0.1 or http://localhost, or set public-url.",
                )
                .into_response(),
            );
        }
    }
    // Hooks answer with a card instead, so that an order is not held up by an error.
    if in_work > app.0.config.limits.in_flight && !route.starts_with("/cds-services/{") && route != "/healthz"
    {
        return Some(
            (
                [(header::RETRY_AFTER, "1")],
                Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "too many requests are in work",
                    "Send it again in a second.",
                ),
            )
                .into_response(),
        );
    }
    None
}

fn known_host(app: &App, host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let public = app
        .0
        .config
        .public_url
        .as_deref()
        .and_then(|u| u.split("://").nth(1))
        .map(|r| r.split(['/', ':']).next().unwrap_or_default());
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|a| a.is_loopback())
        || public.is_some_and(|p| p.eq_ignore_ascii_case(name))
}

/// Methods that browsers of other origins may use.
pub const METHODS: [Method; 3] = [Method::GET, Method::POST, Method::OPTIONS];
