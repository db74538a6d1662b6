//! Where changes come from: reported by the system, or found by polling where it reports none.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::time::Duration;

use notify::Event;

use super::ignore_filter::IgnoreFilter;
use super::paths::TimePaths;
use super::watcher::{FolderWatcher, Poller, WatchError, WatchEvent, outside};
use crate::error::{Error, Result};

/// So often a request to stop is looked for while polling: no event reports it.
pub(super) const POLL: Duration = Duration::from_secs(2);
/// So often everything is looked at again, however little is reported.
pub(super) const MINUTE: Duration = Duration::from_secs(60);

/// Called with the reason when changes cannot be watched any more and are polled from then on.
pub(super) type Warn<'a> = &'a mut dyn FnMut(Error);

/// The changes of one work tree.
pub(super) struct ChangeSource<'a> {
    paths: &'a TimePaths,
    filter: IgnoreFilter<'a>,
    /// None while polling.
    watcher: Option<FolderWatcher>,
    poller: Poller,
    head_log: HeadLog,
}

impl<'a> ChangeSource<'a> {
    /// Begins to watch, or to poll if `poll` says so or the system cannot watch. `events` is where the system's events go.
    pub(super) fn begin(paths: &'a TimePaths, poll: bool, events: Sender<WatchEvent>, warn: Warn<'_>) -> Result<Self> {
        let filter = IgnoreFilter::new(paths.repository(), paths.root())?;
        let mut source = Self { paths, filter, watcher: None, poller: Poller::default(), head_log: HeadLog::of(paths) };
        if !poll {
            match source.watch(events) {
                Ok(watcher) => source.watcher = Some(watcher),
                Err(why) => warn(polling_because(&why)),
            }
        }
        source.poll();
        Ok(source)
    }

    fn watch(&mut self, events: Sender<WatchEvent>) -> Result<FolderWatcher, WatchError> {
        let mut watcher = FolderWatcher::new(events, self.paths.file("stop"))?;
        watcher.watch_tree(self.paths.root(), &mut self.filter)?;
        // A request to stop is a file there.
        watcher.watch_folder(self.paths.folder())?;
        // A commit is work too; a repository without one has no such folder yet.
        drop(watcher.watch_folder(&self.paths.git_dir().join("logs")));
        Ok(watcher)
    }

    /// How changes are found, for people: "12 folders".
    pub(super) fn described(&self) -> String {
        match self.watcher.as_ref().map(FolderWatcher::folders) {
            Some(Some(1)) => "1 folder".to_owned(),
            Some(Some(folders)) => format!("{folders} folders"),
            Some(None) => "all folders".to_owned(),
            None => "by looking every now and then".to_owned(),
        }
    }

    /// Whether an event counts as a change.
    pub(super) fn is_change(&mut self, event: &Event, warn: Warn<'_>) -> Result<bool> {
        let paths = self.paths;
        let mut changed = false;
        for path in outside(event, paths.folder()) {
            if path.starts_with(paths.git_dir()) {
                changed |= path.ends_with(Path::new("logs").join("HEAD")) && self.head_log.has_work();
                continue;
            }
            if path.file_name().is_some_and(|name| name == ".gitignore") {
                self.rescan(warn)?;
                changed = true;
                continue;
            }
            let folder = self.watcher.as_ref().is_some_and(|watcher| watcher.is_new_folder(event, path));
            if self.filter.counts(path, folder.then_some(true)) {
                // Cementing makes that folder; what is put there otherwise counts by itself.
                changed |= *path != paths.committed();
                if folder {
                    self.watch_again(path, warn);
                }
            }
        }
        if let Some(watcher) = self.watcher.as_ref().filter(|_| changed) {
            watcher.debounce();
        }
        Ok(changed)
    }

    /// Reads what git ignores and looks for new folders: events were lost, or a `.gitignore` changed.
    pub(super) fn rescan(&mut self, warn: Warn<'_>) -> Result<()> {
        self.filter = IgnoreFilter::new(self.paths.repository(), self.paths.root())?;
        self.watch_again(self.paths.root(), warn);
        Ok(())
    }

    fn watch_again(&mut self, from: &Path, warn: Warn<'_>) {
        let Some(watcher) = &mut self.watcher else { return };
        if let Err(why) = watcher.watch_tree(from, &mut self.filter) {
            self.watcher = None;
            warn(polling_because(&why));
            self.poll();
        }
    }

    /// Whether a poll, if one is due, finds a change.
    pub(super) fn poll(&mut self) -> bool {
        if self.watcher.is_some() || !self.poller.is_due() {
            return false;
        }
        // No event reports a changed `.gitignore` either.
        if let Ok(filter) = IgnoreFilter::new(self.paths.repository(), self.paths.root()) {
            self.filter = filter;
        }
        self.poller.has_changed(self.paths.root(), &mut self.filter)
    }

    /// How long to wait for an event before the next poll.
    pub(super) fn timeout(&self) -> Duration {
        if self.watcher.is_some() { MINUTE } else { self.poller.until_due().min(POLL) }
    }
}

/// Git's log of where `HEAD` was.
struct HeadLog {
    path: PathBuf,
    /// How much of it was read before, in bytes.
    read: usize,
}

impl HeadLog {
    fn of(paths: &TimePaths) -> Self {
        let mut log = Self { path: paths.git_dir().join("logs").join("HEAD"), read: 0 };
        log.new_lines();
        log
    }

    /// Whether there is more since the last call than switches of branches: what these change is seen in the files.
    fn has_work(&mut self) -> bool {
        self.new_lines().lines().any(|line| {
            let what = line.split_once('\t').map_or("", |(_, what)| what);
            !what.starts_with("checkout: ")
        })
    }

    fn new_lines(&mut self) -> String {
        let all = fs::read(&self.path).unwrap_or_default();
        // Git may have shortened it.
        let new = all.get(self.read..).unwrap_or(&all);
        let new = String::from_utf8_lossy(new).into_owned();
        self.read = all.len();
        new
    }
}

/// Why changes are polled, as a warning.
fn polling_because(why: &WatchError) -> Error {
    match why {
        WatchError::Limit => {
            Error::system("the system watches no more folders for you; looking for changes every now and then")
                .hint("`sudo sysctl fs.inotify.max_user_watches=524288` lets it watch more; then start again")
        }
        WatchError::Other(error) => {
            let mut warning = Error::system("the system reports no changes here; looking for them every now and then");
            warning.causes.push(error.to_string());
            warning
        }
    }
}

#[cfg(test)]
mod tests;
