//! What changes in the project's folder, in batches that have settled.
//!
//! What git ignores is left out ([`ignore_filter`]), and so are files that editors write beside the one that they save, and
//! files whose [contents](contents) are the same as before. A batch is what has changed until nothing did for a moment: an
//! editor that renames into place, `cargo fmt`, and a `git checkout` of a hundred files are one batch each. What a batch asks
//! for is said by [`action`].
//!
//! On Linux each folder is watched by itself, so that `target/` costs nothing; elsewhere the operating system
//! watches the whole tree.

pub(crate) mod action;
mod contents;
mod ignore_filter;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ignore::WalkBuilder;
use notify::event::{Event, EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::error::{Error, Result};
use crate::ui;
use contents::Contents;
use ignore_filter::IgnoreFilter;

/// How long nothing has to change until a batch is complete.
const SETTLED: Duration = Duration::from_millis(25);

/// When it is complete at the latest, though something changes all the time.
const LONGEST: Duration = Duration::from_secs(1);

/// How long it waits at once while there is no batch.
const IDLE: Duration = Duration::from_secs(3600);

/// Whether the operating system watches a tree as one.
const TREE: bool = cfg!(any(target_os = "macos", windows));

/// Files whose contents changed, from the project's folder; also those that are gone. A folder that is gone or was
/// renamed stands for what was in it.
pub(crate) type Batch = BTreeSet<PathBuf>;

/// Watches a folder from its start on, also while nobody asks for the next batch.
pub(crate) struct Watcher {
    root: PathBuf,
    filter: IgnoreFilter,
    contents: Contents,
    watcher: RecommendedWatcher,
    events: mpsc::UnboundedReceiver<notify::Result<Event>>,
    /// The batch that has not settled yet.
    pending: Batch,
    /// When it has settled, and when it is complete at the latest. What is only read, or ignored, puts nothing off.
    due: Option<(Instant, Instant)>,
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
            filter: IgnoreFilter::new(&root),
            contents: Contents::new(&root, Batch::new()),
            root,
            watcher,
            events,
            pending: Batch::new(),
            due: None,
        };
        if TREE {
            let all = RecursiveMode::Recursive;
            this.watcher.watch(&this.root, all).map_err(not_watched)?;
        }
        this.add_tree(&this.root.clone())?;
        this.contents = Contents::new(&this.root, std::mem::take(&mut this.pending));
        Ok(this)
    }

    /// The next batch, never an empty one. Nothing is lost if the future is dropped. A folder that cannot be watched is reported.
    pub(crate) async fn next(&mut self) -> Result<Batch> {
        loop {
            let idle = Instant::now() + IDLE;
            let (settled, latest) = self.due.unwrap_or((idle, idle));
            tokio::select! {
                biased;
                () = sleep_until(latest) => {}
                event = self.events.recv() => {
                    let stopped = || Error::new("the watcher of files has stopped");
                    let event = event.ok_or_else(stopped)?;
                    let noted = event.map_err(not_watched).and_then(|it| self.note(it));
                    // What is watched by now stays so.
                    if let Err(error) = noted {
                        ui::error(&error);
                    }
                    continue;
                }
                () = sleep_until(settled) => {}
            }
            let pending = self.take_pending();
            let batch = self.contents.changed(pending);
            if !batch.is_empty() {
                return Ok(batch);
            }
        }
    }

    fn take_pending(&mut self) -> Batch {
        self.due = None;
        std::mem::take(&mut self.pending)
    }

    /// Takes an event into the batch.
    fn note(&mut self, event: Event) -> Result<()> {
        if event.need_rescan() {
            // Events were lost: anything may have changed.
            return self.add_tree(&self.root.clone());
        }
        if matches!(event.kind, EventKind::Access(_) | EventKind::Other) {
            return Ok(());
        }
        let appeared = matches!(
            event.kind,
            EventKind::Create(_) | EventKind::Modify(ModifyKind::Name(_))
        );
        for path in event.paths {
            // Never a symbolic link, which might lead in a circle.
            let is_folder = path.symlink_metadata().is_ok_and(|found| found.is_dir());
            if path == self.root || self.is_ignored(&path, is_folder) {
                continue;
            }
            if path.file_name().is_some_and(|name| name == ".gitignore") {
                // Folders that were ignored may not be any more.
                self.filter = IgnoreFilter::new(&self.root);
                self.add_tree(&self.root.clone())?;
            } else if !is_folder {
                self.add(&path);
            } else if appeared {
                self.add_tree(&path)?;
            }
        }
        Ok(())
    }

    /// Watches a folder and the folders in it. Its files are in the batch, since they may have been written before
    /// anybody watched. If one of them cannot be watched, the others are.
    fn add_tree(&mut self, folder: &Path) -> Result<()> {
        let entries = WalkBuilder::new(folder)
            .hidden(false)
            .ignore(false)
            .require_git(false)
            // Whether rules of folders above count is the filter's to say.
            .parents(false)
            .filter_entry(|entry| entry.file_name() != ".git")
            .build();
        let mut failed = Ok(());
        // What cannot be read is gone again, or not for us.
        for entry in entries.flatten() {
            let path = entry.path();
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            if path != self.root && self.is_ignored(path, is_folder) {
                continue;
            }
            if !is_folder {
                self.add(path);
            } else if !TREE {
                match self.watcher.watch(path, RecursiveMode::NonRecursive) {
                    Err(error) if path.exists() && !is_denied(&error) => {
                        failed = Err(not_watched(error));
                    }
                    _ => {}
                }
            }
        }
        failed
    }

    fn is_ignored(&mut self, path: &Path, is_folder: bool) -> bool {
        // Settings of this machine are no part of the repository, and yet what the application reads.
        let settings = path.parent() == Some(&self.root) && path.ends_with(".env");
        !settings && (is_editor_file(path) || self.filter.ignores(path, is_folder))
    }

    fn add(&mut self, path: &Path) {
        if let Ok(path) = path.strip_prefix(&self.root) {
            self.pending.insert(path.to_owned());
            let now = Instant::now();
            let latest = self.due.map_or(now + LONGEST, |(_, latest)| latest);
            self.due = Some((latest.min(now + SETTLED), latest));
        }
    }
}

/// What editors and tools write beside a file while they save it.
fn is_editor_file(path: &Path) -> bool {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy()) else {
        return true;
    };
    let ends = [
        "~",
        ".swp",
        ".swo",
        ".swx",
        ".kate-swp",
        ".tmp",
        ".TMP",
        "___jb_tmp___",
        "___jb_old___",
    ];
    let begins = [".#", "#", ".goutputstream-"];
    // Vim asks with a file `4913` whether it may write here; `sed -i` writes `sedXXXXXX`.
    let is_of_sed = name.len() == 9 && name.starts_with("sed") && !name.contains('.');
    ends.iter().any(|end| name.ends_with(end))
        || begins.iter().any(|begin| name.starts_with(begin))
        || name.contains(".tmp.")
        || name == "4913"
        || is_of_sed
}

/// Whether a folder is not for this user, as the data of a database in a container.
fn is_denied(error: &notify::Error) -> bool {
    matches!(&error.kind, notify::ErrorKind::Io(error) if error.kind() == std::io::ErrorKind::PermissionDenied)
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
