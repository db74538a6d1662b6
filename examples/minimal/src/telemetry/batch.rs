//! Many log lines with one write.
//!
//! Standard output has one lock and takes a system call for each line, so under load the threads that serve requests
//! would wait for each other and for whoever reads the log. Here they leave their lines in memory, and a thread of its
//! own writes what has come together, some milliseconds later. A reader that does not keep up slows the application
//! down, as it would without this; it does not fill the memory.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

/// How long lines may wait for others.
const PAUSE: Duration = Duration::from_millis(5);
/// How many bytes may wait.
const MOST: usize = 1024 * 1024;

/// Takes lines. Clones share the memory.
#[derive(Clone)]
pub(super) struct Lines(Arc<Shared>);

struct Shared {
    waiting: Mutex<Waiting>,
    /// There is something to write, or nothing more to come.
    filled: Condvar,
    /// There is room again.
    emptied: Condvar,
}

#[derive(Default)]
struct Waiting {
    bytes: Vec<u8>,
    ended: bool,
}

/// Writes the lines for as long as it exists; what is left when it is dropped is written then.
pub struct Batches {
    lines: Lines,
    thread: Option<JoinHandle<()>>,
}

/// Starts a thread that writes to `out`.
///
/// # Errors
/// The operating system's, if it has no thread to give.
pub(super) fn start(out: impl Write + Send + 'static) -> io::Result<(Lines, Batches)> {
    let lines = Lines(Arc::new(Shared {
        waiting: Mutex::default(),
        filled: Condvar::new(),
        emptied: Condvar::new(),
    }));
    let shared = Arc::clone(&lines.0);
    let thread = thread::Builder::new()
        .name("log".to_owned())
        .spawn(move || shared.write_all(out))?;
    let batches = Batches {
        lines: lines.clone(),
        thread: Some(thread),
    };
    Ok((lines, batches))
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_all(&self, mut out: impl Write) {
        let mut batch = Vec::new();
        loop {
            let waiting = self
                .filled
                .wait_while(self.lock(), |waiting| {
                    waiting.bytes.is_empty() && !waiting.ended
                })
                .unwrap_or_else(PoisonError::into_inner);
            let ended = waiting.ended;
            drop(waiting);
            if !ended {
                thread::sleep(PAUSE);
            }
            mem::swap(&mut batch, &mut self.lock().bytes);
            self.emptied.notify_all();
            if batch.is_empty() && ended {
                return;
            }
            // If nobody reads the log any more, there is nobody to tell.
            out.write_all(&batch).and_then(|()| out.flush()).ok();
            batch.clear();
        }
    }
}

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut waiting = self
            .0
            .emptied
            .wait_while(self.0.lock(), |waiting| {
                waiting.bytes.len() >= MOST && !waiting.ended
            })
            .unwrap_or_else(PoisonError::into_inner);
        let first = waiting.bytes.is_empty();
        waiting.bytes.extend_from_slice(line);
        drop(waiting);
        if first {
            self.0.filled.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Batches {
    fn drop(&mut self) {
        self.lines.0.lock().ended = true;
        self.lines.0.filled.notify_one();
        self.lines.0.emptied.notify_all();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Hands every batch to the test, and takes the next one only when the test took this one.
    struct Reader(mpsc::SyncSender<Vec<u8>>);

    impl Write for Reader {
        fn write(&mut self, batch: &[u8]) -> io::Result<usize> {
            self.0.send(batch.to_vec()).map_err(io::Error::other)?;
            Ok(batch.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn every_line_arrives_whole_and_in_order_also_the_last_one() {
        let (reader, read) = mpsc::sync_channel(1000);
        let (lines, batches) = start(Reader(reader)).unwrap();
        let writers = (0..4).map(|writer| {
            let mut lines = lines.clone();
            thread::spawn(move || {
                for number in 0..250 {
                    lines
                        .write_all(format!("{writer} {number}\n").as_bytes())
                        .unwrap();
                }
            })
        });
        writers
            .collect::<Vec<_>>()
            .into_iter()
            .for_each(|writer| writer.join().unwrap());
        drop(batches);
        let text = String::from_utf8(read.iter().flatten().collect()).unwrap();
        for writer in 0..4 {
            let prefix = format!("{writer} ");
            let numbers = text.lines().filter_map(|line| line.strip_prefix(&prefix));
            assert!(numbers.eq((0..250).map(|number| number.to_string())));
        }
    }

    #[test]
    fn a_reader_that_does_not_keep_up_slows_the_writers_down() {
        let (reader, read) = mpsc::sync_channel(0);
        let (mut lines, batches) = start(Reader(reader)).unwrap();
        let writer = thread::spawn(move || {
            for _ in 0..64 {
                lines.write_all(&[b'x'; MOST / 8]).unwrap();
            }
        });
        let mut bytes = 0;
        while bytes < 8 * MOST {
            let batch = read.recv().unwrap();
            assert!(batch.len() <= MOST + MOST / 8);
            bytes += batch.len();
        }
        writer.join().unwrap();
        drop(batches);
        assert_eq!(bytes, 8 * MOST);
    }

    #[test]
    fn a_reader_that_has_gone_stops_nobody() {
        let (reader, read) = mpsc::sync_channel(0);
        let (mut lines, batches) = start(Reader(reader)).unwrap();
        drop(read);
        for _ in 0..64 {
            lines.write_all(&[b'x'; MOST / 8]).unwrap();
        }
        drop(batches);
    }
}
