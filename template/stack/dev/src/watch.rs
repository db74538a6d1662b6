//! What changes in the project's folder, in batches that have settled.
//!
//! What git ignores is ignored ([`ignored`]), and what editors write beside a file while they save it. A batch
//! is what has changed until nothing did for a moment: an editor that renames into place, `cargo fmt`, and a
//! `git checkout` of a hundred files are one batch each. What is due after one is said by [`due`].
//!
//! On Linux each folder is watched by itself, so that `target/` costs nothing; elsewhere the operating system
//! watches the whole tree.

pub(crate) mod due;
mod ignored;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::event::{Event, EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::error::{Error, Result};
use ignored::Ignored;

/// How long nothing has to change until a batch is complete.
const SETTLED: Duration = Duration::from_millis(25);

/// Whether the operating system watches a tree as one.
const TREE: bool = cfg!(any(target_os = "macos", windows));

/// Files that changed, from the project's folder; also those that are gone. A folder that is gone or was
/// renamed stands for what was in it.
pub(crate) type Batch = BTreeSet<PathBuf>;

/// Watches a folder from its start on, also while nobody asks for the next batch.
pub(crate) struct Watcher {
    root: PathBuf,
    ignored: Ignored,
    watcher: RecommendedWatcher,
    events: mpsc::UnboundedReceiver<notify::Result<Event>>,
    /// The batch that has not settled yet.
    pending: Batch,
}

impl Watcher {
    /// Begins to watch: whatever changes from now on is in a batch.
    pub(crate) fn start(root: &Path) -> Result<Self> {
        let root = root.canonicalize().map_err(|error| {
            Error::new(format!("`{}` cannot be watched: {error}", root.display()))
        })?;
        let (sender, events) = mpsc::unbounded_channel();
        let watcher = notify::recommended_watcher(move |event| {
            // Nobody listens any more: the command ends.
            sender.send(event).ok();
        })
        .map_err(not_watched)?;
        let mut this = Self {
            ignored: Ignored::of(&root),
            root,
            watcher,
            events,
            pending: Batch::new(),
        };
        if TREE {
            let root = this.root.clone();
            let all = RecursiveMode::Recursive;
            this.watcher.watch(&root, all).map_err(not_watched)?;
        }
        this.enter(&this.root.clone())?;
        this.pending.clear();
        Ok(this)
    }

    /// The next batch, never an empty one. Nothing is lost if the future is dropped.
    pub(crate) async fn next(&mut self) -> Result<Batch> {
        loop {
            let event = if self.pending.is_empty() {
                self.events.recv().await
            } else {
                match timeout(SETTLED, self.events.recv()).await {
                    Ok(event) => event,
                    Err(_elapsed) => return Ok(std::mem::take(&mut self.pending)),
                }
            };
            match event {
                Some(event) => self.note(event.map_err(not_watched)?)?,
                None => return Err(Error::new("the watcher of files has stopped")),
            }
        }
    }

    /// Takes an event into the batch.
    fn note(&mut self, event: Event) -> Result<()> {
        if event.need_rescan() {
            // Events were lost: anything may have changed.
            return self.enter(&self.root.clone());
        }
        let changes = matches!(
            event.kind,
            EventKind::Any | EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_)
        );
        let appeared = matches!(
            event.kind,
            EventKind::Create(_) | EventKind::Modify(ModifyKind::Name(_))
        );
        for path in event.paths.into_iter().filter(|_| changes) {
            // Never a symbolic link, which might lead in a circle.
            let folder = path.symlink_metadata().is_ok_and(|found| found.is_dir());
            if path == self.root || self.is_ignored(&path, folder) {
                continue;
            }
            if path.file_name().is_some_and(|name| name == ".gitignore") {
                self.ignored = Ignored::of(&self.root);
                self.enter(&self.root.clone())?;
            } else if !folder {
                self.add(&path);
            } else if appeared {
                self.enter(&path)?;
            }
        }
        Ok(())
    }

    /// A folder that was not known: watches it and the folders in it. Its files are in the batch, since they
    /// may have come before anybody watched.
    fn enter(&mut self, folder: &Path) -> Result<()> {
        self.ignored.read(folder);
        if !TREE {
            match self.watcher.watch(folder, RecursiveMode::NonRecursive) {
                Ok(()) => {}
                // Gone again, or not for us.
                Err(_) if std::fs::read_dir(folder).is_err() => return Ok(()),
                Err(error) => return Err(not_watched(error)),
            }
        }
        let Ok(entries) = std::fs::read_dir(folder) else {
            return Ok(());
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let inner = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if self.is_ignored(&path, inner) {
                continue;
            }
            if inner {
                self.enter(&path)?;
            } else {
                self.add(&path);
            }
        }
        Ok(())
    }

    fn is_ignored(&self, path: &Path, folder: bool) -> bool {
        // Settings of this machine are no part of the repository, and yet what the application reads.
        let settings = path.parent() == Some(&self.root) && path.ends_with(".env");
        !settings && (of_an_editor(path) || self.ignored.has(path, folder))
    }

    fn add(&mut self, path: &Path) {
        if let Ok(path) = path.strip_prefix(&self.root) {
            self.pending.insert(path.to_owned());
        }
    }
}

/// What editors write beside a file while they save it.
fn of_an_editor(path: &Path) -> bool {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy()) else {
        return true;
    };
    let ends = ["~", ".swp", ".swx", ".tmp", "___jb_tmp___", "___jb_old___"];
    // Vim asks with a file `4913` whether it may write here.
    ends.iter().any(|end| name.ends_with(end)) || name.starts_with(".#") || name == "4913"
}

fn not_watched(error: notify::Error) -> Error {
    match error.kind {
        notify::ErrorKind::MaxFilesWatch => Error::new(
            "the system watches as many files as it may, and the project's are not among them",
        )
        .hint("sudo sysctl fs.inotify.max_user_watches=524288"),
        _ => Error::new(format!("the project cannot be watched: {error}"))
            .hint("`cargo dev serve --no-watch` does without"),
    }
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
