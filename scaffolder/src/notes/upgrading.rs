//! `docs/UPGRADING.md`: in a project, the notes that concerned it when it was moved.
//!
//! It is the user's file: a move adds the sections of versions that it does not have yet, and touches no other line.

use super::{Note, markdown};
use crate::tree::{File, TreePath};

/// Where it stands.
pub const UPGRADING: &str = "docs/UPGRADING.md";

const START: &str = "\
# Upgrading

What the versions of the template brought that concerns this project, the newest first. `heavy sync` adds to it; the rest is yours: strike
out what is done.
";

/// The path, as a tree has it.
#[must_use]
pub fn path() -> Option<TreePath> {
    TreePath::parse(UPGRADING).ok()
}

/// The file with the notes in it, the newest above what was there; nothing if it has them all, or is not text.
///
/// `notes` are those that concern the project, oldest first.
#[must_use]
pub fn with(existing: Option<&File>, notes: &[Note]) -> Option<File> {
    let text = match existing {
        None => START.to_owned(),
        Some(file) => String::from_utf8(file.bytes.clone()).ok().filter(|text| !text.contains('\0'))?,
    };
    let heading = |note: &Note| format!("## {}", note.version);
    let is_of = |line: &str, note: &Note| {
        let rest = line.strip_prefix(&heading(note));
        rest.is_some_and(|rest| rest.trim_end().is_empty() || rest.starts_with(':'))
    };
    let has = |note: &Note| text.lines().any(|line| is_of(line, note));
    let new: Vec<&Note> = notes.iter().filter(|note| !has(note)).collect();
    if new.is_empty() {
        return None;
    }
    let windows = text.contains("\r\n");
    let newline = if windows { "\r\n" } else { "\n" };
    let added = new.into_iter().rev().map(shown).collect::<Vec<_>>().join("\n");
    let added = if windows { added.replace('\n', newline) } else { added };
    // Above the newest section; at the end where nobody has any.
    let at = text.find("\n## ").map(|at| at + 1);
    let text = match at {
        Some(at) => format!("{}{added}{newline}{}", &text[..at], &text[at..]),
        None => format!("{}{newline}{newline}{added}", text.trim_end()),
    };
    Some(File { bytes: text.into_bytes(), executable: existing.is_some_and(|file| file.executable) })
}

/// One note, below a heading of the second level, which is found again by its version.
fn shown(note: &Note) -> String {
    let mut text = format!("## {}: {}\n", note.version, note.title);
    if !note.intro.is_empty() {
        text += &format!("\n{}", markdown::deeper(&note.intro));
    }
    for section in &note.sections {
        let by_hand = if section.by_hand { " (by hand)" } else { "" };
        text += &format!("\n### {}{by_hand}\n", section.heading);
        if !section.text.is_empty() {
            text += &format!("\n{}", markdown::deeper(&section.text));
        }
    }
    text
}
