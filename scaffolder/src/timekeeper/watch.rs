//! The loop: what is seen goes through the sieve to the tracker, and what that says into the logbook.

use std::fs::{self, File};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use notify::Event;

use super::eyes::{Blind, Eyes, Glance, Seen, outside};
use super::logbook::Logbook;
use super::place::{Place, Watcher};
use super::sieve::Sieve;
use super::write_whole;
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
pub enum News {
    /// It has begun.
    Watching(Watcher),
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
    /// The right to watch this work tree, from [`Place::claim`].
    pub claim: File,
}

/// Watches until it is asked to end. `wake` is where the other end of `woken` is; whoever has it can send [`Seen::Stop`].
///
/// # Errors
/// It cannot begin.
pub fn watch(
    place: &Place,
    how: How<'_>,
    wake: Sender<Seen>,
    woken: &Receiver<Seen>,
    say: &mut dyn FnMut(News),
) -> Result<End> {
    let stop = place.file("stop");
    drop(fs::remove_file(&stop));
    let mut looking = Looking::begin(place, how.poll, wake, say)?;
    let book = Logbook::open(&place.file("jsonl"), how.author)?;
    let since = wall_clock();
    let me = Watcher {
        pid: std::process::id(),
        since: stored(since),
        author: how.author.to_owned(),
        how: looking.described(),
    };
    let text = serde_json::to_string(&me).unwrap_or_default() + "\n";
    write_whole(&place.file("run"), text.as_bytes(), Access::Usual)?;
    say(News::Watching(me));

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
                        Seen::Stop => ended = Some(End::Asked),
                        Seen::Event(event) => changed |= looking.event(&event, say)?,
                        Seen::Lost => changed |= looking.again(say)?,
                    }
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => ended = Some(End::Asked),
        }
        changed |= looking.glance();
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
    book: Logbook,
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

    fn pass(&mut self, changed: bool, say: &mut dyn FnMut(News)) {
        let now = self.now();
        let news = if changed { self.tracker.change(now) } else { self.tracker.tick(now) };
        self.write(news, say);
        if let Some(work) = self.tracker.current() {
            say(News::Working(work));
        }
    }

    fn write(&mut self, news: Vec<Work>, say: &mut dyn FnMut(News)) {
        for work in news.iter().filter(|work| work.done) {
            say(News::Over(work.clone()));
        }
        match self.book.write(news) {
            Ok(()) if self.in_trouble => {
                self.in_trouble = false;
                say(News::Recovered);
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
                say(News::Trouble(error.hint(hint)));
            }
        }
    }
}

/// How changes are seen: by being told, or by looking.
struct Looking<'a> {
    place: &'a Place,
    sieve: Sieve<'a>,
    eyes: Option<Eyes>,
    glance: Glance,
}

impl<'a> Looking<'a> {
    fn begin(place: &'a Place, poll: bool, wake: Sender<Seen>, say: &mut dyn FnMut(News)) -> Result<Self> {
        let sieve = Sieve::new(place.repository(), place.root())?;
        let mut looking = Self { place, sieve, eyes: None, glance: Glance::default() };
        if !poll {
            match looking.open(wake) {
                Ok(eyes) => looking.eyes = Some(eyes),
                Err(why) => say(News::Polling(refused(&why))),
            }
        }
        looking.glance();
        Ok(looking)
    }

    fn open(&mut self, wake: Sender<Seen>) -> Result<Eyes, Blind> {
        let mut eyes = Eyes::new(wake, self.place.file("stop"))?;
        eyes.open(self.place.root(), &mut self.sieve)?;
        // Requests to end come by a file there; without them it would only notice later.
        eyes.one(self.place.folder())?;
        // A commit is work too; a repository without one has no such folder yet.
        drop(eyes.one(&self.place.git_dir().join("logs")));
        Ok(eyes)
    }

    fn described(&self) -> String {
        match self.eyes.as_ref().map(Eyes::folders) {
            Some(Some(1)) => "1 folder".to_owned(),
            Some(Some(folders)) => format!("{folders} folders"),
            Some(None) => "all folders".to_owned(),
            None => "by looking every now and then".to_owned(),
        }
    }

    /// Whether an event counts as a change.
    fn event(&mut self, event: &Event, say: &mut dyn FnMut(News)) -> Result<bool> {
        let place = self.place;
        let mut changed = false;
        for path in outside(event, place.folder()) {
            if path.starts_with(place.git_dir()) {
                changed |= path.ends_with(Path::new("logs").join("HEAD"));
                continue;
            }
            if path.file_name().is_some_and(|name| name == ".gitignore") {
                self.sieve = Sieve::new(place.repository(), place.root())?;
                self.reopen(place.root(), say);
                changed = true;
                continue;
            }
            let folder = self.eyes.as_ref().is_some_and(|eyes| eyes.is_new_folder(event, path));
            if self.sieve.counts(path, folder.then_some(true)) {
                changed = true;
                if folder {
                    self.reopen(path, say);
                }
            }
        }
        if let Some(eyes) = self.eyes.as_ref().filter(|_| changed) {
            eyes.enough();
        }
        Ok(changed)
    }

    /// Something was missed: whatever it was, folders may have come.
    fn again(&mut self, say: &mut dyn FnMut(News)) -> Result<bool> {
        self.sieve = Sieve::new(self.place.repository(), self.place.root())?;
        self.reopen(self.place.root(), say);
        Ok(true)
    }

    fn reopen(&mut self, from: &Path, say: &mut dyn FnMut(News)) {
        let Some(eyes) = &mut self.eyes else { return };
        if let Err(why) = eyes.open(from, &mut self.sieve) {
            self.eyes = None;
            say(News::Polling(refused(&why)));
            self.glance();
        }
    }

    /// Whether a look, if it is time for one, finds something changed.
    fn glance(&mut self) -> bool {
        if self.eyes.is_some() || !self.glance.is_due() {
            return false;
        }
        // Nobody tells of a changed `.gitignore` either.
        if let Ok(sieve) = Sieve::new(self.place.repository(), self.place.root()) {
            self.sieve = sieve;
        }
        self.glance.look(self.place.root(), &mut self.sieve)
    }

    fn rest(&self) -> Duration {
        if self.eyes.is_some() { MINUTE } else { self.glance.rest().min(POLL) }
    }
}

/// Why it looks every now and then, as a warning.
fn refused(why: &Blind) -> Error {
    match why {
        Blind::Limit => {
            Error::system("the system watches no more folders for you; looking for changes every now and then")
                .hint("`sudo sysctl fs.inotify.max_user_watches=524288` lets it watch more; then start again")
        }
        Blind::Other(error) => {
            let mut warning = Error::system("the system tells of no changes here; looking for them every now and then");
            warning.causes.push(error.to_string());
            warning
        }
    }
}
