//! Rendering a table: new files, and lines in files that the project has.

use super::existing::Existing;
use super::insertions::Insertion;
use super::{Table, dependencies, templates};
use crate::error::{Error, Result};
use crate::transition::Change;
use crate::tree::{File, Tree, TreePath};

/// What adding a table changes.
#[derive(Clone, Debug, Default)]
pub struct Generated {
    /// New files, and those that get a line.
    pub changes: Vec<Change>,
    /// What has to be done by hand, because a file has not the shape that was looked for.
    pub manual: Vec<ManualStep>,
    /// Whether `Cargo.toml` is among the changes, so that the lock file has to be brought up to date.
    pub dependencies: bool,
}

/// Something to do by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManualStep {
    /// In which file.
    pub path: String,
    /// Where in it, and what to do: "in `fn pages`, before `.route_layer`".
    pub place: String,
    /// What to paste.
    pub snippet: String,
}

/// Formats Rust; `None` if it is none.
pub type Format<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Table {
    /// Renders the files and puts the lines in. Without a formatter it is left as rendered.
    ///
    /// # Errors
    /// A template cannot be rendered or makes no Rust, or a file that would be made stands there already.
    pub fn generate(&self, files: &Tree, format: Option<Format<'_>>) -> Result<Generated> {
        let existing = Existing(files);
        let mut generated = Generated::default();
        for templates::Rendered { template, text, name } in templates::render(&self.context(files), files)? {
            let path = tree_path(&self.path_of(name))?;
            if files.contains_key(&path) {
                return Err(Error::user(format!("there is a file `{path}` already"))
                    .hint("move it away, or give the table another name"));
            }
            let text = match format {
                Some(format) if path.as_str().ends_with(".rs") => {
                    format(&text).ok_or_else(|| no_rust(&template, &path))?
                }
                _ => text,
            };
            generated.changes.push(Change { path, before: None, after: Some(File::new(text)) });
        }
        let mut insertions = self.insertions();
        for component in self.missing_components(existing) {
            for (path, text) in component.files {
                let path = tree_path(path)?;
                // Written by hand, or left by an older version: it is the project's.
                if !files.contains_key(&path) {
                    let formatted = format.filter(|_| path.as_str().ends_with(".rs")).and_then(|format| format(text));
                    let after = Some(File::new(formatted.unwrap_or_else(|| (*text).to_owned())));
                    generated.changes.push(Change { path, before: None, after });
                }
            }
            for (path, new) in component.insertions() {
                match insertions.iter_mut().find(|(known, _)| *known == path) {
                    Some((_, known)) => known.extend(new),
                    None => insertions.push((path, new)),
                }
            }
        }
        generated.insert(insertions, files, format)?;
        self.add_dependencies(existing, files, &mut generated)?;
        generated.changes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(generated)
    }

    fn add_dependencies(&self, existing: Existing<'_>, files: &Tree, generated: &mut Generated) -> Result<()> {
        const MANIFEST: &str = "Cargo.toml";
        let Some(snippet) = dependencies::snippet(&self.fields) else { return Ok(()) };
        match existing.text(MANIFEST).and_then(|text| dependencies::add(text, &self.fields)) {
            Some(after) => {
                let changes = generated.changes.len();
                generated.give(files, MANIFEST, &after)?;
                generated.dependencies = generated.changes.len() > changes;
            }
            None => generated.manual.push(ManualStep {
                path: MANIFEST.to_owned(),
                place: "in `[workspace.dependencies]` and `[dependencies]`".to_owned(),
                snippet,
            }),
        }
        Ok(())
    }
}

impl Generated {
    /// Puts lines into files that the project has. What finds no place is left to do by hand.
    pub(super) fn insert(
        &mut self,
        insertions: Vec<(&'static str, Vec<Insertion>)>,
        files: &Tree,
        format: Option<Format<'_>>,
    ) -> Result<()> {
        let existing = Existing(files);
        for (path, insertions) in insertions {
            let mut text = existing.text(path).map(str::to_owned);
            for insertion in insertions {
                let inserted = text.as_deref().and_then(|text| with_its_line_ends(text, &insertion));
                match inserted {
                    Some(after) => text = Some(after),
                    None => self.manual.push(ManualStep {
                        path: path.to_owned(),
                        place: insertion.place.to_owned(),
                        snippet: insertion.snippet,
                    }),
                }
            }
            if let (Some(before), Some(after)) = (existing.text(path), text) {
                // What was formatted stays formatted; what was not is not ours to format.
                let after = match format {
                    Some(format) if format(before).is_some_and(|formatted| formatted == before) => {
                        format(&after).unwrap_or(after)
                    }
                    _ => after,
                };
                self.give(files, path, &after)?;
            }
        }
        Ok(())
    }

    fn give(&mut self, files: &Tree, path: &str, after: &str) -> Result<()> {
        let path = tree_path(path)?;
        let before = files.get(&path).cloned();
        let executable = before.as_ref().is_some_and(|file| file.executable);
        let after = Some(File { bytes: after.as_bytes().to_vec(), executable });
        if before != after {
            self.changes.push(Change { path, before, after });
        }
        Ok(())
    }
}

/// Inserts into a text with `\r\n` too, which stays one.
fn with_its_line_ends(text: &str, insertion: &Insertion) -> Option<String> {
    if !text.contains("\r\n") {
        return (insertion.insert)(text);
    }
    (insertion.insert)(&text.replace("\r\n", "\n")).map(|text| text.replace('\n', "\r\n"))
}

pub(super) fn tree_path(path: &str) -> Result<TreePath> {
    TreePath::parse(path).map_err(|problem| Error::user(format!("the path `{path}` {problem}")))
}

fn no_rust(template: &str, path: &TreePath) -> Error {
    Error::template(format!("`{template}` makes no Rust that could be read, which `{path}` would be"))
        .hint("`--dry-run` with the template deleted shows whether the built-in one does; mend yours, or delete it")
}
