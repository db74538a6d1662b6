//! Changes of files: reported by the system, or found by polling.
//!
//! Linux wants a watch for each folder, so folders that git ignores (`target`, which a build fills) cost nothing. Other systems
//! watch the whole tree at once, and events of ignored files are dropped.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use notify::event::{CreateKind, EventKindMask, ModifyKind};
use notify::{Config, ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher, WatcherKind};

use super::ignore_filter::IgnoreFilter;

/// What the loop receives.
#[derive(Debug)]
pub enum WatchEvent {
    /// Something happened to these paths.
    Event(Event),
    /// More happened than could be reported: events are lost.
    Overflow,
    /// Somebody asks it to stop.
    Stop,
}

/// Why the system reports no changes.
#[derive(Debug)]
pub enum WatchError {
    /// The system watches no more folders for this person.
    Limit,
    /// Anything else.
    Other(notify::Error),
}

/// After a change that counted, others need not be reported for so long: it is the same work.
const DEBOUNCE: Duration = Duration::from_secs(1);

/// Watches folders.
#[derive(Debug)]
pub struct FolderWatcher {
    watcher: RecommendedWatcher,
    /// Whether each folder needs a watch of its own.
    by_folder: bool,
    folders: usize,
    started: Instant,
    /// Until when changes of files need not be reported, in milliseconds since `started`.
    muted_until: Arc<AtomicU64>,
}

impl FolderWatcher {
    /// A watcher that sends changes to `events`; those of the file `always` even while others are muted.
    ///
    /// # Errors
    /// The system has none.
    pub fn new(events: Sender<WatchEvent>, always: PathBuf) -> Result<Self, WatchError> {
        let started = Instant::now();
        let muted_until = Arc::new(AtomicU64::new(0));
        let until = Arc::clone(&muted_until);
        let send = move |result: notify::Result<Event>| {
            let event = match result {
                Ok(event) if event.need_rescan() => WatchEvent::Overflow,
                Ok(event)
                    if is_plain(&event.kind) && milliseconds(started.elapsed()) < until.load(Ordering::Relaxed) =>
                {
                    if !event.paths.iter().any(|path| *path == always || path.ends_with(".gitignore")) {
                        return;
                    }
                    WatchEvent::Event(event)
                }
                Ok(event) => WatchEvent::Event(event),
                Err(_) => WatchEvent::Overflow,
            };
            // Nobody listens any more: then it does not matter.
            drop(events.send(event));
        };
        // Not when a file is read: a search through the tree is no work on it.
        let kinds =
            EventKindMask::CREATE | EventKindMask::REMOVE | EventKindMask::MODIFY_DATA | EventKindMask::MODIFY_NAME;
        let config = Config::default().with_follow_symlinks(false).with_event_kinds(kinds);
        let watcher = RecommendedWatcher::new(send, config).map_err(WatchError::from)?;
        let by_folder = RecommendedWatcher::kind() == WatcherKind::Inotify;
        Ok(Self { watcher, by_folder, folders: 0, started, muted_until })
    }

    /// Watches a folder and all below it, without what git ignores.
    ///
    /// # Errors
    /// Not all of them can be watched.
    pub fn watch_tree(&mut self, from: &Path, filter: &mut IgnoreFilter<'_>) -> Result<(), WatchError> {
        if !self.by_folder {
            return self.watcher.watch(from, RecursiveMode::Recursive).map_err(WatchError::from);
        }
        let mut failure = None;
        filter.walk(from, false, &mut |folder| {
            if failure.is_none() {
                self.folders += 1;
                let result = self.watch_folder(folder);
                failure = result.err().filter(|why| !matches!(why, WatchError::Other(error) if is_gone(error)));
            }
        });
        failure.map_or(Ok(()), Err)
    }

    /// Watches the entries of a folder, and nothing below them.
    ///
    /// # Errors
    /// It cannot be watched.
    pub fn watch_folder(&mut self, folder: &Path) -> Result<(), WatchError> {
        self.watcher.watch(folder, RecursiveMode::NonRecursive).map_err(WatchError::from)
    }

    /// How many folders are watched, where each needs a watch of its own.
    #[must_use]
    pub fn folders(&self) -> Option<usize> {
        self.by_folder.then_some(self.folders)
    }

    /// A folder that has just come, and in which nothing is watched yet.
    pub fn is_new_folder(&self, event: &Event, path: &Path) -> bool {
        let may_be =
            matches!(event.kind, EventKind::Create(_) | EventKind::Modify(ModifyKind::Name(_)) | EventKind::Any);
        self.by_folder && may_be && std::fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
    }

    /// A change counted; the next ones are the same work.
    pub fn debounce(&self) {
        self.muted_until.store(milliseconds(self.started.elapsed() + DEBOUNCE), Ordering::Relaxed);
    }
}

impl From<notify::Error> for WatchError {
    fn from(error: notify::Error) -> Self {
        match error.kind {
            ErrorKind::MaxFilesWatch => Self::Limit,
            _ => Self::Other(error),
        }
    }
}

/// Whether an event says no more than that a file has other content.
const fn is_plain(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Modify(ModifyKind::Data(_)) | EventKind::Create(CreateKind::File) | EventKind::Remove(_))
}

fn is_gone(error: &notify::Error) -> bool {
    matches!(&error.kind, ErrorKind::PathNotFound)
        || matches!(&error.kind, ErrorKind::Io(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::NotADirectory))
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Finds changes by comparing the tree with how it was, where the system reports none.
#[derive(Debug)]
pub struct Poller {
    digest: Option<u64>,
    next: Instant,
}

impl Default for Poller {
    fn default() -> Self {
        Self { digest: None, next: Instant::now() }
    }
}

impl Poller {
    /// Whether it is time to poll.
    #[must_use]
    pub fn is_due(&self) -> bool {
        Instant::now() >= self.next
    }

    /// Whether anything changed since the last poll.
    pub fn has_changed(&mut self, root: &Path, filter: &mut IgnoreFilter<'_>) -> bool {
        let begun = Instant::now();
        let digest = filter.walk(root, true, &mut |_| ());
        // At most a hundredth of a processor, however large the tree is.
        let pause = (begun.elapsed() * 100).clamp(SHORTEST, LONGEST);
        self.next = Instant::now() + pause;
        let before = self.digest.replace(digest);
        before.is_some_and(|before| before != digest)
    }

    /// How long until the next poll.
    #[must_use]
    pub fn until_due(&self) -> Duration {
        self.next.saturating_duration_since(Instant::now())
    }
}

/// Polls are so far apart at least, and at most: well within the five minutes after which work ends.
const SHORTEST: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(90);

/// The paths of an event that lie outside of `folder`.
pub(super) fn outside<'a>(event: &'a Event, folder: &'a Path) -> impl Iterator<Item = &'a PathBuf> {
    event.paths.iter().filter(move |path| !path.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_poll_finds_what_changed_since_the_last_one_and_nothing_that_git_ignores() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a folder");
        fs::write(root.join(".gitignore"), "*.log\n").expect("a file");
        let repository = gix::init(&root).expect("a repository");
        let mut filter = IgnoreFilter::new(&repository, &root).expect("a filter");
        let mut poller = Poller::default();
        assert!(!poller.has_changed(&root, &mut filter), "there was nothing before");
        assert!(!poller.is_due() && poller.until_due() > Duration::ZERO);
        fs::write(root.join("a.log"), "ignored").expect("a file");
        assert!(!poller.has_changed(&root, &mut filter));
        fs::write(root.join("a.rs"), "counts").expect("a file");
        assert!(poller.has_changed(&root, &mut filter));
        assert!(!poller.has_changed(&root, &mut filter));
        fs::remove_file(root.join("a.rs")).expect("a file");
        assert!(poller.has_changed(&root, &mut filter));
    }
}
