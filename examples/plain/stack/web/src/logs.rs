//! The log, on standard output: text for people in development, one JSON object a line in production.
//!
//! In JSON, the fields of an event stand beside `timestamp`, `level` and `target`, and those of the spans around it in
//! `spans`, outermost first. Standard output has one lock and takes a system call for each line, so lines in JSON are left to
//! a thread of its own. A reader that does not keep up slows the application down, as it would without; no line is lost.

use std::io::{self, IsTerminal};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{
    Layer, filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Text with colours, for people.
    Pretty,
    /// One JSON object a line, for machines.
    Json,
}

/// What writes the log, for as long as it is kept. What is left when it is dropped is written then, which takes a second at
/// most.
pub struct Logs {
    _writer: WorkerGuard,
}

/// Starts logging what `filter` lets pass.
///
/// # Errors
/// The operating system's, or that this was done before.
pub fn init(format: LogFormat, filter: &Targets) -> io::Result<Logs> {
    let (lines, writer) = NonBlockingBuilder::default()
        .lossy(false)
        .thread_name("log")
        .finish(io::stdout());
    let log = match format {
        LogFormat::Pretty => fmt::layer()
            .compact()
            .with_ansi(io::stdout().is_terminal())
            .boxed(),
        LogFormat::Json => fmt::layer()
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_writer(lines)
            .boxed(),
    };
    let registry = tracing_subscriber::registry().with(log.with_filter(filter.clone()));
    registry.try_init().map_err(io::Error::other)?;
    Ok(Logs { _writer: writer })
}
