//! The module `file`, on a tree.

use std::collections::BTreeSet;
use std::rc::Rc;

use rhai::{Array, Module};

use super::ROOT;
use super::state::{HookResult, Shared};
use crate::tree::{Tree, TreePath};

/// `exists`, `rename`, `delete`, `write` and `listdir`; there is no way to read, as in cargo-generate.
pub(super) fn module(state: &Shared) -> Module {
    let mut module = Module::new();
    let shared = state.clone();
    module.set_native_fn("exists", move |path: &str| -> HookResult<bool> {
        let target = HookPath::parse(path)?;
        Ok(target.is_file(&shared.borrow().tree) || target.is_folder(&shared.borrow().tree))
    });
    let shared = state.clone();
    module.set_native_fn("rename", move |from: &str, to: &str| -> HookResult<()> {
        let (from, to) = (HookPath::parse(from)?, HookPath::parse(to)?);
        rename(Rc::make_mut(&mut shared.borrow_mut().tree), &from, &to)
    });
    let shared = state.clone();
    module.set_native_fn("delete", move |path: &str| -> HookResult<()> {
        let target = HookPath::parse(path)?;
        Rc::make_mut(&mut shared.borrow_mut().tree).retain(|path, _| !target.holds(path));
        Ok(())
    });
    let shared = state.clone();
    module.set_native_fn("write", move |path: &str, content: &str| write(&shared, path, content.to_owned()));
    let shared = state.clone();
    module.set_native_fn("write", move |path: &str, lines: Array| {
        write(&shared, path, lines.iter().map(|line| format!("{line}\n")).collect())
    });
    let shared = state.clone();
    module.set_native_fn("listdir", move |path: &str| list(&shared.borrow().tree, path));
    let shared = state.clone();
    module.set_native_fn("listdir", move || list(&shared.borrow().tree, "."));
    module
}

/// A place in the tree: a path, or the root as the empty text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HookPath(String);

impl HookPath {
    /// Resolves what a script wrote, from the root or relative to it, with its `.` and `..`.
    pub(super) fn parse(path: &str) -> HookResult<Self> {
        let outside = || format!("Path must be inside template dir: {path}");
        let absolute = if path.starts_with('/') { path.to_owned() } else { format!("{ROOT}/{path}") };
        let mut parts = Vec::new();
        for part in absolute.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        let resolved = format!("/{}", parts.join("/"));
        let below = resolved.strip_prefix(ROOT).ok_or_else(outside)?;
        match below.strip_prefix('/') {
            None if below.is_empty() => Ok(Self(String::new())),
            None => Err(outside().into()),
            Some(below) => match TreePath::parse(below) {
                Ok(_) => Ok(Self(below.to_owned())),
                Err(problem) => Err(format!("the path `{below}` {problem}").into()),
            },
        }
    }

    fn path(&self) -> HookResult<TreePath> {
        TreePath::parse(&self.0).map_err(|_| format!("{ROOT} is a folder").into())
    }

    fn is_file(&self, tree: &Tree) -> bool {
        TreePath::parse(&self.0).is_ok_and(|path| tree.contains_key(&path))
    }

    fn is_folder(&self, tree: &Tree) -> bool {
        self.0.is_empty() || (!self.is_file(tree) && tree.keys().any(|path| self.holds(path)))
    }

    /// Whether the path is this place or below it.
    fn holds(&self, path: &TreePath) -> bool {
        self.0.is_empty() || path.is_within(&self.0)
    }

    /// The folder that this place is in.
    fn parent(&self) -> Self {
        Self(self.0.rsplit_once('/').map(|(parent, _)| parent.to_owned()).unwrap_or_default())
    }

    /// Refuses a place whose folder is not there, as the disk would.
    fn check_parent(&self, tree: &Tree) -> HookResult<()> {
        let parent = self.parent();
        if parent.is_folder(tree) { Ok(()) } else { Err(format!("there is no folder `{}`", parent.0).into()) }
    }
}

fn rename(tree: &mut Tree, from: &HookPath, to: &HookPath) -> HookResult<()> {
    to.check_parent(tree)?;
    if from.is_file(tree) {
        if to.is_folder(tree) {
            return Err(format!("`{}` is a folder", to.0).into());
        }
        if let Some(file) = tree.remove(&from.path()?) {
            tree.insert(to.path()?, file);
        }
        return Ok(());
    }
    if from.0.is_empty() || !from.is_folder(tree) {
        return Err(format!("there is no `{}` to rename", from.0).into());
    }
    if to.0.is_empty()
        || to.is_file(tree)
        || (to != from && to.is_folder(tree))
        || from.0 != to.0 && to.0.starts_with(&format!("{}/", from.0))
    {
        return Err(format!("`{}` cannot become `{}`, which is there already", from.0, to.0).into());
    }
    let moved: Vec<TreePath> = tree.keys().filter(|path| from.holds(path)).cloned().collect();
    for path in moved {
        let new = format!("{}{}", to.0, &path.as_str()[from.0.len()..]);
        let new = TreePath::parse(&new).map_err(|problem| format!("the path `{new}` {problem}"))?;
        if let Some(file) = tree.remove(&path) {
            tree.insert(new, file);
        }
    }
    Ok(())
}

fn write(state: &Shared, path: &str, content: String) -> HookResult<()> {
    let target = HookPath::parse(path)?;
    let mut state = state.borrow_mut();
    state.write(content.len() + path.len())?;
    target.check_parent(&state.tree)?;
    if target.is_folder(&state.tree) {
        return Err(format!("`{}` is a folder", target.0).into());
    }
    // Writing over a file keeps its mode, as on disk.
    Rc::make_mut(&mut state.tree).entry(target.path()?).or_default().bytes = content.into_bytes();
    Ok(())
}

fn list(tree: &Tree, path: &str) -> HookResult<Array> {
    let target = HookPath::parse(path)?;
    if !target.is_folder(tree) {
        return Err(format!("there is no folder `{}`", target.0).into());
    }
    let below = if target.0.is_empty() { String::new() } else { format!("{}/", target.0) };
    let names: BTreeSet<&str> = tree
        .keys()
        .filter_map(|path| path.as_str().strip_prefix(&below))
        .map(|rest| rest.split('/').next().unwrap_or(rest))
        .collect();
    Ok(names.into_iter().map(|name| format!("{ROOT}/{below}{name}").into()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::tree;

    fn target(path: &str) -> String {
        HookPath::parse(path).map(|target| target.0).unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn a_path_is_resolved_inside_the_tree() {
        assert_eq!(target("a/./b/../c"), "a/c");
        assert_eq!(target("."), "");
        assert_eq!(target("/template/a"), "a");
        assert_eq!(target("a/../../template/b"), "b");
    }

    #[test]
    fn a_path_that_leaves_the_tree_is_refused() {
        for path in ["..", "../x", "/etc/passwd", "/templates/x", "////../../etc", "a/../../b"] {
            assert!(target(path).contains("Path must be inside template dir"), "{path}");
        }
        assert!(target(".git/hooks/pre-commit").contains("reaches into `.git`"));
    }

    #[test]
    fn a_folder_is_renamed_with_all_that_is_in_it() {
        let mut files = tree(&[("a/x", "1"), ("a/y/z", "2"), ("ab", "3")]);
        let target = |path| HookPath::parse(path).expect("a target");
        rename(&mut files, &target("a"), &target("b")).expect("a rename");
        assert_eq!(files, tree(&[("b/x", "1"), ("b/y/z", "2"), ("ab", "3")]));
        assert!(rename(&mut files, &target("b"), &target("none/b")).is_err(), "there is no such folder");
        assert!(rename(&mut files, &target("b"), &target("b/y/w")).is_err(), "a folder cannot stand in itself");
    }
}
