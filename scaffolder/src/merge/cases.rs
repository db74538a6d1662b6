//! What a merge does, case by case; and the laws that hold for all trees, in [`super::laws`].

mod files;
mod keys;
mod lines;
mod moves;
mod sets;

use super::{ConflictKind, Labels, Merged, NoDriver, merge};
use crate::tree::tests::tree;
use crate::tree::{File, Tree, TreePath};

/// Files by path.
type Files<'a> = &'a [(&'a str, &'a str)];

pub(super) fn labels() -> Labels {
    Labels::new("yours", "template 0.2.0")
}

pub(super) fn path(text: &str) -> TreePath {
    TreePath::parse(text).expect("a good path")
}

fn of_trees(base: &Tree, ours: &Tree, theirs: &Tree) -> Merged {
    merge(base, ours, theirs, &labels(), &NoDriver)
}

fn of(base: Files, ours: Files, theirs: Files) -> Merged {
    of_trees(&tree(base), &tree(ours), &tree(theirs))
}

/// Merges one file that all three have.
fn file(name: &str, base: &str, ours: &str, theirs: &str) -> Merged {
    of(&[(name, base)], &[(name, ours)], &[(name, theirs)])
}

/// The text of a file in the merged tree.
fn text(merged: &Merged, at: &str) -> String {
    let file = merged.tree.get(&path(at)).unwrap_or_else(|| panic!("no {at} in {:?}", merged.tree.keys()));
    String::from_utf8(file.bytes.clone()).expect("text")
}

/// The merged text of a file in which nothing is left to decide.
fn clean(name: &str, base: &str, ours: &str, theirs: &str) -> String {
    let merged = file(name, base, ours, theirs);
    assert_eq!(merged.conflicts, [], "{}", text(&merged, name));
    text(&merged, name)
}

/// Everything that a merge says, on a few lines.
fn summary(merged: &Merged) -> String {
    let mut lines: Vec<String> = merged.tree.keys().map(|path| format!("file {path}")).collect();
    for conflict in &merged.conflicts {
        let side_file = conflict.side_file.as_ref().map(|path| format!(" beside {path}")).unwrap_or_default();
        lines.push(format!("{:?} {}{side_file}", conflict.kind, conflict.path));
    }
    lines.extend(merged.kept_deleted.iter().map(|path| format!("kept deleted {path}")));
    lines.extend(merged.moved.iter().map(|(from, to)| format!("moved {from} -> {to}")));
    lines.join("\n")
}

fn kinds(merged: &Merged) -> Vec<ConflictKind> {
    merged.conflicts.iter().map(|conflict| conflict.kind).collect()
}

fn bytes(files: &[(&str, &[u8])]) -> Tree {
    files.iter().map(|(name, bytes)| (path(name), File::new(*bytes))).collect()
}
