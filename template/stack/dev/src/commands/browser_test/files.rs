//! Which tests run: `tests/browser/**/*.test.mjs`, all or those that a filter names.

use std::fs;
use std::path::{Path, PathBuf};

use super::FOLDER;
use crate::error::{Error, Result};

/// The files to run.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    /// From the project's folder, sorted.
    pub(super) files: Vec<PathBuf>,
    /// What the name of a test has to contain, if not every test of the files is meant.
    name: Option<String>,
}

impl Chosen {
    /// Files with the filter in their name; if there is none, those that have it in their text, where the
    /// names of tests are.
    pub(super) fn find(root: &Path, filter: Option<&str>) -> Result<Self> {
        let mut files = Vec::new();
        collect(root, Path::new(FOLDER), &mut files)
            .map_err(|error| Error::new(format!("cannot read `{FOLDER}`: {error}")))?;
        files.sort();
        let Some(filter) = filter else {
            return Ok(Self { files, name: None });
        };
        let named: Vec<PathBuf> = files
            .iter()
            .filter(|path| short(path).contains(filter))
            .cloned()
            .collect();
        if !named.is_empty() {
            return Ok(Self {
                files: named,
                name: None,
            });
        }
        files.retain(|path| {
            fs::read_to_string(root.join(path)).is_ok_and(|text| text.contains(filter))
        });
        if files.is_empty() {
            return Err(Error::new(format!(
                "no test in `{FOLDER}` has `{filter}` in its name, and no file"
            ))
            .hint("`cargo dev browser-test` runs all of them"));
        }
        Ok(Self {
            files,
            name: Some(filter.to_owned()),
        })
    }

    /// The argument by which Node chooses tests by their name.
    pub(super) fn pattern(&self) -> Option<String> {
        let name = self.name.as_deref()?;
        let mut pattern = "--test-name-pattern=".to_owned();
        for c in name.chars() {
            if r"\^$.*+?()[]{}|/".contains(c) {
                pattern.push('\\');
            }
            pattern.push(c);
        }
        Some(pattern)
    }

    /// For people.
    pub(super) fn describe(&self) -> String {
        let names: Vec<String> = self
            .files
            .iter()
            .map(|path| format!("`{}`", short(path)))
            .collect();
        names.join(", ")
    }
}

/// `live/notes` for `tests/browser/live/notes.test.mjs`.
fn short(path: &Path) -> String {
    let path = path.strip_prefix(FOLDER).unwrap_or(path);
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/").replace(".test.mjs", "")
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name();
        let path = folder.join(&name);
        if entry.file_type()?.is_dir() {
            if name != "node_modules" {
                collect(root, &path, found)?;
            }
        } else if name.to_string_lossy().ends_with(".test.mjs") {
            found.push(path);
        }
    }
    Ok(())
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
