//! `heavy diff`.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use serde_json::json;

use crate::cli::Diff;
use crate::diff::difference;
use crate::error::{Error, Result};
use crate::pack::Packs;
use crate::project::files::Reach;
use crate::transition::Change;
use crate::tree::{Tree, TreePath};
use crate::ui::Ui;

use super::consent;
use super::generated::action;
use super::moving::{Moving, State};
use super::sync;

pub(super) fn run(args: &Diff, ui: Ui) -> Result<u8> {
    let moving = Moving::inspect(args.project.as_deref(), ui)?;
    let here = moving.known_state()?;
    let base = moving.pristine(&here, Some(&moving.lock))?;
    let (before, after) = if args.incoming {
        let to = incoming(&moving, args, &here.packs)?;
        (base, moving.pristine(&to, None)?)
    } else {
        let ours = moving.project.snapshot(&base, &base, Reach::Everything)?;
        (base.clone(), as_rendered(ours.files, &base))
    };
    let wanted = wanted(&args.paths, moving.project.root(), args.project.is_some())?;
    for (typed, path) in args.paths.iter().zip(&wanted) {
        let is_there = before.keys().chain(after.keys()).any(|known| is_in(known, path));
        if !is_there && !moving.project.root().join(path).exists() {
            return Err(Error::user(format!(
                "`{}` is no file or folder of the project or its template",
                typed.escape_debug()
            ))
            .hint("`heavy diff --name-only` lists what differs"));
        }
    }
    let (before, after) = (only(before, &wanted), only(after, &wanted));
    let paths: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let changes: Vec<Change> = paths
        .into_iter()
        .filter(|path| before.get(*path) != after.get(*path))
        .map(|path| Change { path: path.clone(), before: before.get(path).cloned(), after: after.get(path).cloned() })
        .collect();
    if ui.wants_json() {
        let entry = |change: &Change| {
            let mut entry = json!({ "action": action(change), "path": change.path.as_str() });
            if !args.name_only {
                entry["diff"] = consent::text(std::slice::from_ref(change)).into();
            }
            entry
        };
        let files: Vec<_> = changes.iter().map(entry).collect();
        ui.json(&json!({ "project": moving.project.root(), "files": files }))?;
    } else if args.name_only {
        for change in &changes {
            ui.result(&change.path)?;
        }
    } else {
        ui.difference(&difference(&before, &after), true)?;
    }
    Ok(0)
}

/// A file that differs only in its line endings is as it was rendered: git changes them on some machines.
fn as_rendered(mut ours: Tree, base: &Tree) -> Tree {
    for (path, file) in &mut ours {
        if let Some(rendered) = base.get(path).filter(|rendered| rendered.says_the_same(file)) {
            *file = rendered.clone();
        }
    }
    ours
}

/// Where a sync would go, without asking anything.
fn incoming(moving: &Moving, args: &Diff, packs: &Packs) -> Result<State> {
    let sync = crate::cli::Sync { to: args.to.clone(), ..crate::cli::Sync::default() };
    sync::target(moving, &sync, packs)
}

/// Paths as git takes them: from the current folder, if it lies in the project; otherwise, and where the project was named, from
/// the project's. `./src/` is `src`, and the whole project is the empty path.
fn wanted(paths: &[String], root: &Path, is_named: bool) -> Result<Vec<String>> {
    let real = |path: &Path| path.canonicalize().map_err(|error| Error::io("find", path, &error));
    let root = real(root)?;
    let here = real(Path::new("."))?;
    let here = if is_named { None } else { here.strip_prefix(&root).ok() };
    paths.iter().map(|typed| below(typed, &root, here.unwrap_or(Path::new("")))).collect()
}

/// The path below `root` that somebody means who is in the folder `here` of it.
fn below(typed: &str, root: &Path, here: &Path) -> Result<String> {
    let outside = || {
        Error::user(format!("`{}` is outside of the project", typed.escape_debug()))
            .hint(format!("paths are those in `{}`, for example `heavy diff src/routes.rs`", root.display()))
    };
    let text = if cfg!(windows) { typed.replace('\\', "/") } else { typed.to_owned() };
    let path = Path::new(&text);
    let path = match path.strip_prefix(root) {
        Ok(below) => below.to_owned(),
        Err(_) if path.is_absolute() => {
            // Written through a link, as `/tmp` is one on some systems.
            let above = path.parent().and_then(|above| above.canonicalize().ok());
            let whole = above.zip(path.file_name()).map(|(above, name)| above.join(name));
            whole.and_then(|whole| whole.strip_prefix(root).ok().map(Path::to_owned)).ok_or_else(outside)?
        }
        Err(_) => here.join(path),
    };
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            Component::ParentDir => drop(parts.pop().ok_or_else(outside)?),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return Err(outside()),
        }
    }
    Ok(parts.join("/"))
}

fn is_in(path: &TreePath, wanted: &str) -> bool {
    wanted.is_empty() || path.is_within(wanted)
}

fn only(mut tree: Tree, wanted: &[String]) -> Tree {
    tree.retain(|path, _| wanted.is_empty() || wanted.iter().any(|wanted| is_in(path, wanted)));
    tree
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_meant_from_where_one_is() {
        let (root, here) = (Path::new("/shop"), Path::new("src/pages"));
        for (typed, path) in [
            ("notes.rs", "src/pages/notes.rs"),
            ("./notes/", "src/pages/notes"),
            ("../routes.rs", "src/routes.rs"),
            ("../..", ""),
            ("/shop/src", "src"),
        ] {
            assert_eq!(below(typed, root, here).as_deref(), Ok(path), "{typed}");
        }
        for typed in ["../../..", "/elsewhere/x"] {
            assert!(below(typed, root, here).is_err(), "{typed}");
        }
    }
}
