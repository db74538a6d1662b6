//! What comes next: saves and keys come in, passes go out.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::changes::{self, Kind};
use super::events::Event;
use super::keys::{HELP, Keys, Wish};
use super::pass::{Outcome, Wanted};
use super::workspace::Workspace;

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

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

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
