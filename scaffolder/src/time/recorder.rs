//! The loop: events go through the filter to the tracker, and what that returns into the log store.

use std::fs::{self, File};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use notify::Event;

use super::files::write_whole;
use super::ignore_filter::IgnoreFilter;
use super::log_store::LogStore;
use super::paths::{TimePaths, WatcherInfo};
use super::watcher::{FolderWatcher, Poller, WatchError, WatchEvent, outside};
use crate::disk::replace::Access;
use crate::error::{Error, Result};
use crate::time::tracker::{Now, Tracker, Work};
use crate::time::{Rules, stored};

/// However little happens, so often it is looked whether the work tree is still there.
const MINUTE: Duration = Duration::from_secs(60);
/// So often it is tried again to write what a full disk refused.
const RETRY: Duration = Duration::from_secs(10);
/// So often a request to end is looked for where the system does not tell of it.
const POLL: Duration = Duration::from_secs(2);

/// What there is to say while it watches.
#[derive(Debug)]
pub enum Notice {
    /// It has begun.
    Watching(WatcherInfo),
    /// It cannot see as it should, and looks every now and then instead.
    Polling(Error),
    /// Somebody works.
    Working(Work),
    /// The work is over.
    Over(Work),
    /// Something failed; it goes on.
    Trouble(Error),
    /// What had failed is made up for.
    Recovered,
}

/// Why it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It was asked to.
    Asked,
    /// The work tree, or its repository, is gone.
    Gone,
}

/// The seconds since 1970.
#[must_use]
pub fn wall_clock() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}

/// How it is done.
#[derive(Debug)]
pub struct How<'a> {
    /// Whose work it is.
    pub author: &'a str,
    /// Whether to look every now and then rather than to be told by the system.
    pub poll: bool,
    /// The right to watch this work tree, from [`TimePaths::claim`].
    pub claim: File,
}

/// Watches until it is asked to end. `wake` is where the other end of `woken` is; whoever has it can send [`WatchEvent::Stop`].
///
/// # Errors
/// It cannot begin.
pub fn watch(
    place: &TimePaths,
    how: How<'_>,
    wake: Sender<WatchEvent>,
    woken: &Receiver<WatchEvent>,
    say: &mut dyn FnMut(Notice),
) -> Result<End> {
    let stop = place.file("stop");
    drop(fs::remove_file(&stop));
    let mut looking = ChangeSource::begin(place, how.poll, wake, say)?;
    let book = LogStore::open(&place.file("jsonl"), how.author)?;
    let since = wall_clock();
    let me = WatcherInfo {
        pid: std::process::id(),
        since: stored(since),
        author: how.author.to_owned(),
        how: looking.described(),
    };
    let text = serde_json::to_string(&me).unwrap_or_default() + "\n";
    write_whole(&place.file("run"), text.as_bytes(), Access::Usual)?;
    say(Notice::Watching(me));

    let tracker = Tracker::new(Rules::USUAL, format!("{since:x}-{:x}", std::process::id()));
    let mut run = Run { tracker, book, started: Instant::now(), in_trouble: false };
    let mut lately = false;
    let end = loop {
        // What comes right after a change is not told, the end of the work tree neither: so it looks once more.
        let mut rest = run.rest().min(looking.rest()).min(if lately { POLL } else { MINUTE });
        if stop.exists() {
            // It was asked before anything could tell of it.
            rest = Duration::ZERO;
        }
        let mut changed = false;
        let mut ended = None;
        match woken.recv_timeout(rest) {
            Ok(first) => {
                let more = std::iter::from_fn(|| woken.try_recv().ok());
                for seen in std::iter::once(first).chain(more.take(10_000)) {
                    match seen {
                        WatchEvent::Stop => ended = Some(End::Asked),
                        WatchEvent::Event(event) => changed |= looking.event(&event, say)?,
                        WatchEvent::Overflow => changed |= looking.again(say)?,
                    }
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => ended = Some(End::Asked),
        }
        changed |= looking.poll();
        run.pass(changed, say);
        lately = changed;
        if stop.exists() {
            ended = Some(End::Asked);
        }
        if !place.root().exists() || !place.folder().exists() {
            ended = Some(End::Gone);
        }
        if let Some(end) = ended {
            break end;
        }
    };
    let last = run.tracker.stop();
    run.write(last, say);
    drop(fs::remove_file(place.file("run")));
    drop(fs::remove_file(&stop));
    drop(how.claim);
    Ok(end)
}

struct Run {
    tracker: Tracker,
    book: LogStore,
    started: Instant,
    in_trouble: bool,
}

impl Run {
    fn now(&self) -> Now {
        Now { steady: self.started.elapsed(), wall: wall_clock() }
    }

    fn rest(&self) -> Duration {
        let rest = self.tracker.rest(self.now()).unwrap_or(MINUTE).min(MINUTE);
        // A moment later than asked for, so that it is not woken too early by a fraction of a second.
        let rest = rest + Duration::from_millis(20);
        if self.book.is_behind() { rest.min(RETRY) } else { rest }
    }

    fn pass(&mut self, changed: bool, say: &mut dyn FnMut(Notice)) {
        let now = self.now();
        let news = if changed { self.tracker.change(now) } else { self.tracker.tick(now) };
        self.write(news, say);
        if let Some(work) = self.tracker.current() {
            say(Notice::Working(work));
        }
    }

    fn write(&mut self, news: Vec<Work>, say: &mut dyn FnMut(Notice)) {
        for work in news.iter().filter(|work| work.done) {
            say(Notice::Over(work.clone()));
        }
        match self.book.write(news) {
            Ok(()) if self.in_trouble => {
                self.in_trouble = false;
                say(Notice::Recovered);
            }
            Ok(()) => {}
            // Once is enough to know it.
            Err(_) if self.in_trouble => {}
            Err(mut error) => {
                self.in_trouble = true;
                // The general advice is to run the command again.
                error.hints.clear();
                let hint =
                    "nothing is lost as long as it runs: it tries again every 10 seconds; `df -h` shows full disks";
                say(Notice::Trouble(error.hint(hint)));
            }
        }
    }
}

/// How changes are seen: by being told, or by looking.
struct ChangeSource<'a> {
    place: &'a TimePaths,
    filter: IgnoreFilter<'a>,
    watcher: Option<FolderWatcher>,
    poll: Poller,
}

impl<'a> ChangeSource<'a> {
    fn begin(place: &'a TimePaths, poll: bool, wake: Sender<WatchEvent>, say: &mut dyn FnMut(Notice)) -> Result<Self> {
        let filter = IgnoreFilter::new(place.repository(), place.root())?;
        let mut looking = Self { place, filter, watcher: None, poll: Poller::default() };
        if !poll {
            match looking.open(wake) {
                Ok(watcher) => looking.watcher = Some(watcher),
                Err(why) => say(Notice::Polling(refused(&why))),
            }
        }
        looking.poll();
        Ok(looking)
    }

    fn open(&mut self, wake: Sender<WatchEvent>) -> Result<FolderWatcher, WatchError> {
        let mut watcher = FolderWatcher::new(wake, self.place.file("stop"))?;
        watcher.open(self.place.root(), &mut self.filter)?;
        // Requests to end come by a file there; without them it would only notice later.
        watcher.one(self.place.folder())?;
        // A commit is work too; a repository without one has no such folder yet.
        drop(watcher.one(&self.place.git_dir().join("logs")));
        Ok(watcher)
    }

    fn described(&self) -> String {
        match self.watcher.as_ref().map(FolderWatcher::folders) {
            Some(Some(1)) => "1 folder".to_owned(),
            Some(Some(folders)) => format!("{folders} folders"),
            Some(None) => "all folders".to_owned(),
            None => "by looking every now and then".to_owned(),
        }
    }

    /// Whether an event counts as a change.
    fn event(&mut self, event: &Event, say: &mut dyn FnMut(Notice)) -> Result<bool> {
        let place = self.place;
        let mut changed = false;
        for path in outside(event, place.folder()) {
            if path.starts_with(place.git_dir()) {
                changed |= path.ends_with(Path::new("logs").join("HEAD"));
                continue;
            }
            if path.file_name().is_some_and(|name| name == ".gitignore") {
                self.filter = IgnoreFilter::new(place.repository(), place.root())?;
                self.reopen(place.root(), say);
                changed = true;
                continue;
            }
            let folder = self.watcher.as_ref().is_some_and(|watcher| watcher.is_new_folder(event, path));
            if self.filter.counts(path, folder.then_some(true)) {
                changed = true;
                if folder {
                    self.reopen(path, say);
                }
            }
        }
        if let Some(watcher) = self.watcher.as_ref().filter(|_| changed) {
            watcher.debounce();
        }
        Ok(changed)
    }

    /// Something was missed: whatever it was, folders may have come.
    fn again(&mut self, say: &mut dyn FnMut(Notice)) -> Result<bool> {
        self.filter = IgnoreFilter::new(self.place.repository(), self.place.root())?;
        self.reopen(self.place.root(), say);
        Ok(true)
    }

    fn reopen(&mut self, from: &Path, say: &mut dyn FnMut(Notice)) {
        let Some(watcher) = &mut self.watcher else { return };
        if let Err(why) = watcher.open(from, &mut self.filter) {
            self.watcher = None;
            say(Notice::Polling(refused(&why)));
            self.poll();
        }
    }

    /// Whether a look, if it is time for one, finds something changed.
    fn poll(&mut self) -> bool {
        if self.watcher.is_some() || !self.poll.is_due() {
            return false;
        }
        // Nobody tells of a changed `.gitignore` either.
        if let Ok(filter) = IgnoreFilter::new(self.place.repository(), self.place.root()) {
            self.filter = filter;
        }
        self.poll.look(self.place.root(), &mut self.filter)
    }

    fn rest(&self) -> Duration {
        if self.watcher.is_some() { MINUTE } else { self.poll.rest().min(POLL) }
    }
}

/// Why it looks every now and then, as a warning.
fn refused(why: &WatchError) -> Error {
    match why {
        WatchError::Limit => {
            Error::system("the system watches no more folders for you; looking for changes every now and then")
                .hint("`sudo sysctl fs.inotify.max_user_watches=524288` lets it watch more; then start again")
        }
        WatchError::Other(error) => {
            let mut warning = Error::system("the system tells of no changes here; looking for them every now and then");
            warning.causes.push(error.to_string());
            warning
        }
    }
}
