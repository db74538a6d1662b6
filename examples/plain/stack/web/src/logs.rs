//! The log, on standard output: text for people in development, one JSON object a line in production.
//!
//! In JSON, the fields of an event stand beside `timestamp`, `level` and `target`, and those of the spans around it in
//! `spans`, outermost first. Standard output has one lock and takes a system call for each line, so lines are left to a
//! thread of their own. If whatever reads them does not keep up, new lines are dropped and counted, so that it cannot stop
//! the application, unless [`LogOverflow::Wait`] is wanted.

pub(crate) mod short_line;

use std::{
    io::{self, IsTerminal, Write},
    sync::{OnceLock, mpsc},
    thread,
    time::Duration,
};

use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{
    Layer, filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::faults;
use short_line::ShortLine;

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Text with colours, for people.
    Pretty,
    /// One JSON object a line, for machines.
    Json,
}

/// What becomes of a line of the log for which there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogOverflow {
    /// It is dropped and counted, see [`dropped_lines`].
    Drop,
    /// Whoever logs it waits. If nobody reads the log, the application stops until somebody does, or kills it.
    Wait,
}

/// How many lines may wait to be written: a megabyte or two.
const LINES: usize = 4096;
/// How long the last lines may take.
const LAST_LINES: Duration = Duration::from_secs(2);

static DROPPED: OnceLock<ErrorCounter> = OnceLock::new();

/// The number of lines that were dropped because what reads the log did not keep up.
pub fn dropped_lines() -> usize {
    DROPPED.get().map_or(0, ErrorCounter::dropped_lines)
}

/// What writes the log, for as long as it is kept. What is left when it is dropped is written then, which takes two seconds
/// at most.
pub struct Logs {
    _writer: Writer,
}

/// The thread that writes the lines, until this is dropped.
struct Writer(Option<WorkerGuard>);

impl Drop for Writer {
    fn drop(&mut self) {
        // The guard waits without a limit for a standard output that nobody reads.
        let (guard, (done, ended)) = (self.0.take(), mpsc::channel::<()>());
        let wait = move || {
            drop(guard);
            drop(done);
        };
        if thread::Builder::new().spawn(wait).is_ok() {
            ended.recv_timeout(LAST_LINES).ok();
        }
    }
}

/// Standard output, which says how many lines are missing once it is read again.
#[derive(Default)]
struct Output {
    reported: usize,
}

impl Write for Output {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        io::stdout().write(line)
    }

    /// Called when all lines are written, so there is room for one more.
    fn flush(&mut self) -> io::Result<()> {
        let dropped = dropped_lines();
        if dropped > self.reported {
            let lines = dropped - self.reported;
            self.reported = dropped;
            tracing::warn!(
                lines,
                "dropped lines of the log, which was not read fast enough"
            );
        }
        io::stdout().flush()
    }
}

/// Starts logging what `filter` lets pass.
///
/// # Errors
/// The operating system's, or that this was done before.
pub fn init(format: LogFormat, overflow: LogOverflow, filter: &Targets) -> io::Result<Logs> {
    let (lines, writer) = NonBlockingBuilder::default()
        .lossy(overflow == LogOverflow::Drop)
        .buffered_lines_limit(LINES)
        .thread_name("log")
        .finish(Output::default());
    DROPPED.get_or_init(|| lines.error_counter());
    let writer = Writer(Some(writer));
    let log = match format {
        LogFormat::Pretty => fmt::layer()
            .fmt_fields(short_line::fields())
            .event_format(ShortLine)
            .with_ansi(io::stdout().is_terminal())
            .with_writer(lines)
            .boxed(),
        LogFormat::Json => fmt::layer()
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_writer(lines)
            .boxed(),
    };
    let registry = tracing_subscriber::registry()
        .with(log.with_filter(filter.clone()))
        .with(faults::layer());
    registry.try_init().map_err(io::Error::other)?;
    Ok(Logs { _writer: writer })
}
