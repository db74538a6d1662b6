//! Spans of database queries.
//!
//! sqlx says after each query how long it took. That becomes a span of what was under way; queries of nobody are left
//! out. What a query says is written by us, its values are not in it.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use opentelemetry::{
    Context, KeyValue,
    trace::{Span, SpanKind, TraceContextExt, Tracer},
};
use opentelemetry_sdk::trace::SdkTracer;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, layer};

/// Where sqlx says it.
pub(super) const TARGET: &str = "sqlx::query";

pub(super) struct Queries(SdkTracer);

impl Queries {
    pub(super) fn new(tracer: SdkTracer) -> Self {
        Self(tracer)
    }
}

impl<S: Subscriber> Layer<S> for Queries {
    fn on_event(&self, event: &Event<'_>, _: layer::Context<'_, S>) {
        let around = Context::current();
        if !around.span().span_context().is_sampled() {
            return;
        }
        let mut query = Query::default();
        event.record(&mut query);
        let now = SystemTime::now();
        let text = match query.statement.trim() {
            "" => query.summary.clone(),
            text => text.to_owned(),
        };
        let attributes = vec![
            KeyValue::new("db.system.name", "postgresql"),
            KeyValue::new("db.query.text", text),
            KeyValue::new("db.response.returned_rows", query.rows),
        ];
        let mut span = self
            .0
            .span_builder(query.summary)
            .with_kind(SpanKind::Client)
            .with_start_time(now.checked_sub(query.took).unwrap_or(now))
            .with_attributes(attributes)
            .start_with_context(&self.0, &around);
        span.end_with_timestamp(now);
    }
}

#[derive(Default)]
struct Query {
    summary: String,
    statement: String,
    took: Duration,
    rows: i64,
}

impl Visit for Query {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.statement),
            _ => {}
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.took = Duration::try_from_secs_f64(value).unwrap_or_default();
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "rows_returned" {
            self.rows = i64::try_from(value).unwrap_or(i64::MAX);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
