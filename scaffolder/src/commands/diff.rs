//! `heavy diff`.

use crate::cli::Diff;
use crate::diff::difference;
use crate::error::{Error, Result};
use crate::project::files::Reach;
use crate::tree::{Tree, TreePath};
use crate::ui::Ui;

use super::moving::{Moving, State};
use super::sync;

pub(super) fn run(args: &Diff, ui: Ui) -> Result<u8> {
    let moving = Moving::inspect(args.project.as_deref(), ui)?;
    let here = moving.known_state()?;
    let base = moving.pristine(&here, Some(&moving.lock))?;
    let (before, after) = if args.incoming {
        let to = incoming(&moving, args)?;
        (base, moving.pristine(&to, None)?)
    } else {
        let ours = moving.project.snapshot(&base, &base, Reach::Everything)?;
        (base.clone(), as_rendered(ours.files, &base))
    };
    let wanted = wanted(&args.paths)?;
    let (before, after) = (only(before, &wanted), only(after, &wanted));
    if args.name_only {
        let paths: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
        for path in paths.into_iter().filter(|path| before.get(*path) != after.get(*path)) {
            ui.result(path)?;
        }
    } else {
        ui.difference(&difference(&before, &after))?;
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
fn incoming(moving: &Moving, args: &Diff) -> Result<State> {
    let sync = crate::cli::Sync { to: args.to.clone(), ..crate::cli::Sync::default() };
    sync::target(moving, &sync)
}

/// Paths as typed: `./src/` is `src`.
fn wanted(paths: &[String]) -> Result<Vec<TreePath>> {
    paths
        .iter()
        .map(|typed| {
            let path = typed.replace('\\', "/");
            let path = path.trim_start_matches("./").trim_end_matches('/');
            TreePath::parse(path).map_err(|problem| {
                Error::user(format!("the path `{typed}` {problem}"))
                    .hint("paths are those in the project, for example `heavy diff src/routes.rs`")
            })
        })
        .collect()
}

fn only(mut tree: Tree, wanted: &[TreePath]) -> Tree {
    tree.retain(|path, _| wanted.is_empty() || wanted.iter().any(|folder| path.is_within(folder.as_str())));
    tree
}
