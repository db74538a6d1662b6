//! A project in memory, and its moves.

use std::collections::BTreeSet;

use heavy_stack::merge::{Labels, NoDriver};
use heavy_stack::snapshot::Snapshot;
use heavy_stack::transition::{Move, Request, transition};
use heavy_stack::tree::{File, Tree, TreePath};

/// What is written once in every template here.
pub(crate) fn once(path: &TreePath) -> bool {
    path.is_within("migrations")
}

pub(crate) fn without_once(tree: &Tree) -> Tree {
    tree.iter().filter(|(path, _)| !once(path)).map(|(path, file)| (path.clone(), file.clone())).collect()
}

/// Without the migrations that `before` did not have.
pub(crate) fn without_new_once(tree: &Tree, before: &Tree) -> Tree {
    let kept = |path: &TreePath| !once(path) || before.contains_key(path);
    tree.iter().filter(|(path, _)| kept(path)).map(|(path, file)| (path.clone(), file.clone())).collect()
}

/// A move, and the project after it.
pub(crate) fn moved(base: &Tree, ours: &Tree, theirs: &Tree) -> (Move, Tree) {
    let snapshot = Snapshot { files: ours.clone(), ..Snapshot::default() };
    let plan = try_move(base, &snapshot, theirs, true);
    let after = applied(ours, &plan);
    (plan, after)
}

pub(crate) fn try_move(base: &Tree, ours: &Snapshot, theirs: &Tree, base_is_known: bool) -> Move {
    let labels = Labels::new("yours", "template 2");
    let request = Request { base, ours, theirs, once: &once, labels: &labels, driver: &NoDriver, base_is_known };
    transition(&request).expect("a move that can be computed")
}

/// The project after a plan was carried out, by nobody's code but this. Also what holds of every plan: each path once, what
/// it expects to find is what is there, nothing is rewritten as it is, and `heavy.toml` comes last.
pub(crate) fn applied(ours: &Tree, plan: &Move) -> Tree {
    let mut files = ours.clone();
    let mut seen = BTreeSet::new();
    for change in &plan.changes {
        assert!(seen.insert(&change.path), "`{}` twice", change.path);
        assert_eq!(change.before.as_ref(), ours.get(&change.path), "what stands at `{}`", change.path);
        assert_ne!(change.before, change.after, "`{}` is written as it is", change.path);
        match &change.after {
            Some(file) => drop(files.insert(change.path.clone(), file.clone())),
            None => drop(files.remove(&change.path)),
        }
    }
    let lock = plan.changes.iter().position(|change| change.path.as_str() == "heavy.toml");
    assert!(lock.is_none_or(|at| at + 1 == plan.changes.len()), "heavy.toml comes last");
    files
}

/// A plan, for a person.
pub(crate) fn shown(plan: &Move) -> String {
    let file = |file: &Option<File>| match file {
        Some(file) => format!("{}{:?}", if file.executable { "x " } else { "" }, String::from_utf8_lossy(&file.bytes)),
        None => "nothing".to_owned(),
    };
    let mut text = String::new();
    for change in &plan.changes {
        text.push_str(&format!(
            "\n{}\n  before {}\n  after {}",
            change.path,
            file(&change.before),
            file(&change.after)
        ));
    }
    for conflict in &plan.conflicts {
        text.push_str(&format!("\nconflict {} {:?} beside {:?}", conflict.path, conflict.kind, conflict.side_file));
    }
    format!("{text}\nkept deleted {:?}\nmoved {:?}\n", plan.kept_deleted, plan.moved)
}
