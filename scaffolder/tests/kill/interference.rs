//! What happens to a move, and in which process.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use heavy_stack::disk::journal;
use heavy_stack::error::Result;
use heavy_stack::plan::moves::{Moves, Outcome};
use heavy_stack::plan::steps::{Step, StepObserver};
use heavy_stack::project::Project;

use crate::fixture::{Fixture, header, the_move};

/// Where a step is interfered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Before,
    After,
}

/// How.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Means {
    /// The process ends, as by SIGKILL.
    Abort,
    /// The thread ends without tidying up: the same to a recovery, which has nothing to tidy up, and much quicker.
    Panic,
    /// The disk is full.
    Fail,
    /// Ctrl-C is pressed.
    Interrupt,
}

/// Counts steps, and interferes with one.
pub(crate) struct Interference {
    seen: Mutex<Vec<Step>>,
    at: Option<(usize, Moment, Means)>,
}

impl Interference {
    pub(crate) fn none() -> Self {
        Self { seen: Mutex::default(), at: None }
    }

    pub(crate) fn at(step: usize, moment: Moment, means: Means) -> Self {
        Self { seen: Mutex::default(), at: Some((step, moment, means)) }
    }

    pub(crate) fn steps(&self) -> usize {
        self.seen.lock().expect("no panic holds it").len()
    }

    pub(crate) fn strike(&self, number: usize, moment: Moment) -> io::Result<()> {
        match self.at {
            Some((step, when, means)) if (step, when) == (number, moment) => match means {
                Means::Abort => std::process::abort(),
                Means::Panic => std::panic::resume_unwind(Box::new("killed")),
                Means::Fail => Err(io::ErrorKind::StorageFull.into()),
                Means::Interrupt => {
                    let own = std::process::id().to_string();
                    assert!(Command::new("kill").args(["-INT", &own]).status().expect("kill").success());
                    // The signal is handled by a thread of its own, which then waits for this step.
                    while !journal::is_stopping() {
                        std::thread::yield_now();
                    }
                    Ok(())
                }
            },
            _ => Ok(()),
        }
    }
}

impl StepObserver for Interference {
    fn before(&self, step: &Step) -> io::Result<()> {
        let number = {
            let mut seen = self.seen.lock().expect("no panic holds it");
            seen.push(step.clone());
            seen.len() - 1
        };
        self.strike(number, Moment::Before)
    }

    fn after(&self, _: &Step) {
        let number = self.steps() - 1;
        drop(self.strike(number, Moment::After));
    }
}

/// What a process is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    Apply,
    Finish,
    RollBack,
    Abort,
    Undo,
}

impl Deed {
    pub(crate) const ALL: [Self; 5] = [Self::Apply, Self::Finish, Self::RollBack, Self::Abort, Self::Undo];

    pub(crate) fn run(self, root: &Path, watch: &dyn StepObserver) -> Result<Outcome> {
        let project = Project::at(root)?;
        let moves = Moves::watched(&project, watch);
        match self {
            Self::Apply => moves.apply(&the_move(), &header("sync")),
            Self::Finish => moves.finish(),
            Self::RollBack => moves.roll_back(),
            Self::Abort => moves.abort(),
            Self::Undo => moves.undo(),
        }
    }

    /// In a process of its own, which is killed at a step.
    pub(crate) fn killed(self, root: &Path, step: usize, moment: Moment) {
        let status = self.in_a_process(root, &format!("{step} {moment:?} Abort")).status().expect("it starts");
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(6), "{self:?} {step} {moment:?}");
    }

    pub(crate) fn in_a_process(self, root: &Path, order: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().expect("this test"));
        command
            .args(["--exact", "interference::the_victim", "--quiet"])
            .env("HEAVY_VICTIM", format!("{self:?} {order}"))
            .env("HEAVY_VICTIM_ROOT", root)
            .stderr(std::process::Stdio::null())
            .stdout(std::process::Stdio::null());
        command
    }
}

#[test]
fn the_victim() {
    let Ok(order) = std::env::var("HEAVY_VICTIM") else { return };
    let words: Vec<&str> = order.split(' ').collect();
    let deed = Deed::ALL.into_iter().find(|deed| format!("{deed:?}") == words[0]).expect("a deed");
    let moment = if words[2] == "Before" { Moment::Before } else { Moment::After };
    let means = if words[3] == "Abort" { Means::Abort } else { Means::Interrupt };
    let root = PathBuf::from(std::env::var_os("HEAVY_VICTIM_ROOT").expect("a root"));
    let step = words[1].parse().expect("a number");
    heavy_stack::disk::journal::stop_on_signals(|| 130).expect("signals");
    deed.run(&root, &Interference::at(step, moment, means)).expect("it is killed before it fails");
}

pub(crate) fn steps_of(deed: Deed, from: &Fixture) -> usize {
    let watch = Interference::none();
    deed.run(&from.copy().root, &watch).expect("done");
    watch.steps()
}

/// Does something else at a step.
pub(crate) struct Meanwhile<'a> {
    pub(crate) steps: Mutex<usize>,
    pub(crate) at: usize,
    pub(crate) act: &'a (dyn Fn() + Sync),
}

impl StepObserver for Meanwhile<'_> {
    fn before(&self, _: &Step) -> io::Result<()> {
        let mut steps = self.steps.lock().expect("no panic holds it");
        if *steps == self.at {
            (self.act)();
        }
        *steps += 1;
        Ok(())
    }

    fn after(&self, _: &Step) {}
}
