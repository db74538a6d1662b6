//! What comes in, also while something is done: changes and keys.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc::UnboundedReceiver;

use super::browser;
use super::build::{Ended, modified};
use super::keys::{Key, Keys};
use crate::error::{Error, Result};
use crate::ui;
use crate::watch::{Batch, action::Action};

/// After how many builds in a row a file that a build script has written during each of them starts no other one.
const REWRITTEN: u32 = 3;

/// What is to be done.
#[derive(Default)]
pub(super) struct Task {
    pub(super) action: Action,
    /// The files that it is for.
    pub(super) changed: Batch,
    /// The database is to be created again.
    pub(super) pave: bool,
}

impl Task {
    /// The first build, before anything has changed.
    pub(super) fn first(pave: bool) -> Self {
        let action = Action {
            build: true,
            ..Action::default()
        };
        Self {
            action,
            pave,
            ..Self::default()
        }
    }

    /// Another try with what is there.
    pub(super) fn restart() -> Self {
        let action = Action {
            build: true,
            restart: true,
            ..Action::default()
        };
        Self {
            action,
            ..Self::default()
        }
    }

    fn is_nothing(&self) -> bool {
        !self.pave && self.action.is_nothing()
    }

    /// Whether a program that is being started is not the one that is wanted any more.
    fn needs_another_program(&self) -> bool {
        self.pave || self.action.build || self.action.restart
    }

    /// The files, for a sentence: `` `src/lib.rs` and 2 more ``. None if a key was the reason.
    pub(super) fn label(&self) -> Option<String> {
        let first = self.changed.first()?.display();
        Some(match self.changed.len() {
            1 => format!("`{first}`"),
            count => format!("`{first}` and {} more", count - 1),
        })
    }
}

/// Takes in what happens, and hands it on when somebody asks.
pub(super) struct Inbox {
    saved: UnboundedReceiver<Result<Batch>>,
    keys: Keys,
    url: String,
    task: Task,
    /// How many builds in a row a file was written during.
    rewritten: BTreeMap<PathBuf, u32>,
}

impl Inbox {
    pub(super) fn new(saved: UnboundedReceiver<Result<Batch>>, keys: Keys, url: String) -> Self {
        Self {
            saved,
            keys,
            url,
            task: Task::default(),
            rewritten: BTreeMap::new(),
        }
    }

    /// The next task. Nothing is lost if the future is dropped.
    pub(super) async fn next(&mut self) -> Result<Task> {
        while self.task.is_nothing() {
            self.receive().await?;
        }
        Ok(std::mem::take(&mut self.task))
    }

    /// Ready when a program that is being started is not wanted any more.
    pub(super) async fn superseded(&mut self) -> Result<()> {
        while !self.task.needs_another_program() {
            self.receive().await?;
        }
        Ok(())
    }

    /// Takes in what happens during a build. Files of `static/` are handed on immediately, unless they are `embedded`: a part
    /// of the program, so that they need a build as well.
    pub(super) async fn during<T>(
        &mut self,
        build: impl Future<Output = T>,
        embedded: bool,
        mut show: impl AsyncFnMut(&[String]),
    ) -> Result<T> {
        let mut build = std::pin::pin!(build);
        loop {
            tokio::select! {
                biased;
                done = &mut build => return Ok(done),
                received = self.receive() => received?,
            }
            if !embedded && !self.task.action.files.is_empty() {
                let files = std::mem::take(&mut self.task.action.files);
                self.task.changed.retain(|path| !path.starts_with("static"));
                show(&files).await;
            }
        }
    }

    async fn receive(&mut self) -> Result<()> {
        tokio::select! {
            biased;
            batch = self.saved.recv() => {
                let stopped = || Error::new("the watcher of files has stopped");
                self.task.changed.extend(batch.ok_or_else(stopped)??);
                // Keys that were pressed stay pressed.
                let Action { build, restart, .. } = self.task.action;
                self.task.action = Action::after(&self.task.changed);
                self.task.action.build |= build;
                self.task.action.restart |= restart;
            }
            key = self.keys.next() => match key {
                Key::Restart => (self.task.action.build, self.task.action.restart) = (true, true),
                Key::Pave => self.task.pave = true,
                Key::Open => browser::open(&self.url),
            },
        }
        Ok(())
    }

    /// A build script that writes a file of the program would make it build for ever: leaves out a file that one has
    /// written during each of the last builds. What a person saves meanwhile is built, however often.
    pub(super) fn leave_out_rewritten(&mut self, project: &Path, build: &Ended) {
        let by_script = |at| build.scripts.iter().any(|script| script.contains(&at));
        let mut written = self.task.changed.clone();
        written.retain(|path| modified(&project.join(path)).is_some_and(by_script));
        let Some(path) = count_rewritten(&mut self.rewritten, &written) else {
            return;
        };
        ui::warning(&format!(
            "a build script has written `{}` during each of the last {REWRITTEN} builds, so it starts no other one\n\
             hint: let it write to `OUT_DIR`, or only what has changed",
            path.display()
        ));
        self.task.changed.remove(&path);
        self.task.action = Action {
            restart: self.task.action.restart,
            ..Action::after(&self.task.changed)
        };
    }
}

/// Counts the files that were written during a build; returns one that was written during too many in a row.
fn count_rewritten(rewritten: &mut BTreeMap<PathBuf, u32>, written: &Batch) -> Option<PathBuf> {
    rewritten.retain(|path, _| written.contains(path));
    for path in written {
        *rewritten.entry(path.clone()).or_default() += 1;
    }
    let (path, _) = rewritten.iter().find(|(_, times)| **times >= REWRITTEN)?;
    let path = path.clone();
    rewritten.remove(&path);
    Some(path)
}
