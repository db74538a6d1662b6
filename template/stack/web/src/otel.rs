//! Traces: spans of `tracing`, sent to an OpenTelemetry collector by OTLP over HTTP.
//!
//! Requests only leave what is finished in a queue. A thread of its own sends it, every five seconds or when there is
//! enough; if the collector does not keep up, spans are lost and nothing else. The settings are OpenTelemetry's own
//! variables, read by its crates; `docs/opentelemetry.md` names them.

mod queries;

use std::{
    env, io,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use opentelemetry::{
    Context,
    propagation::TextMapPropagator,
    trace::{SpanContext, Status, TraceContextExt, TracerProvider},
};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{BatchSpanProcessor, SdkTracerProvider, SpanExporter},
};
use tracing::{Instrument, Level, Span, Subscriber, field, level_filters::LevelFilter};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{
    Layer,
    filter::{Targets, filter_fn},
    registry::LookupSpan,
};

use crate::metrics;

/// Who asks for traces: without one of these, nothing is sent.
const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
];
/// How long the last spans may take when the application stops.
const SHUTDOWN: Duration = Duration::from_secs(1);
/// The span of a request in the log only. What is sent is [`request`]'s, which is around it.
const ONLY_LOGGED: &str = "request";

/// Whether anything is sent. What only traces need is not even put together otherwise.
static EXPORTING: AtomicBool = AtomicBool::new(false);

/// Sends spans, until it is dropped; what is left then, it sends within a second.
pub struct Exporter(SdkTracerProvider);

impl Drop for Exporter {
    fn drop(&mut self) {
        // What cannot be sent is lost, which OpenTelemetry logs.
        self.0.shutdown_with_timeout(SHUTDOWN).ok();
    }
}

/// A span that others can be linked to.
#[derive(Clone)]
pub struct Link(SpanContext);

impl Link {
    /// The span of what is done here now.
    pub fn here() -> Self {
        Self(Context::current().span().span_context().clone())
    }
}

/// What turns spans into traces and sends them to the collector that the environment names, if it names one.
///
/// # Errors
/// If the variables fit no collector.
pub fn from_env<S>() -> io::Result<(Option<impl Layer<S>>, Option<Exporter>)>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    if ENDPOINTS
        .iter()
        .all(|name| env::var_os(name).is_none_or(|value| value.is_empty()))
    {
        return Ok((None, None));
    }
    // For collectors behind TLS; that there is one already is no fault.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let sender = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .build()
        .map_err(io::Error::other)?;
    let (layer, exporter) = to(sender);
    Ok((Some(layer), Some(exporter)))
}

/// What turns spans into traces and gives them to `sender`, until the [`Exporter`] is dropped.
pub fn to<S>(sender: impl SpanExporter + 'static) -> (impl Layer<S>, Exporter)
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let mut resource = Resource::builder();
    if env::var_os("OTEL_SERVICE_NAME").is_none() {
        resource = resource.with_service_name(program());
    }
    let provider = SdkTracerProvider::builder()
        .with_span_processor(BatchSpanProcessor::builder(sender).build())
        .with_resource(resource.build())
        .build();
    let tracer = provider.tracer(env!("CARGO_PKG_NAME"));
    // Of events, only what went wrong: the rest is in the log, under the same id.
    let wanted = filter_fn(|metadata| {
        let most = match metadata.is_span() {
            true => Level::INFO,
            false => Level::WARN,
        };
        *metadata.level() <= most && !(metadata.is_span() && metadata.name() == ONLY_LOGGED)
    });
    let spans = tracing_opentelemetry::layer()
        .with_tracer(tracer.clone())
        .with_location(false)
        .with_target(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(wanted.with_max_level_hint(LevelFilter::INFO));
    let only_queries = Targets::new().with_target(queries::TARGET, Level::DEBUG);
    let queries = queries::Queries::new(tracer).with_filter(only_queries);
    EXPORTING.store(true, Ordering::Relaxed);
    (spans.and_then(queries), Exporter(provider))
}

/// The name of this program.
fn program() -> String {
    let path = env::current_exe().ok();
    let name = path.as_ref().and_then(|path| path.file_stem());
    name.map_or("app".into(), |name| name.to_string_lossy().into_owned())
}

/// A span around a request, by the pattern of its route, which continues the trace that `traceparent` names. Every line
/// that is logged inside has the trace's id. A middleware: outside of what logs.
pub async fn request(request: Request, next: Next) -> Response {
    if !EXPORTING.load(Ordering::Relaxed) {
        return next.run(request).await;
    }
    let method = metrics::method(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let name = match &route {
        Some(route) => format!("{method} {}", route.as_str()),
        None => method.to_owned(),
    };
    // Of the highest level, so that every line has the id whatever is logged.
    let span = tracing::error_span!(
        "trace",
        id = field::Empty,
        otel.name = name,
        otel.kind = "server",
    );
    let parent = TraceContextPropagator::new().extract(&HeaderExtractor(request.headers()));
    // It fails if the span is not recorded, in which case it needs no parent.
    span.set_parent(parent).ok();
    span.record("id", trace_id(&span));
    span.set_attribute("http.request.method", method);
    span.set_attribute("url.path", request.uri().path().to_owned());
    if let Some(route) = route {
        span.set_attribute("http.route", route.as_str().to_owned());
    }
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    span.set_attribute("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        span.set_status(Status::error(""));
    }
    response
}

/// Makes `span`, an event of a live page, a trace with this `name`, linked to the request that its connection began
/// with.
pub fn live(span: &Span, name: String, connection: Option<&Link>) {
    if !EXPORTING.load(Ordering::Relaxed) {
        return;
    }
    if let Some(connection) = connection {
        span.add_link(connection.0.clone());
    }
    span.context().span().update_name(name);
    span.record("trace_id", trace_id(span));
}

fn trace_id(span: &Span) -> String {
    span.context().span().span_context().trace_id().to_string()
}
