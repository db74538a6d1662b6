//! Names of rendered files.

use std::collections::{BTreeMap, BTreeSet};

use super::engine::Renderer;
use crate::dialect::has_tags;
use crate::error::{Error, Result};
use crate::tree::{Tree, TreePath};

/// Renders a path part by part; a value cannot add a part, let alone leave the project.
pub(super) fn render(path: &TreePath, renderer: &Renderer) -> Result<TreePath> {
    if !has_tags(path.as_str()) {
        return Ok(path.clone());
    }
    let mut parts = Vec::new();
    for part in path.as_str().split('/') {
        let rendered = renderer.text(path, part)?;
        if rendered.contains('/') {
            return Err(Error::template(format!("`{path}` becomes `{rendered}`, which is more than one folder")));
        }
        parts.push(rendered);
    }
    let rendered = parts.join("/");
    TreePath::parse(&rendered)
        .map_err(|problem| Error::template(format!("`{path}` becomes `{}`, which {problem}", rendered.escape_debug())))
}

/// Refuses a tree that no disk could hold: two paths that differ only in case, a file where a folder is.
pub(super) fn check(tree: &Tree) -> Result<()> {
    let mut folders = BTreeSet::new();
    for path in tree.keys() {
        folders.extend(path.as_str().match_indices('/').map(|(at, _)| &path.as_str()[..at]));
    }
    if let Some(path) = tree.keys().find(|path| folders.contains(path.as_str())) {
        return Err(Error::template(format!("the project would have a file and a folder at `{path}`")));
    }
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for path in folders.iter().copied().chain(tree.keys().map(TreePath::as_str)) {
        if let Some(other) = seen.insert(path.to_lowercase(), path) {
            return Err(Error::template(format!(
                "`{other}` and `{path}` are one place where upper and lower case are the same"
            )));
        }
    }
    Ok(())
}
