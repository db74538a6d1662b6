//! What the application says of itself while it runs: the log, and traces.
//!
//! The log is text for people in development, one JSON object a line in production. Traces go to a collector if
//! `OTEL_EXPORTER_OTLP_ENDPOINT` names one. Both call what belongs together by the same id, see [`Trace`]; the numbers
//! are in [`metrics`](crate::metrics). `docs/observability.md` is the whole of it.

mod batch;
mod json;
#[cfg(feature = "otlp")]
mod otlp;
#[cfg(not(feature = "otlp"))]
#[path = "telemetry/silent.rs"]
mod otlp;
mod text;
mod trace;

use std::io::{self, IsTerminal};

use tracing_subscriber::{Layer, Registry, fmt, layer::SubscriberExt, util::SubscriberInitExt};

pub use batch::Batches;
pub use otlp::{Exporter, Link, exporting, finish_request, link, start};
pub use trace::{Parent, Trace};

use crate::config::{Config, LogFormat, Otlp};

/// A part of what listens to `tracing`.
type Part = Box<dyn Layer<Registry> + Send + Sync>;

/// What writes the log and sends traces, for as long as it is kept. What is left when it is dropped is written and sent
/// then, which takes a second at most.
pub struct Telemetry {
    // In this order: what goes wrong with the last traces is still logged.
    _exporter: Option<Exporter>,
    _batches: Option<Batches>,
}

/// Starts logging to standard output, and sending traces.
///
/// # Errors
/// The operating system's, or that this was done before.
pub fn init(config: &Config) -> io::Result<Telemetry> {
    let (log, batches) = log(config)?;
    let mut parts = vec![log];
    let mut exporter = None;
    if let Some(otlp) = &config.otlp {
        let (part, started) = traces(otlp)?;
        parts.push(part);
        exporter = Some(started);
    }
    #[cfg(feature = "console")]
    parts.push(console_subscriber::spawn().boxed());
    tracing_subscriber::registry()
        .with(parts)
        .try_init()
        .map_err(io::Error::other)?;
    Ok(Telemetry {
        _exporter: exporter,
        _batches: batches,
    })
}

fn log(config: &Config) -> io::Result<(Part, Option<Batches>)> {
    let filter = config.log_filter.clone();
    match config.log_format {
        LogFormat::Pretty => {
            let layer = fmt::layer()
                .compact()
                .fmt_fields(text::Fields)
                .with_ansi(io::stdout().is_terminal())
                .with_filter(filter);
            Ok((layer.boxed(), None))
        }
        LogFormat::Json => {
            let (lines, batches) = batch::start(io::stdout())?;
            let layer = fmt::layer()
                .event_format(json::Lines)
                .fmt_fields(json::SpanFields)
                .with_ansi(false)
                .with_writer(move || lines.clone())
                .with_filter(filter);
            Ok((layer.boxed(), Some(batches)))
        }
    }
}

/// What turns spans into traces and sends them to a collector, until the [`Exporter`] is dropped.
///
/// # Errors
/// If the settings fit no collector, or this was built without the cargo feature `otlp`.
pub fn traces(otlp: &Otlp) -> io::Result<(Part, Exporter)> {
    otlp::layers(otlp).map_err(io::Error::other)
}

/// Whether the log leaves this field of a span out: it tells a collector how to show the span.
fn is_for_traces(field: &tracing::field::Field) -> bool {
    field.name().starts_with("otel.")
}
