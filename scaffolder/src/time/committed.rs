//! What the last commit has of the cemented files: the one thing that knows of lines that were cut off at an end.

use std::collections::BTreeMap;

use super::paths::{COMMITTED, TimePaths};
use crate::error::{Error, Result};

/// The cemented files of the last commit, by their names in the folder; none if there is no commit.
///
/// # Errors
/// The repository cannot be read.
pub fn committed(paths: &TimePaths) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let failed = |error: gix::Error| {
        Error::system("cannot read the last commit").because(error).hint("look at what git says to `git status`")
    };
    // Before the first commit there is no tree.
    let Ok(tree) = paths.repository().head_tree() else { return Ok(files) };
    let Some(folder) = tree.lookup_entry_by_path(COMMITTED).map_err(failed)?.filter(|entry| entry.mode().is_tree())
    else {
        return Ok(files);
    };
    let folder = folder.object().map_err(failed)?.into_tree();
    for entry in folder.iter() {
        let entry = entry.map_err(|error| failed(gix::Error::from_error(error)))?;
        let name = entry.filename().to_string();
        if entry.mode().is_blob() && name.ends_with(".jsonl") && !name.starts_with('.') {
            files.insert(name, entry.object().map_err(failed)?.data.clone());
        }
    }
    Ok(files)
}
