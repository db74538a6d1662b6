//! THE operation: move a project from one pristine rendering to another. Pure.
//!
//! `add-feature`, `remove-feature`, `rename` and `sync` differ only in what they move to. Whatever a line-by-line merge
//! must not decide is taken out first, each by a rule of its own:
//!
//! 1. files that are written once ([`once`]);
//! 2. paths where a link or another repository stands ([`obstacles`]);
//! 3. `Cargo.lock` and `heavy.toml` ([`locks`]), which programs write.
//!
//! What is left goes through [`merge`](crate::merge); the result is compared with the project, and every difference
//! is a [`Change`].

use crate::error::Result;
use crate::merge::side_files::UsedPaths;
use crate::merge::{Conflict, ConflictKind, Driver, Labels, merge};
use crate::snapshot::Snapshot;
use crate::tree::{File, Tree, TreePath};

mod locks;
mod obstacles;
mod once;

/// What a move is computed from.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The pristine rendering that the project was last moved to; see [`known_part`] for one that is not known whole.
    pub base: &'a Tree,
    /// The project.
    pub ours: &'a Snapshot,
    /// The pristine rendering where it should go.
    pub theirs: &'a Tree,
    /// Whether a path is written once and never again touched (migrations): the manifest's `once`.
    pub once: &'a dyn Fn(&TreePath) -> bool,
    /// What the sides are called in conflict markers.
    pub labels: &'a Labels,
    /// The user's merge drivers.
    pub driver: &'a dyn Driver,
    /// Whether `base` is the true one, and not only what is known of it.
    pub base_is_known: bool,
}

/// What a move changes in a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Move {
    /// What is written, by path. `heavy.toml` is the last.
    pub changes: Vec<Change>,
    /// What the person has to decide, by path.
    pub conflicts: Vec<Conflict>,
    /// Files that the template changed and the user had deleted. They stay deleted.
    pub kept_deleted: Vec<TreePath>,
    /// Files that stand elsewhere afterwards: (from, to).
    pub moved: Vec<(TreePath, TreePath)>,
    /// New files of the template that got another number, since the user has a file with theirs: (theirs, here).
    pub renumbered: Vec<(TreePath, TreePath)>,
    /// Files that the template changed and that `heavy.toml` keeps out of every move.
    pub untouched: Vec<TreePath>,
    /// Whether `Cargo.lock` is the user's by now, and cargo has to bring it up to date after the move.
    pub lock_by_cargo: bool,
}

/// One file before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where.
    pub path: TreePath,
    /// What stands there when the move is planned. Checked again before anything is written.
    pub before: Option<File>,
    /// What stands there after it.
    pub after: Option<File>,
}

impl Move {
    /// Whether the project is there already.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.conflicts.is_empty()
    }

    /// Makes `after` what stands there after the move.
    pub fn give(&mut self, ours: &Tree, after: Tree) {
        self.changes = changes(ours, after);
    }

    /// The project's files after the move.
    #[must_use]
    pub fn applied_to(&self, files: &Tree) -> Tree {
        let mut files = files.clone();
        for change in &self.changes {
            match &change.after {
                Some(after) => drop(files.insert(change.path.clone(), after.clone())),
                None => drop(files.remove(&change.path)),
            }
        }
        files
    }
}

/// Computes a move. Writes nothing.
///
/// # Errors
/// A `heavy.toml` that cannot be understood, on either side.
pub fn transition(request: &Request<'_>) -> Result<Move> {
    let mut sides = Sides {
        base: request.base.clone(),
        ours: request.ours.files.clone(),
        theirs: request.theirs.clone(),
        resolved: Resolved::default(),
    };
    once::resolve(&mut sides, request.once, &request.ours.obstacles);
    obstacles::resolve(&mut sides, &request.ours.obstacles);
    let lock_by_cargo = locks::resolve_cargo(&mut sides);
    let heavy = locks::take_heavy(&mut sides)?;

    let merged = merge(&sides.base, &sides.ours, &sides.theirs, request.labels, request.driver);
    let mut after = merged.tree;
    after.extend(sides.resolved.files);
    let mut conflicts = merged.conflicts;
    if !request.base_is_known {
        for conflict in conflicts.iter_mut().filter(|conflict| conflict.kind == ConflictKind::BothAdded) {
            conflict.kind = ConflictKind::UnknownBase;
        }
    }
    conflicts.extend(sides.resolved.conflicts);
    conflicts.sort_by(|a, b| a.path.cmp(&b.path));
    if let Some(heavy) = heavy {
        heavy.finish(&mut after, &conflicts)?;
    }
    Ok(Move {
        changes: changes(&request.ours.files, after),
        conflicts,
        kept_deleted: merged.kept_deleted,
        moved: merged.moved,
        renumbered: sides.resolved.renumbered,
        untouched: Vec::new(),
        lock_by_cargo,
    })
}

/// What is known of a base that cannot be had, by the pristine renderings at hand: `theirs`, and `older` ones.
///
/// A file of the project that equals one of them is pristine. One that an older rendering has and the project has not was
/// deleted. Any other has no base, and so cannot be merged, only kept.
#[must_use]
pub fn known_part(ours: &Tree, older: &[Tree], theirs: &Tree) -> Tree {
    let mut base = Tree::new();
    for (path, file) in ours {
        let known =
            older.iter().chain([theirs]).filter_map(|tree| tree.get(path)).find(|known| known.says_the_same(file));
        base.extend(known.map(|known| (path.clone(), known.clone())));
    }
    for (path, file) in older.iter().flatten().filter(|(path, _)| !ours.contains_key(*path)) {
        base.entry(path.clone()).or_insert_with(|| file.clone());
    }
    base
}

/// The three sides, less what is resolved already.
struct Sides {
    base: Tree,
    ours: Tree,
    theirs: Tree,
    resolved: Resolved,
}

#[derive(Default)]
struct Resolved {
    /// Files of the result.
    files: Tree,
    conflicts: Vec<Conflict>,
    /// See [`Move::renumbered`].
    renumbered: Vec<(TreePath, TreePath)>,
}

impl Sides {
    /// Takes a path out of all three sides.
    fn take(&mut self, path: &TreePath) -> (Option<File>, Option<File>, Option<File>) {
        (self.base.remove(path), self.ours.remove(path), self.theirs.remove(path))
    }

    /// Every path of a side, each once.
    fn paths(&self) -> Vec<TreePath> {
        let mut paths: Vec<_> = self.base.keys().chain(self.ours.keys()).chain(self.theirs.keys()).cloned().collect();
        paths.sort();
        paths.dedup();
        paths
    }

    /// A free name beside `path` for the template's version.
    fn side_file(&self, path: &TreePath) -> Option<TreePath> {
        UsedPaths::by(&[&self.ours, &self.theirs, &self.resolved.files]).side_file(path)
    }
}

fn changes(ours: &Tree, mut after: Tree) -> Vec<Change> {
    let mut changes = Vec::new();
    for (path, file) in ours {
        let after = after.remove(path);
        if after.as_ref() != Some(file) {
            changes.push(Change { path: path.clone(), before: Some(file.clone()), after });
        }
    }
    changes.extend(after.into_iter().map(|(path, file)| Change { path, before: None, after: Some(file) }));
    changes.sort_by(|a, b| locks::is_heavy(&a.path).cmp(&locks::is_heavy(&b.path)).then_with(|| a.path.cmp(&b.path)));
    changes
}

#[cfg(test)]
mod tests;
