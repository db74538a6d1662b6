//! What went over the wire, as lines of JSON in a file: to see what a visitor has met, and to play it again.
//!
//! The first line is a header, `{"recording":1,"started":"2026-01-31T12:00:00Z"}`; a file that was opened again has
//! another one where that happened. Every other line is an [`Event`]. Secrets are left out before anything is
//! written, see [`redact`]; what people type otherwise is there, so a recording is to be kept as a backup is.
//!
//! A thread of its own makes and writes the lines. Nobody waits for it: what it cannot keep up with is left out, and
//! a line says how many.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc::{self, SyncSender, TrySendError},
    },
    time::{Duration, Instant},
};

mod connection;
mod http;
mod line;
mod read;
pub mod redact;
{%- if stack_tests %}
#[cfg(test)]
mod tests;
{%- endif %}
mod visitors;
mod writer;

pub(crate) use connection::{Recorded, connection_opens};
pub use http::{BODY_BYTES, http};
pub use line::{Event, EventKind, Line, Start};
pub use read::{Error, read};
use visitors::Visitors;
use writer::Raw;

/// Events that wait to be written.
const WAITING: usize = 4_096;
/// Their bytes.
const WAITING_BYTES: usize = 32 * 1024 * 1024;

/// Writes down what goes over the wire. Cheap to clone.
#[derive(Clone)]
pub struct Recorder(Arc<Shared>);

struct Shared {
    started: Instant,
    queue: SyncSender<Queued>,
    /// How many have been opened.
    connections: AtomicU64,
    counts: Arc<Counts>,
    visitors: Mutex<Visitors>,
}

#[derive(Default)]
struct Counts {
    waiting_bytes: AtomicUsize,
    /// Since the last line that said so.
    dropped: AtomicU64,
}

/// What the thread is sent.
enum Queued {
    Event {
        at: Duration,
        bytes: usize,
        raw: Raw,
    },
    /// Everything before is to be written; then the other end is dropped.
    Flush(SyncSender<()>),
}

/// Why nothing can be recorded: text for the person who started the application.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot record in `{path}`: {source}\nhint: name a file that can be written with `RECORD`, or none",
    path = path.display()
)]
pub struct OpenError {
    path: PathBuf,
    source: io::Error,
}

impl Recorder {
    /// Goes on with the file at `path`, or begins it, readable for nobody else.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError {
            path: path.to_owned(),
            source,
        };
        let file = writer::open(path).map_err(failed)?;
        let (queue, queued) = mpsc::sync_channel(WAITING);
        let counts = Arc::<Counts>::default();
        let (written, shared) = (path.to_owned(), Arc::clone(&counts));
        let thread = std::thread::Builder::new().name("recording".into());
        thread
            .spawn(move || writer::run(file, &written, &queued, &shared))
            .map_err(failed)?;
        tracing::info!("recording in `{}`", path.display());
        Ok(Self(Arc::new(Shared {
            started: Instant::now(),
            queue,
            connections: AtomicU64::new(0),
            counts,
            visitors: Mutex::default(),
        })))
    }

    /// A text message of a live page's connection; `direction` is `in` or `out`, seen from here.
    pub fn live(&self, connection: u64, direction: &'static str, text: &str) {
        let text = text.to_owned();
        self.put(
            text.len(),
            Raw::Live {
                connection,
                direction,
                text,
            },
        );
    }

    /// A binary message, of which only the length is written.
    pub fn live_binary(&self, connection: u64, direction: &'static str, bytes: usize) {
        self.put(
            0,
            Raw::Binary {
                connection,
                direction,
                bytes,
            },
        );
    }

    /// Waits until everything is in the file.
    pub fn flush(&self) {
        let (done, written) = mpsc::sync_channel(0);
        if self.0.queue.send(Queued::Flush(done)).is_ok() {
            // Ends by an error when the other end is dropped.
            written.recv().ok();
        }
    }

    fn put(&self, bytes: usize, raw: Raw) {
        let counts = &self.0.counts;
        let waiting = counts.waiting_bytes.fetch_add(bytes, Ordering::Relaxed);
        let event = Queued::Event {
            at: self.0.started.elapsed(),
            bytes,
            raw,
        };
        let fits = waiting + bytes <= WAITING_BYTES;
        let sent = if fits {
            self.0.queue.try_send(event)
        } else {
            Err(TrySendError::Full(event))
        };
        if sent.is_err() {
            counts.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
            counts.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}
