//! The source of the program that runs, and the source as it is now.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use stack_html_literals::Change;

use crate::watch::Batch;

/// The files of the program, by their paths from the project's folder.
type Files = BTreeMap<PathBuf, Arc<str>>;

#[derive(Default)]
pub(super) struct Sources {
    now: Files,
    /// When the last build began.
    building: Files,
    /// When the build of the program that runs began.
    running: Files,
    /// What differs between `running` and `now`; of a file in which more differs, what did before.
    changes: BTreeMap<PathBuf, Vec<Change>>,
}

impl Sources {
    /// Takes the files below `src` and `stack` for those that a program is built of. Reads them all, since the same save
    /// that begins a build may be told of here only later.
    pub(super) fn build_begins(&mut self, folder: &Path) {
        self.now.clear();
        let mut folders = vec![PathBuf::from("src"), PathBuf::from("stack")];
        while let Some(inner) = folders.pop() {
            // What cannot be read is gone again, or not there in this project.
            let Ok(entries) = folder.join(&inner).read_dir() else {
                continue;
            };
            for entry in entries.flatten() {
                let path = inner.join(entry.file_name());
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(path),
                    _ => self.read_file(folder, &path),
                }
            }
        }
        self.building = self.now.clone();
    }

    /// Reads the files of a batch again. Whether texts have changed by that.
    pub(super) fn update(&mut self, folder: &Path, batch: &Batch) -> bool {
        let before = self.changes.clone();
        for path in batch {
            self.read_file(folder, path);
            self.compare(path);
        }
        self.changes != before
    }

    pub(super) fn program_runs(&mut self) {
        self.running = self.building.clone();
        self.changes.clear();
        let paths: Vec<PathBuf> = self.now.keys().cloned().collect();
        for path in paths {
            self.compare(&path);
        }
    }

    /// What reads otherwise than in the program that runs: file, line, column, old text, new text.
    pub(super) fn changes(&self) -> Vec<(String, usize, usize, &str, &str)> {
        let files = self.changes.iter().flat_map(|(path, changes)| {
            let path = path.to_string_lossy().replace('\\', "/");
            changes.iter().map(move |change| (path.clone(), change))
        });
        files
            .map(|(path, change)| (path, change.line, change.column, &*change.old, &*change.new))
            .collect()
    }

    fn read_file(&mut self, folder: &Path, path: &Path) {
        if path.extension().is_none_or(|end| end != "rs") {
            return;
        }
        // An editor that writes a file anew has emptied it for a moment.
        match std::fs::read_to_string(folder.join(path)) {
            Ok(text) if !text.is_empty() => self.now.insert(path.to_owned(), text.into()),
            _ => None,
        };
    }

    fn compare(&mut self, path: &Path) {
        let (Some(running), Some(now)) = (self.running.get(path), self.now.get(path)) else {
            return;
        };
        let changes = match running == now {
            true => Some(Vec::new()),
            false => stack_html_literals::changes(running, now),
        };
        match changes {
            Some(changes) if changes.is_empty() => self.changes.remove(path),
            Some(changes) => self.changes.insert(path.to_owned(), changes),
            None => None,
        };
    }
}
