//! What comes next: saves and keys come in, passes go out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crossterm::event::{self, KeyEvent};
use tokio::sync::mpsc::UnboundedSender;

use super::changes::{self, Kind};
use super::keys::{HELP, Keys, Wish};
use super::pass::{Outcome, Wanted};
use super::workspace::Workspace;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::watch::Watcher;

/// What happens while the daemon waits or runs.
#[derive(Debug)]
pub(super) enum Event {
    Saved(BTreeSet<PathBuf>),
    /// Files cannot be watched any more, and why.
    Blind(String),
    Key(KeyEvent),
    /// Somebody outside wants it to end.
    Ended,
}

/// What is still to be done.
#[derive(Debug)]
pub(super) struct Desk {
    keys: Keys,
    filter: Option<String>,
    fail_fast: bool,
    /// What was asked for by a key, or at the start.
    asked: Option<Wanted>,
    /// Files that were saved, and not yet tested from first to last.
    saved: BTreeSet<PathBuf>,
    /// Whether those have to wait: the build with them failed, or was given up for something else.
    stuck: bool,
    quits: bool,
    /// What is to be said to the person, and was not yet.
    said: Vec<String>,
}

impl Desk {
    pub(super) fn new(filter: Option<String>, fail_fast: bool) -> Self {
        Self {
            keys: Keys::default(),
            filter,
            fail_fast,
            asked: Some(Wanted::All),
            saved: BTreeSet::new(),
            stuck: false,
            quits: false,
            said: Vec::new(),
        }
    }

    pub(super) fn quits(&self) -> bool {
        self.quits
    }

    /// The filter, and whether to stop at the first failure.
    pub(super) fn settings(&self) -> (Option<String>, bool) {
        (self.filter.clone(), self.fail_fast)
    }

    /// What is to be said, once.
    pub(super) fn said(&mut self) -> Vec<String> {
        std::mem::take(&mut self.said)
    }

    /// What is typed at the moment, if something is.
    pub(super) fn prompt(&self) -> Option<String> {
        self.keys.prompt()
    }

    /// The next pass, if there is something to do.
    pub(super) fn next(&mut self) -> Option<Wanted> {
        let asked = self.asked.take();
        match asked {
            Some(Wanted::Failed) => asked,
            // All are run after a change too, in a better order.
            Some(_) if !self.saved.is_empty() => Some(Wanted::Changed(self.saved.clone())),
            None if !self.saved.is_empty() && !self.stuck => {
                Some(Wanted::Changed(self.saved.clone()))
            }
            asked => asked,
        }
    }

    /// Takes down how a pass ended.
    pub(super) fn ended(&mut self, wanted: &Wanted, outcome: Outcome) {
        match outcome {
            Outcome::Passed | Outcome::Failed | Outcome::NoTests => {
                if let Wanted::Changed(files) = wanted {
                    self.saved.retain(|file| !files.contains(file));
                }
            }
            Outcome::NotBuilt => self.stuck = true,
            Outcome::Cancelled => {}
        }
    }

    /// Takes an event, and says whether there is something new to run.
    pub(super) fn take(&mut self, event: Event, workspace: &Workspace) -> bool {
        match event {
            Event::Saved(files) => self.save(files, workspace),
            Event::Blind(why) => {
                self.said.push(format!("error: {why}"));
                false
            }
            Event::Key(key) => {
                let wish = self.keys.press(&key);
                wish.is_some_and(|wish| self.grant(wish))
            }
            Event::Ended => {
                self.quits = true;
                true
            }
        }
    }

    /// The same while a pass runs: says whether it has to be given up.
    pub(super) fn take_while_running(&mut self, event: Event, workspace: &Workspace) -> bool {
        // Snapshots are written by the tests themselves, if they are told to: that is for the next pass.
        let by_tests = |path: &PathBuf| path.extension().is_some_and(|end| end == "snap");
        let waits = matches!(&event, Event::Saved(files) if files.iter().all(by_tests));
        self.take(event, workspace) && !waits
    }

    fn save(&mut self, files: BTreeSet<PathBuf>, workspace: &Workspace) -> bool {
        let mut browser = BTreeSet::new();
        let mut any = false;
        for file in files {
            match changes::classify(&file, workspace) {
                Kind::Tested(_) => {
                    self.saved.insert(file);
                    any = true;
                }
                Kind::Browser(name) => {
                    browser.insert(name);
                }
                Kind::Nothing => {}
            }
        }
        for name in browser {
            let command = format!("cargo dev browser-test {name}");
            self.said
                .push(format!("a browser test changed: `{}`", command.trim_end()));
        }
        self.stuck &= !any;
        any
    }

    fn grant(&mut self, wish: Wish) -> bool {
        match wish {
            Wish::All => self.asked = Some(Wanted::All),
            Wish::Failed => self.asked = Some(Wanted::Failed),
            Wish::Filter(filter) => {
                self.filter = Some(filter).filter(|filter| !filter.is_empty());
                self.asked = Some(Wanted::All);
            }
            Wish::StopAtFirst => {
                self.fail_fast = !self.fail_fast;
                let how = if self.fail_fast { "stops" } else { "goes on" };
                self.said
                    .push(format!("the next run {how} at the first failure"));
                return false;
            }
            Wish::Help => {
                self.said.push(HELP.to_owned());
                return false;
            }
            Wish::Quit => self.quits = true,
        }
        true
    }

    /// The line at the bottom while nothing runs.
    pub(super) fn bottom(&self, nextest: bool) -> String {
        if let Some(prompt) = self.keys.prompt() {
            return prompt;
        }
        let filter = match &self.filter {
            Some(filter) => format!(", only `{filter}`"),
            None => String::new(),
        };
        let runner = if nextest {
            "cargo-nextest"
        } else {
            "cargo test"
        };
        let fail_fast = if self.fail_fast { "on" } else { "off" };
        format!(
            "waiting for a save ({runner}{filter})  Enter all, r failed, f filter, s stop at first: {fail_fast}, h help, q quit"
        )
    }
}

/// Hands on what is saved.
pub(super) fn watch(project: &Project, events: &UnboundedSender<Event>) -> Result<()> {
    let mut watcher = Watcher::start(project.folder())?;
    let root = project.folder().to_owned();
    let events = events.clone();
    tokio::spawn(async move {
        loop {
            let event = match watcher.next().await {
                Ok(files) => Event::Saved(without_passing(files, |file| root.join(file).exists())),
                Err(error) => {
                    let _ = events.send(Event::Blind(error.to_string()));
                    return;
                }
            };
            if events.send(event).is_err() {
                return;
            }
        }
    });
    Ok(())
}

/// Without what came and went while something was saved or built: no ending, and not there any more. A folder of
/// code that is gone looks the same, and is kept if nothing beside it was saved.
fn without_passing(files: BTreeSet<PathBuf>, exists: impl Fn(&Path) -> bool) -> BTreeSet<PathBuf> {
    let there: Vec<&PathBuf> = files.iter().filter(|file| exists(file)).collect();
    let mut folders: BTreeSet<_> = there.iter().map(|file| file.parent()).collect();
    folders.insert(Some(Path::new("")));
    let passing = |file: &Path| file.extension().is_none() && folders.contains(&file.parent());
    let kept = files.iter().filter(|file| exists(file) || !passing(file));
    kept.cloned().collect()
}

/// Hands on each key, from a thread that ends with the process: there is no other way out of waiting for one.
pub(super) fn listen_to_keys(events: &UnboundedSender<Event>) {
    let events = events.clone();
    std::thread::spawn(move || {
        while let Ok(event) = event::read() {
            if let event::Event::Key(key) = event
                && events.send(Event::Key(key)).is_err()
            {
                return;
            }
        }
    });
}

/// Hands on Ctrl-C, the end of the terminal, and being asked to end.
pub(super) fn listen_to_signals(events: &UnboundedSender<Event>) -> Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        for kind in [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ] {
            let mut signal = signal(kind).map_err(no_signals)?;
            let events = events.clone();
            tokio::spawn(async move {
                while signal.recv().await.is_some() {
                    let _ = events.send(Event::Ended);
                }
            });
        }
    }
    #[cfg(not(unix))]
    {
        let events = events.clone();
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                let _ = events.send(Event::Ended);
            }
        });
    }
    Ok(())
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is handed to `map_err` as it is"
)]
fn no_signals(error: std::io::Error) -> Error {
    Error::new(format!("signals cannot be listened to: {error}"))
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyModifiers};

    use super::super::workspace::tests::shop;
    use super::*;

    fn saved(files: &[&str]) -> Event {
        Event::Saved(files.iter().map(PathBuf::from).collect())
    }

    fn key(c: char) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE))
    }

    fn changed(files: &[&str]) -> Option<Wanted> {
        Some(Wanted::Changed(files.iter().map(PathBuf::from).collect()))
    }

    /// After the first pass.
    fn desk() -> Desk {
        let mut desk = Desk::new(None, false);
        assert_eq!(desk.next(), Some(Wanted::All));
        desk.ended(&Wanted::All, Outcome::Passed);
        assert_eq!(desk.next(), None);
        desk
    }

    #[test]
    fn a_save_is_tested_once() {
        let mut desk = desk();
        assert!(desk.take(saved(&["src/app.rs", "target/x"]), &shop()));
        let wanted = desk.next();
        assert_eq!(wanted, changed(&["src/app.rs"]));
        desk.ended(&wanted.unwrap(), Outcome::Failed);
        assert_eq!(desk.next(), None);
    }

    #[test]
    fn what_is_saved_during_a_pass_is_tested_together_with_what_that_was_for() {
        let mut desk = desk();
        desk.take(saved(&["src/app.rs"]), &shop());
        let wanted = desk.next().unwrap();
        assert!(desk.take_while_running(saved(&["src/lib.rs"]), &shop()));
        desk.ended(&wanted, Outcome::Cancelled);
        assert_eq!(desk.next(), changed(&["src/app.rs", "src/lib.rs"]));
    }

    #[test]
    fn after_a_failed_build_the_next_save_brings_the_files_of_both() {
        let mut desk = desk();
        desk.take(saved(&["src/app.rs"]), &shop());
        let wanted = desk.next().unwrap();
        desk.ended(&wanted, Outcome::NotBuilt);
        assert_eq!(desk.next(), None, "it would only fail again");
        desk.take(saved(&["src/app.rs"]), &shop());
        assert_eq!(desk.next(), changed(&["src/app.rs"]));
        desk.ended(&wanted, Outcome::NotBuilt);
        desk.take(key('a'), &shop());
        assert_eq!(desk.next(), changed(&["src/app.rs"]));
    }

    #[test]
    fn snapshots_that_tests_write_do_not_end_the_pass() {
        let mut desk = desk();
        let snapshot = "tests/app/snapshots/app__docs__a.snap";
        assert!(!desk.take_while_running(saved(&[snapshot]), &shop()));
        assert_eq!(desk.next(), changed(&[snapshot]));
    }

    #[test]
    fn what_tests_do_not_notice_starts_nothing() {
        let mut desk = desk();
        assert!(!desk.take(saved(&["tests/browser/pages.test.mjs", "a.swp"]), &shop()));
        assert_eq!(desk.next(), None);
    }

    #[test]
    fn what_an_editor_writes_in_between_is_not_named() {
        let files = [
            "src/app.rs",
            "src/sedXyZ",
            "src/gone.rs",
            "old/folder",
            "targetAb",
        ];
        let kept = without_passing(files.iter().map(PathBuf::from).collect(), |file| {
            file == Path::new("src/app.rs")
        });
        let wanted = ["old/folder", "src/app.rs", "src/gone.rs"];
        assert!(kept.iter().eq(wanted.map(PathBuf::from).iter()), "{kept:?}");
    }

    #[test]
    fn a_key_runs_what_it_names_and_the_save_is_not_forgotten() {
        let mut desk = desk();
        assert!(!desk.take(key('s'), &shop()));
        assert_eq!(desk.settings(), (None, true));
        desk.take(saved(&["src/app.rs"]), &shop());
        desk.take(key('r'), &shop());
        assert_eq!(desk.next(), Some(Wanted::Failed));
        desk.ended(&Wanted::Failed, Outcome::Passed);
        assert_eq!(desk.next(), changed(&["src/app.rs"]));
        assert!(desk.take_while_running(key('q'), &shop()) && desk.quits());
    }
}
