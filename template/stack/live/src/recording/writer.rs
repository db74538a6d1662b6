//! The thread that writes.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::{atomic::Ordering, mpsc},
    time::Duration,
};

use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    Counts, Event, EventKind, Line, Queued, Start, line,
    redact::{self, Calls},
};

/// So many bytes are written at once.
const AT_ONCE: usize = 64 * 1024;

/// What happened, with its secrets.
pub(super) enum Raw {
    Live {
        connection: u64,
        direction: &'static str,
        text: String,
    },
    Binary {
        connection: u64,
        direction: &'static str,
        bytes: usize,
    },
    Http {
        method: String,
        target: String,
        status: u16,
        duration: Duration,
        visitor: Option<u64>,
        connection: Option<u64>,
        body: Option<Body>,
    },
}

/// What was sent with a request.
pub(super) enum Body {
    Form(Vec<u8>),
    Json(Vec<u8>),
}

/// Opens the file and writes the header.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true).read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let mut header = Vec::new();
    // Where the process was killed, the last line may have no end.
    if file.seek(SeekFrom::End(0))? > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            header.push(b'\n');
        }
    }
    let started = OffsetDateTime::now_utc()
        .format(&Rfc3339)
        .map_err(io::Error::other)?;
    push(
        &mut header,
        &Line::Start(Start {
            recording: line::VERSION,
            started,
        }),
    );
    file.write_all(&header)?;
    Ok(file)
}

/// Writes what is queued until nobody can queue anything any more.
pub(super) fn run(file: File, path: &Path, queue: &mpsc::Receiver<Queued>, counts: &Counts) {
    if let Err(error) = write(file, queue, counts) {
        tracing::error!(%error, path = %path.display(), "the recording has ended");
    }
}

fn write(mut file: File, queue: &mpsc::Receiver<Queued>, counts: &Counts) -> io::Result<()> {
    let mut last = 0;
    let mut calls = Calls::default();
    let mut lines = Vec::with_capacity(AT_ONCE);
    loop {
        let next = match queue.try_recv() {
            Ok(next) => next,
            Err(_) => {
                push_dropped(&mut lines, last, counts);
                file.write_all(&lines)?;
                lines.clear();
                match queue.recv() {
                    Ok(next) => next,
                    Err(_) => return Ok(()),
                }
            }
        };
        match next {
            Queued::Flush(done) => {
                push_dropped(&mut lines, last, counts);
                file.write_all(&lines)?;
                lines.clear();
                drop(done);
            }
            Queued::Event { at, bytes, raw } => {
                counts.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
                let at = micros(at);
                push(
                    &mut lines,
                    &Line::Event(Event {
                        at,
                        kind: without_secrets(raw, &mut calls),
                    }),
                );
                push_dropped(&mut lines, at, counts);
                last = at;
            }
        }
        if lines.len() >= AT_ONCE {
            file.write_all(&lines)?;
            lines.clear();
        }
    }
}

/// Says how many lines are missing, if any are.
fn push_dropped(lines: &mut Vec<u8>, at: u64, counts: &Counts) {
    let dropped = counts.dropped.swap(0, Ordering::Relaxed);
    if dropped > 0 {
        let kind = EventKind::Dropped { lines: dropped };
        push(lines, &Line::Event(Event { at, kind }));
    }
}

fn push(lines: &mut Vec<u8>, line: &Line) {
    serde_json::to_writer(&mut *lines, line).expect("memory takes every byte");
    lines.push(b'\n');
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// What happened, without its secrets.
fn without_secrets(raw: Raw, calls: &mut Calls) -> EventKind {
    match raw {
        Raw::Live {
            connection,
            direction,
            text,
        } => {
            let mut message: Option<Value> = serde_json::from_str(&text).ok();
            if let Some(message) = &mut message {
                redact::message(message, connection, calls);
            }
            let bytes = message.is_none().then_some(text.len());
            EventKind::Live {
                connection,
                direction: direction.into(),
                message,
                bytes,
            }
        }
        Raw::Binary {
            connection,
            direction,
            bytes,
        } => EventKind::Live {
            connection,
            direction: direction.into(),
            message: None,
            bytes: Some(bytes),
        },
        Raw::Http {
            method,
            target,
            status,
            duration,
            visitor,
            connection,
            body,
        } => EventKind::Http {
            direction: "in".into(),
            method,
            target: redact::target(&target),
            status,
            duration: micros(duration),
            visitor,
            connection,
            body: body.and_then(|body| match body {
                Body::Form(bytes) => redact::form(&bytes),
                Body::Json(bytes) => redact::json(&bytes),
            }),
        },
    }
}
