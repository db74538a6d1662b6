//! Numbers for Prometheus: what was asked, how long it took, what is going on.
//!
//! Every label has few values: methods that we know, patterns of routes, statuses, kinds of work. What a client sends
//! never becomes one, so nobody can fill the memory with names. [`serve`] shows them, on an address of its own.

mod collect;
mod serve;

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use prometheus_client::{
    encoding::{EncodeLabelSet, prometheus_text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

pub use collect::Pools;
pub use serve::{listen, serve};

/// Bounds in seconds: from an answer out of memory to the deadline of a request.
const SECONDS: [f64; 13] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Every number. Clones share them.
#[derive(Clone)]
pub struct Metrics(Arc<All>);

struct All {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    live_connections: Gauge,
    live_events: Family<LiveWork, Counter>,
    live_durations: Family<LivePage, Histogram, fn() -> Histogram>,
    live_bytes: Counter,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    method: &'static str,
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct LiveWork {
    page: &'static str,
    kind: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct LivePage {
    page: &'static str,
}

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

impl Metrics {
    /// All numbers at zero, beside those that are in `registry` already. `program` is what runs: its name and version. The
    /// connections of `pools` are counted.
    pub fn new(mut registry: Registry, program: [&'static str; 2], pools: Pools) -> Self {
        collect::register(&mut registry, program, pools);
        let mut all = All {
            registry,
            requests: Family::default(),
            durations: Family::new_with_constructor(seconds),
            in_flight: Gauge::default(),
            live_connections: Gauge::default(),
            live_events: Family::default(),
            live_durations: Family::new_with_constructor(seconds),
            live_bytes: Counter::default(),
        };
        let registry = &mut all.registry;
        registry.register(
            "http_requests",
            "Requests that were answered, by method, pattern of the route, and status",
            all.requests.clone(),
        );
        registry.register(
            "http_request_duration_seconds",
            "From the head of a request to the head of its answer",
            all.durations.clone(),
        );
        registry.register(
            "http_requests_in_flight",
            "Requests that are being answered",
            all.in_flight.clone(),
        );
        registry.register(
            "live_connections",
            "Browsers that are connected to a live page",
            all.live_connections.clone(),
        );
        registry.register(
            "live_events",
            "What live pages did, by pattern of the page and kind of work",
            all.live_events.clone(),
        );
        registry.register(
            "live_event_duration_seconds",
            "From an event of a live page until its answer was sent, its async handler included",
            all.live_durations.clone(),
        );
        registry.register(
            "live_sent_bytes",
            "Bytes of messages to live pages: patches, states, calls",
            all.live_bytes.clone(),
        );
        Self(Arc::new(all))
    }

    /// A browser has connected, until this is dropped.
    pub fn live_connection(&self) -> Ongoing {
        Ongoing::begin(&self.0.live_connections)
    }

    /// A page does something, until this is dropped.
    pub fn live_work(&self, page: &'static str, kind: &'static str) -> LiveEvent {
        let page = if page.is_empty() { UNMATCHED } else { page };
        let labels = LiveWork { page, kind };
        self.0.live_events.get_or_create(&labels).inc();
        LiveEvent {
            metrics: self.clone(),
            page,
            started: Instant::now(),
        }
    }

    /// A message was sent to a page.
    pub fn live_sent(&self, bytes: usize) {
        self.0.live_bytes.inc_by(bytes as u64);
    }

    /// All of them, as Prometheus reads them.
    pub fn text(&self) -> String {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.0.registry)
            .expect("a text takes whatever is written");
        text
    }
}

/// Something that is counted in a gauge until this is dropped.
pub struct Ongoing(Gauge);

impl Ongoing {
    fn begin(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Ongoing {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Work of a live page.
pub struct LiveEvent {
    metrics: Metrics,
    page: &'static str,
    started: Instant,
}

impl Drop for LiveEvent {
    fn drop(&mut self) {
        let labels = LivePage { page: self.page };
        let took = self.started.elapsed();
        let durations = self.metrics.0.live_durations.get_or_create(&labels);
        durations.observe(took.as_secs_f64());
    }
}

/// What a request is counted under that no route has answered.
const UNMATCHED: &str = "unmatched";

/// Counts every request, and how long it takes to answer; one that is given up before is not counted. A middleware.
pub async fn count(State(Metrics(all)): State<Metrics>, request: Request, next: Next) -> Response {
    let _in_flight = Ongoing::begin(&all.in_flight);
    let started = Instant::now();
    let method = method(request.method());
    let pattern = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let pattern = pattern.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
    let route = pattern.to_owned();
    let labels = Answered {
        method,
        route: route.clone(),
        status: response.status().as_u16(),
    };
    all.requests.get_or_create(&labels).inc();
    let took = started.elapsed().as_secs_f64();
    let labels = Route { method, route };
    all.durations.get_or_create(&labels).observe(took);
    response
}

/// The name of a method that we know; any other one is `OTHER`.
pub fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
