//! The loop: changes go to the tracker, and the work that it finds goes into the log store.

use std::fs::{self, File};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::change_source::{ChangeSource, MINUTE, POLL};
use super::files::write_whole;
use super::log_store::LogStore;
use super::paths::{TimePaths, WatcherInfo};
use super::watcher::WatchEvent;
use crate::disk::replace::Access;
use crate::error::{Error, Result};
use crate::time::tracker::{Clocks, Tracker, Work};
use crate::time::{Rules, stored};

/// So often a write that failed, for example on a full disk, is tried again.
const RETRY: Duration = Duration::from_secs(10);
/// As many events are taken at once at most.
const BATCH: usize = 10_000;

/// What is reported while it records.
#[derive(Debug)]
pub enum Notice {
    /// It has begun.
    Watching(WatcherInfo),
    /// Changes cannot be watched, for this reason, and are polled instead.
    Polling(Error),
    /// Somebody works.
    Working(Work),
    /// The work is over.
    Finished(Work),
    /// Something could not be written; it will be tried again.
    WriteFailed(Error),
    /// What could not be written is written.
    Recovered,
}

/// Why it stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// Somebody asked for it.
    Requested,
    /// The work tree, or its repository, is gone.
    WorkTreeGone,
}

/// The seconds since 1970.
#[must_use]
pub fn wall_clock() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}

/// What is recorded, and how.
#[derive(Debug)]
pub struct Options<'a> {
    /// Whose work it is.
    pub author: &'a str,
    /// Whether to poll for changes rather than to have the system report them.
    pub poll: bool,
    /// The right to watch this work tree, from [`TimePaths::claim`].
    pub claim: File,
}

/// Records work until it is asked to stop. `events` receives what is sent to `sender`; whoever has a clone of that can send
/// [`WatchEvent::Stop`].
///
/// # Errors
/// It cannot begin.
pub fn record(
    paths: &TimePaths,
    options: Options<'_>,
    sender: Sender<WatchEvent>,
    events: &Receiver<WatchEvent>,
    report: &mut dyn FnMut(Notice),
) -> Result<StopReason> {
    let stop = paths.file("stop");
    drop(fs::remove_file(&stop));
    let mut changes =
        ChangeSource::begin(paths, options.poll, sender, &mut |warning| report(Notice::Polling(warning)))?;
    let store = LogStore::open(&paths.file("jsonl"), options.author)?;
    let since = wall_clock();
    let info = WatcherInfo {
        pid: std::process::id(),
        since: stored(since),
        author: options.author.to_owned(),
        how: changes.described(),
    };
    let text = serde_json::to_string(&info).unwrap_or_default() + "\n";
    write_whole(&paths.file("run"), text.as_bytes(), Access::Usual)?;
    report(Notice::Watching(info));

    let tracker = Tracker::new(Rules::USUAL, format!("{since:x}-{:x}", std::process::id()));
    let mut recorder = Recorder { tracker, store, started: Instant::now(), is_failing: false };
    let mut changed_before = false;
    let reason = loop {
        // Right after a change no event reports another one, nor the end of the work tree: so it looks again soon.
        let limit = if changed_before { POLL } else { MINUTE };
        let mut timeout = recorder.timeout().min(changes.timeout()).min(limit);
        if stop.exists() {
            // It was asked for before anything could report it.
            timeout = Duration::ZERO;
        }
        let mut changed = false;
        let mut reason = None;
        match events.recv_timeout(timeout) {
            Ok(first) => {
                let more = std::iter::from_fn(|| events.try_recv().ok());
                for event in std::iter::once(first).chain(more.take(BATCH)) {
                    let warn = &mut |warning| report(Notice::Polling(warning));
                    match event {
                        WatchEvent::Stop => reason = Some(StopReason::Requested),
                        WatchEvent::Event(event) => changed |= changes.is_change(&event, warn)?,
                        WatchEvent::Overflow => {
                            changes.rescan(warn)?;
                            changed = true;
                        }
                    }
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => reason = Some(StopReason::Requested),
        }
        changed |= changes.poll();
        recorder.advance(changed, report);
        changed_before = changed;
        if stop.exists() {
            reason = Some(StopReason::Requested);
        }
        if !paths.root().exists() || !paths.folder().exists() {
            reason = Some(StopReason::WorkTreeGone);
        }
        if let Some(reason) = reason {
            break reason;
        }
    };
    let last = recorder.tracker.stop();
    recorder.write(last, report);
    drop(fs::remove_file(paths.file("run")));
    drop(fs::remove_file(&stop));
    drop(options.claim);
    Ok(reason)
}

struct Recorder {
    tracker: Tracker,
    store: LogStore,
    started: Instant,
    /// Whether the last write failed.
    is_failing: bool,
}

impl Recorder {
    fn now(&self) -> Clocks {
        Clocks { steady: self.started.elapsed(), wall: wall_clock() }
    }

    /// How long to wait for a change before the tracker or the store has something to do.
    fn timeout(&self) -> Duration {
        let timeout = self.tracker.timeout(self.now()).unwrap_or(MINUTE).min(MINUTE);
        // A moment later than asked for, so that it does not wake a fraction of a second too early.
        let timeout = timeout + Duration::from_millis(20);
        if self.store.is_behind() { timeout.min(RETRY) } else { timeout }
    }

    fn advance(&mut self, changed: bool, report: &mut dyn FnMut(Notice)) {
        let now = self.now();
        let updates = if changed { self.tracker.change(now) } else { self.tracker.tick(now) };
        self.write(updates, report);
        if let Some(work) = self.tracker.current() {
            report(Notice::Working(work));
        }
    }

    fn write(&mut self, updates: Vec<Work>, report: &mut dyn FnMut(Notice)) {
        for work in updates.iter().filter(|work| work.done) {
            report(Notice::Finished(work.clone()));
        }
        match self.store.write(updates) {
            Ok(()) if self.is_failing => {
                self.is_failing = false;
                report(Notice::Recovered);
            }
            Ok(()) => {}
            // It was reported when it failed for the first time.
            Err(_) if self.is_failing => {}
            Err(mut error) => {
                self.is_failing = true;
                // The general advice is to run the command again.
                error.hints.clear();
                let hint =
                    "nothing is lost as long as it runs: it tries again every 10 seconds; `df -h` shows full disks";
                report(Notice::WriteFailed(error.hint(hint)));
            }
        }
    }
}
