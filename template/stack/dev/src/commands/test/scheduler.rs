//! What runs next: saves and keys come in, requests go out.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::changes::Change;
use super::events::Event;
use super::keys::{HELP, KeyCommand};
use super::workspace::Workspace;
use crate::ui;

/// Which tests are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Request {
    All,
    /// Those that failed last time.
    Failed,
    /// All, those first that these files affect.
    Changed(BTreeSet<PathBuf>),
}

/// How a run ended; what outweighs what comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// No test has what the filter says, or none failed last time.
    NoTests,
    Passed,
    Failed,
    NotBuilt,
    Cancelled,
}

impl Outcome {
    /// What somebody should know who does not look at the terminal; `before` is what they know.
    pub(super) fn notice(self, before: &mut Self) -> Option<&'static str> {
        let text = match self {
            Self::Failed => "tests have failed",
            Self::NotBuilt => "the tests cannot be built",
            Self::Passed if *before != Self::Passed => "the tests pass again",
            Self::Passed | Self::NoTests | Self::Cancelled => return None,
        };
        *before = self;
        Some(text)
    }
}

/// What holds for every run until a key changes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    /// A part of the names of tests.
    pub(super) filter: Option<String>,
    pub(super) fail_fast: bool,
    /// Whether every package of the workspace is tested.
    pub(super) all_packages: bool,
}

/// What is still to be done.
#[derive(Debug)]
pub(super) struct Scheduler {
    pub(super) settings: Settings,
    /// What was asked for by a key, or at the start.
    requested: Option<Request>,
    /// Files that were saved, and not yet tested from first to last.
    saved: BTreeSet<PathBuf>,
    /// Whether those have to wait, because the build with them failed.
    is_blocked: bool,
    pub(super) has_quit: bool,
}

impl Scheduler {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            requested: Some(Request::All),
            saved: BTreeSet::new(),
            is_blocked: false,
            has_quit: false,
        }
    }

    /// The next run, if there is something to do.
    pub(super) fn next(&mut self) -> Option<Request> {
        let requested = self.requested.take();
        let changed = || Some(Request::Changed(self.saved.clone()));
        match requested {
            Some(Request::Failed) => requested,
            // All are run after a change too, in a better order.
            Some(_) if !self.saved.is_empty() => changed(),
            None if !self.saved.is_empty() && !self.is_blocked => changed(),
            requested => requested,
        }
    }

    /// Notes how a run ended.
    pub(super) fn finish(&mut self, request: &Request, outcome: Outcome) {
        match outcome {
            Outcome::Passed | Outcome::Failed | Outcome::NoTests => {
                if let Request::Changed(files) = request {
                    self.saved.retain(|file| !files.contains(file));
                }
            }
            Outcome::NotBuilt => self.is_blocked = true,
            Outcome::Cancelled => {}
        }
    }

    /// Handles an event, and returns whether there is something new to run.
    pub(super) fn handle(&mut self, event: Event, workspace: &Workspace) -> bool {
        match event {
            Event::Saved(mut files) => {
                files.retain(|file| Change::of(file, workspace).is_some());
                let any = !files.is_empty();
                self.saved.append(&mut files);
                self.is_blocked &= !any;
                any
            }
            Event::WatchFailed(error) => {
                ui::say(&format!("error: {error}"));
                false
            }
            Event::Key(command) => self.obey(command),
            Event::Interrupted => {
                self.has_quit = true;
                true
            }
        }
    }

    /// The same during a run: returns whether that has to be cancelled.
    pub(super) fn handle_while_running(&mut self, event: Event, workspace: &Workspace) -> bool {
        // Snapshots are written by the tests themselves, if they are told to: that is for the next run.
        let by_tests = |path: &PathBuf| path.extension().is_some_and(|end| end == "snap");
        let waits = matches!(&event, Event::Saved(files) if files.iter().all(by_tests));
        self.handle(event, workspace) && !waits
    }

    fn obey(&mut self, command: KeyCommand) -> bool {
        match command {
            KeyCommand::All => self.requested = Some(Request::All),
            KeyCommand::Failed => self.requested = Some(Request::Failed),
            KeyCommand::Filter(filter) => {
                self.settings.filter = Some(filter).filter(|filter| !filter.is_empty());
                self.requested = Some(Request::All);
            }
            KeyCommand::StopAtFirst => {
                self.settings.fail_fast = !self.settings.fail_fast;
                let how = ["goes on", "stops"][usize::from(self.settings.fail_fast)];
                ui::say(&format!("the next run {how} at the first failure"));
                return false;
            }
            KeyCommand::Help => {
                ui::say(HELP);
                return false;
            }
            KeyCommand::Quit => self.has_quit = true,
        }
        true
    }
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
