//! What stands in for traces in a build without the cargo feature `otlp`.

use tracing::Span;

use super::{Part, Trace};
use crate::config::Otlp;

/// Sends nothing.
pub struct Exporter;

/// Leads nowhere.
#[derive(Clone)]
pub struct Link;

pub(super) fn layers(_: &Otlp) -> Result<(Part, Exporter), &'static str> {
    Err("`OTEL_EXPORTER_OTLP_ENDPOINT` is set, but this was built without the cargo feature `otlp`")
}

/// True if spans become traces.
pub fn exporting() -> bool {
    false
}

/// See the feature `otlp`.
pub fn start(_: &Span, _: &Trace, _: Option<&Link>) {}

/// See the feature `otlp`.
pub fn link(_: &Span) -> Link {
    Link
}

/// See the feature `otlp`.
pub fn finish_request(_: &Span, _: &axum::http::Method, _: Option<&str>, _: &str, _: u16) {}
