//! Lines that packs put into files of a template's rendering.
//!
//! Places are found in what the template rendered to, and all lines are put in at the end: so no pack can depend on the lines
//! of another, and what stands in a file does not depend on the order in which packs were added.

use std::collections::BTreeMap;

use super::sensitive::is_kept;
use crate::answers::Answers;
use crate::error::{Error, Result};
use crate::manifest::{Insertion, PackManifest, Place};
use crate::render::fragments;
use crate::tree::{Tree, TreePath};

/// What goes into each file.
#[derive(Debug, Default)]
pub(super) struct Insertions(BTreeMap<TreePath, Vec<Lines>>);

/// Lines that go above the line with the number `at`. Their order is that of the fields.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Lines {
    at: usize,
    /// What hangs on the line above comes first, then what is sorted, then what hangs on the line below.
    side: u8,
    /// What is sorted goes by its text, everything else by pack and by the place in its manifest.
    key: (String, usize),
    text: String,
}

impl Insertions {
    /// Finds the places of a pack's lines, and returns the lines as they will stand there.
    pub(super) fn gather(
        &mut self,
        name: &str,
        manifest: &PackManifest,
        answers: &Answers,
        tree: &Tree,
    ) -> Result<Vec<(TreePath, String)>> {
        let mut all = Vec::new();
        for (number, insertion) in manifest.insertions.iter().enumerate() {
            let rendered = fragments("[[heavy.pack.insert]]", &[&insertion.anchor, &insertion.text], answers)?;
            let [anchor, text] = rendered.as_slice() else { continue };
            if text.trim().is_empty() {
                continue;
            }
            let lines = lines(insertion, anchor, text, (name, number), tree)?;
            all.push((insertion.file.clone(), lines.text.clone()));
            self.0.entry(insertion.file.clone()).or_default().push(lines);
        }
        Ok(all)
    }

    /// Puts everything in.
    pub(super) fn apply(self, tree: &mut Tree) {
        for (path, mut insertions) in self.0 {
            let Some(file) = tree.get_mut(&path) else { continue };
            insertions.sort();
            let text = String::from_utf8_lossy(&file.bytes).into_owned();
            let mut result = String::new();
            let mut insertions = insertions.into_iter().peekable();
            for (number, line) in text.split_inclusive('\n').enumerate() {
                while let Some(lines) = insertions.next_if(|lines| lines.at <= number) {
                    result.push_str(&lines.text);
                }
                result.push_str(line);
            }
            let rest: String = insertions.map(|lines| lines.text).collect();
            if !rest.is_empty() && !result.ends_with('\n') {
                result.push('\n');
            }
            result.push_str(&rest);
            file.bytes = result.into_bytes();
        }
    }
}

fn lines(insertion: &Insertion, anchor: &str, text: &str, by: (&str, usize), tree: &Tree) -> Result<Lines> {
    let path = &insertion.file;
    let refuse = |what: String| Error::template(format!("it puts lines into `{path}`, {what}"));
    if is_kept(path) {
        return Err(refuse("which no pack may write".to_owned())
            .hint("what goes into `Cargo.toml` stands under `[heavy.pack.dependencies]`"));
    }
    let file = tree.get(path).ok_or_else(|| refuse("which this version of the template does not have".to_owned()))?;
    let content = std::str::from_utf8(&file.bytes).map_err(|_| refuse("which is not text".to_owned()))?;
    let rows: Vec<&str> = content.lines().collect();
    let anchor = anchor.trim();
    let mut found = rows.iter().enumerate().filter(|(_, row)| row.trim() == anchor);
    let (at, row) = match (found.next(), found.next()) {
        (Some((at, row)), None) => (at, *row),
        (None, _) => {
            return Err(refuse(format!("which has no line `{anchor}` in this version of the template"))
                .hint("another version of the pack may fit: `URL#REV`"));
        }
        (Some(_), Some(_)) => {
            return Err(refuse(format!("which has the line `{anchor}` more than once"))
                .hint("its author has to name a line that stands there once"));
        }
    };
    let indent = &row[..row.len() - row.trim_start().len()];
    let ending = if content.contains("\r\n") { "\r\n" } else { "\n" };
    let indented: String = text
        .trim_matches('\n')
        .lines()
        .map(|line| if line.trim().is_empty() { ending.to_owned() } else { format!("{indent}{line}{ending}") })
        .collect();
    let (name, number) = by;
    let by_pack = (name.to_owned(), number);
    Ok(match insertion.place {
        Place::After => Lines { at: at + 1, side: 0, key: by_pack, text: indented },
        Place::Before => Lines { at, side: 2, key: by_pack, text: indented },
        Place::Among => {
            // The lines around the anchor that are indented alike, without a gap and without a comment.
            let alike = |row: &&str| {
                !row.trim().is_empty()
                    && row.starts_with(indent)
                    && !row[indent.len()..].starts_with([' ', '\t', '/', '#', '}', ')', ']'])
            };
            let start = at - rows[..at].iter().rev().take_while(|row| alike(row)).count();
            let end = at + rows[at..].iter().take_while(|row| alike(row)).count();
            let first = indented.lines().next().unwrap_or_default().trim();
            let place = rows[start..end].iter().position(|row| row.trim() > first).map_or(end, |below| start + below);
            Lines { at: place, side: 1, key: (first.to_owned(), 0), text: indented }
        }
    })
}
