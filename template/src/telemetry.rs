//! The log: text for people in development, one JSON object a line in production.

mod json;

use std::io::{self, IsTerminal};

use tracing_subscriber::{fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{Config, LogFormat};

/// Starts logging to standard output. Does nothing if a log was started before, as a test may have done.
pub fn init(config: &Config) {
    let registry = tracing_subscriber::registry().with(config.log_filter.clone());
    let started = match config.log_format {
        LogFormat::Pretty => {
            let colours = io::stdout().is_terminal();
            registry
                .with(fmt::layer().compact().with_ansi(colours))
                .try_init()
        }
        LogFormat::Json => {
            let lines = fmt::layer()
                .event_format(json::Lines)
                .fmt_fields(json::SpanFields)
                .with_ansi(false);
            registry.with(lines).try_init()
        }
    };
    drop(started);
}
