//! Traces: spans of `tracing`, sent to a collector by OTLP over HTTP.
//!
//! Requests only leave what is finished in a queue. A thread of its own sends it, every five seconds or when there is
//! enough; if the collector does not keep up, spans are lost and nothing else.

mod client;
mod ids;
mod queries;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use axum::http::Method;
use opentelemetry::{
    Context, InstrumentationScope, KeyValue,
    trace::{
        SpanContext, SpanId, Status, TraceContextExt, TraceFlags, TraceId, TraceState,
        TracerProvider,
    },
};
use opentelemetry_sdk::{
    Resource,
    trace::{BatchSpanProcessor, Sampler as By, SdkTracerProvider},
};
use tracing::{Level, Span, level_filters::LevelFilter};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{
    Layer,
    filter::{Targets, filter_fn},
};

use super::{Part, Trace};
use crate::config::{Otlp, Sampler};

/// How long the last spans may take when the application stops.
const FAREWELL: Duration = Duration::from_secs(1);

/// Whether anything is sent. What only traces need is not even put together otherwise.
static EXPORTING: AtomicBool = AtomicBool::new(false);

/// Sends spans, until it is dropped; what is left then, it sends within a second.
pub struct Exporter(SdkTracerProvider);

impl Drop for Exporter {
    fn drop(&mut self) {
        // What cannot be sent is lost, which was said when it was tried.
        self.0.shutdown_with_timeout(FAREWELL).ok();
    }
}

/// A span that others can be linked to.
#[derive(Clone)]
pub struct Link(SpanContext);

pub(super) fn layers(
    otlp: &Otlp,
) -> Result<(Part, Exporter), opentelemetry_otlp::ExporterBuildError> {
    let exporter = client::exporter(otlp)?;
    let attributes = otlp.attributes.iter();
    let attributes = attributes.map(|(name, value)| KeyValue::new(name.clone(), value.clone()));
    let resource = Resource::builder()
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attributes(attributes)
        .with_service_name(otlp.service.clone())
        .build();
    let provider = SdkTracerProvider::builder()
        .with_span_processor(BatchSpanProcessor::builder(exporter).build())
        .with_id_generator(ids::Ids::default())
        .with_sampler(sampler(otlp.sampler))
        .with_resource(resource)
        .build();
    let tracer =
        provider.tracer_with_scope(InstrumentationScope::builder(env!("APP_NAME")).build());
    // Of events, only what went wrong: the rest is in the log, under the same id.
    let wanted = filter_fn(|metadata| {
        let most = match metadata.is_span() {
            true => Level::INFO,
            false => Level::WARN,
        };
        *metadata.level() <= most
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
    Ok((spans.and_then(queries).boxed(), Exporter(provider)))
}

fn sampler(sampler: Sampler) -> By {
    let ratio = By::TraceIdRatioBased(sampler.ratio);
    match sampler.parent_based {
        true => By::ParentBased(Box::new(ratio)),
        false => ratio,
    }
}

/// True if spans become traces.
pub fn exporting() -> bool {
    EXPORTING.load(Ordering::Relaxed)
}

/// Makes `span` the beginning of `trace`, or its continuation here. Has to come before the span is entered.
pub fn start(span: &Span, trace: &Trace, link: Option<&Link>) {
    if !exporting() {
        return;
    }
    let Ok(id) = TraceId::from_hex(trace.id()) else {
        return;
    };
    if let Some(link) = link {
        span.add_link(link.0.clone());
    }
    match trace.parent() {
        Some(parent) => {
            let flags = TraceFlags::default().with_sampled(parent.sampled);
            let span_id = SpanId::from(parent.span);
            let parent = SpanContext::new(id, span_id, flags, true, TraceState::NONE);
            let parent = Context::new().with_remote_span_context(parent);
            // It fails if the span is not recorded, in which case it needs no parent.
            span.set_parent(parent).ok();
        }
        None => ids::with_trace(id, || drop(span.context())),
    }
}

/// For what is done later and belongs to `span`, without being a part of it.
pub fn link(span: &Span) -> Link {
    Link(match exporting() {
        true => span.context().span().span_context().clone(),
        false => SpanContext::NONE,
    })
}

/// Says of a request's span what it was about: its method, the pattern of its route, its path and status.
pub fn finish_request(span: &Span, method: &Method, route: Option<&str>, path: &str, status: u16) {
    if !exporting() {
        return;
    }
    let context = span.context();
    let span = context.span();
    if !span.is_recording() {
        return;
    }
    let method = crate::metrics::method(method);
    span.set_attribute(KeyValue::new("http.request.method", method));
    span.set_attribute(KeyValue::new("url.path", path.to_owned()));
    span.set_attribute(KeyValue::new(
        "http.response.status_code",
        i64::from(status),
    ));
    match route {
        Some(route) => {
            span.set_attribute(KeyValue::new("http.route", route.to_owned()));
            span.update_name(format!("{method} {route}"));
        }
        None => span.update_name(method),
    }
    if status >= 500 {
        span.set_status(Status::error(""));
    }
}
