//! The merged tree: each file's content at its place, and what is left for the person to decide.

use super::content::{Content, Merger};
use super::entries::{Entry, TreeFile};
use super::side_files::UsedPaths;
use super::{Conflict, ConflictKind, Merged, Style};
use crate::tree::{File, Tree, TreePath};

/// Merges each file's content and puts it where it goes.
pub(super) fn merged(entries: &[Entry], ours: &Tree, theirs: &Tree, merger: &Merger) -> Merged {
    let mut outcome = Outcome::default();
    for entry in entries {
        outcome.take(entry, merger);
    }
    let Outcome { mut merged, side_files } = outcome;
    place_side_files(&mut merged, side_files, ours, theirs);
    merged.conflicts.sort_by(|a, b| a.path.cmp(&b.path));
    merged.kept_deleted.sort();
    merged.moved.sort();
    merged
}

#[derive(Default)]
struct Outcome {
    merged: Merged,
    side_files: Vec<SideFile>,
}

/// A file of the template's that gets a name when every other file has its place.
struct SideFile {
    /// The index of its conflict.
    conflict: usize,
    /// Where it stands if that place is free; otherwise it stands beside the file.
    wanted: Option<TreePath>,
    file: File,
}

impl Outcome {
    fn take(&mut self, entry: &Entry, merger: &Merger) {
        if let (Some(base), None, Some(theirs)) = (entry.base, entry.ours, entry.theirs)
            && (theirs.path != base.path || theirs.file != base.file)
        {
            self.merged.kept_deleted.push(theirs.path.clone());
        }
        let Some(place) = &entry.place else { return };
        match (entry.base, entry.ours, entry.theirs) {
            (_, Some(ours), Some(theirs)) => self.take_both(entry, place, ours, theirs, merger),
            (Some(_), Some(_), None) if merger.labels.style == Style::Theirs => {}
            (base, Some(ours), None) => {
                self.put(place, ours, ours.file.clone());
                if base.is_some() && merger.labels.style != Style::Ours {
                    self.conflict(entry, place, ConflictKind::DeletedByTemplate);
                }
            }
            (_, None, Some(theirs)) if entry.blocked => {
                let conflict = self.conflict(entry, place, ConflictKind::Blocked);
                self.side_files.push(SideFile { conflict, wanted: None, file: theirs.file.clone() });
            }
            (_, None, Some(theirs)) => drop(self.merged.tree.insert(place.clone(), theirs.file.clone())),
            (_, None, None) => {}
        }
    }

    /// A file that both sides have.
    fn take_both(&mut self, entry: &Entry, place: &TreePath, ours: TreeFile, theirs: TreeFile, merger: &Merger) {
        let base = entry.base.map(|base| base.file);
        let Content { file, conflict, needs_side_file } = merger.merge(place, base, ours.file, theirs.file);
        self.put(place, ours, file);
        let (kind, wanted, needs_side_file) = match conflict {
            _ if entry.apart => (ConflictKind::MovedApart, Some(theirs.path.clone()), true),
            Some(kind) => (kind, None, needs_side_file),
            None => return,
        };
        let conflict = self.conflict(entry, place, kind);
        if needs_side_file {
            self.side_files.push(SideFile { conflict, wanted, file: theirs.file.clone() });
        }
    }

    fn put(&mut self, place: &TreePath, ours: TreeFile, file: File) {
        if ours.path != place {
            self.merged.moved.push((ours.path.clone(), place.clone()));
        }
        self.merged.tree.insert(place.clone(), file);
    }

    /// Records a conflict and says at which index.
    fn conflict(&mut self, entry: &Entry, path: &TreePath, kind: ConflictKind) -> usize {
        let file = |at: Option<TreeFile>| at.map(|at| at.file.clone());
        let (base, ours, theirs) = (file(entry.base), file(entry.ours), file(entry.theirs));
        self.merged.conflicts.push(Conflict { path: path.clone(), kind, base, ours, theirs, side_file: None });
        self.merged.conflicts.len() - 1
    }
}

fn place_side_files(merged: &mut Merged, files: Vec<SideFile>, ours: &Tree, theirs: &Tree) {
    if files.is_empty() {
        return;
    }
    let mut placed = UsedPaths::by(&[&merged.tree]);
    let mut taken = UsedPaths::by(&[&merged.tree, ours, theirs]);
    for SideFile { conflict, wanted, file } in files {
        let conflict = &mut merged.conflicts[conflict];
        let place = wanted.filter(|path| placed.take(path)).or_else(|| taken.side_file(&conflict.path));
        if let Some(place) = place {
            conflict.side_file = Some(place.clone());
            placed.take(&place);
            merged.tree.insert(place, file);
        }
    }
}
