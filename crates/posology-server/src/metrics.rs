//! Figures for Prometheus. Labels are routes and outcomes, never anything of a request.
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;

/// A route and the class of its answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Route {
    /// Template of the route.
    pub route: String,
    /// `2xx`, `4xx`, ...
    pub class: &'static str,
}

/// A hook and how a call of it ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Call {
    /// Hook.
    pub hook: &'static str,
    /// `answered`, `refused`, `panicked`, `timed-out`, `overloaded`.
    pub outcome: &'static str,
}

/// The figures.
pub struct Metrics {
    registry: Mutex<Registry>,
    /// Requests.
    pub requests: Family<Route, Counter>,
    /// Seconds of a request.
    pub seconds: Family<Route, Histogram, fn() -> Histogram>,
    /// Calls of hooks.
    pub calls: Family<Call, Counter>,
    /// Cards shown.
    pub cards: Counter,
    /// Requests in work.
    pub in_flight: Gauge,
    written: Gauge<u64, AtomicU64>,
    failures: Gauge<u64, AtomicU64>,
    lost: Gauge<u64, AtomicU64>,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

fn buckets() -> Histogram {
    Histogram::new([0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5])
}

impl Default for Metrics {
    fn default() -> Self {
        let mut r = Registry::with_prefix("posology");
        let m = Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(buckets as fn() -> Histogram),
            calls: Family::default(),
            cards: Counter::default(),
            in_flight: Gauge::default(),
            written: Gauge::default(),
            failures: Gauge::default(),
            lost: Gauge::default(),
            registry: Mutex::new(Registry::default()),
        };
        r.register("requests", "Requests by route and class of the answer", m.requests.clone());
        r.register("request_seconds", "Seconds from the request to the answer", m.seconds.clone());
        r.register("hook_calls", "Calls of hooks by outcome", m.calls.clone());
        r.register("cards", "Cards shown", m.cards.clone());
        r.register("requests_in_flight", "Requests in work", m.in_flight.clone());
        r.register("store_jobs_written", "Jobs that the store has written", m.written.clone());
        r.register("store_failures", "Attempts to write that failed", m.failures.clone());
        r.register("store_reviews_lost", "Reviews answered and not recorded", m.lost.clone());
        Self { registry: Mutex::new(r), ..m }
    }
}

impl Metrics {
    /// Counts a call of a hook.
    pub fn call(&self, hook: &'static str, outcome: &'static str) {
        self.calls.get_or_create(&Call { hook, outcome }).inc();
    }

    /// The figures as text, with those of the store.
    pub fn text(&self, (written, failures, lost): (u64, u64, u64)) -> String {
        self.written.set(written);
        self.failures.set(failures);
        self.lost.set(lost);
        let mut out = String::new();
        let r = self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let _ = encode(&mut out, &r);
        out
    }
}
