//! The log: text for people in development, one JSON object a line in production.

mod batch;
mod json;

use std::io::{self, IsTerminal};

use tracing_subscriber::{fmt, layer::SubscriberExt, util::SubscriberInitExt};

pub use batch::Batches;

use crate::config::{Config, LogFormat};

/// Starts logging to standard output. What is returned has to be kept until the end: it writes what is left.
///
/// # Errors
/// The operating system's, or that a log was started before.
pub fn init(config: &Config) -> io::Result<Option<Batches>> {
    let registry = tracing_subscriber::registry().with(config.log_filter.clone());
    match config.log_format {
        LogFormat::Pretty => {
            let colours = io::stdout().is_terminal();
            let layer = fmt::layer().compact().with_ansi(colours);
            registry.with(layer).try_init().map_err(io::Error::other)?;
            Ok(None)
        }
        LogFormat::Json => {
            let (lines, batches) = batch::start(io::stdout())?;
            let layer = fmt::layer()
                .event_format(json::Lines)
                .fmt_fields(json::SpanFields)
                .with_ansi(false)
                .with_writer(move || lines.clone());
            registry.with(layer).try_init().map_err(io::Error::other)?;
            Ok(Some(batches))
        }
    }
}
