//! A project as a value: relative paths and what stands at them.
//!
//! Rendering, merging and hooks work on a [`Tree`]; only the writer turns one into files. A [`TreePath`] is
//! parsed once, so that a path that leaves the project cannot exist in one.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

/// A path inside a tree: relative, `/` between its parts, the same on every platform.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreePath(String);

/// Why a path cannot stand in a tree; `Display` completes the sentence "the path `x` …".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathProblem {
    /// Nothing between two slashes, or nothing at all.
    Empty,
    /// Starts at a root (`/x`, `\x`) or a drive (`C:`).
    Absolute,
    /// Has a part `..` (or `.`).
    Traversal,
    /// Reaches into `.git`, where a file could be made to run.
    GitDirectory,
    /// Reaches into `.heavy`, where the state of moves is kept: its records say what is written and deleted.
    StateFolder,
    /// A name that Windows keeps for devices (`CON`, `nul.txt`), or that it cannot store (`a:b`, a trailing dot).
    NotPortable,
}

impl Display for PathProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "has an empty part",
            Self::Absolute => "is absolute",
            Self::Traversal => "leaves its folder with `..`",
            Self::GitDirectory => "reaches into `.git`",
            Self::StateFolder => "reaches into `.heavy`",
            Self::NotPortable => "cannot be stored on Windows",
        })
    }
}

impl TreePath {
    /// Parses a path with `/` between its parts.
    ///
    /// # Errors
    /// Says which rule the path breaks: see [`PathProblem`].
    pub fn parse(text: &str) -> Result<Self, PathProblem> {
        let drive = text.as_bytes().get(1) == Some(&b':') && text.as_bytes()[0].is_ascii_alphabetic();
        if text.starts_with(['/', '\\']) || drive {
            return Err(PathProblem::Absolute);
        }
        for (depth, part) in text.split('/').enumerate() {
            match part {
                "" => return Err(PathProblem::Empty),
                "." | ".." => return Err(PathProblem::Traversal),
                _ if part.split('\\').any(|piece| piece == "..") => return Err(PathProblem::Traversal),
                _ if is_git(part) => return Err(PathProblem::GitDirectory),
                _ if depth == 0 && part.eq_ignore_ascii_case(".heavy") => return Err(PathProblem::StateFolder),
                _ if !portable(part) => return Err(PathProblem::NotPortable),
                _ => {}
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// The path as text, `/` between its parts.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its last part.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The folders that it lies in, the nearest first.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.0.rmatch_indices('/').map(|(end, _)| &self.0[..end])
    }

    /// Whether it is `folder` itself or stands below it.
    #[must_use]
    pub fn is_within(&self, folder: &str) -> bool {
        self.0.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether some file system takes this name for `.git`: without regard to case, by its short name on Windows, or without the
/// characters that HFS+ passes over.
fn is_git(part: &str) -> bool {
    let passed_over =
        |c: char| matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}');
    let seen: String = part.chars().filter(|c| !passed_over(*c)).collect();
    let short = seen.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("git~"));
    seen.eq_ignore_ascii_case(".git") || short && seen.len() == 5 && seen.ends_with(|c: char| c.is_ascii_digit())
}

/// Names of devices and characters after Microsoft's "Naming Files, Paths, and Namespaces".
fn portable(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end();
    let device = ["con", "prn", "aux", "nul"].iter().any(|name| stem.eq_ignore_ascii_case(name))
        || (stem.len() == 4
            && ["com", "lpt"].iter().any(|name| stem.get(..3).is_some_and(|s| s.eq_ignore_ascii_case(name)))
            && stem.as_bytes()[3].is_ascii_digit());
    let forbidden = |c: char| c.is_control() || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\\');
    !(device || part.ends_with(['.', ' ']) || part.contains(forbidden))
}

/// One file of a tree.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct File {
    /// Its content, as stored.
    pub bytes: Vec<u8>,
    /// Whether it may be run; the only mode that git and templates carry.
    pub executable: bool,
}

impl File {
    /// A plain file.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), executable: false }
    }

    /// Whether two files are the same but for line endings, which git changes on some machines.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.executable == other.executable && same_lines(&self.bytes, &other.bytes)
    }
}

/// Whether two texts are the same but for line endings.
#[must_use]
pub fn same_lines(one: &[u8], other: &[u8]) -> bool {
    let lines = |text: &'_ [u8]| -> Vec<Vec<u8>> {
        let content = |line: &[u8]| line.strip_suffix(b"\r").unwrap_or(line).to_vec();
        text.split(|byte| *byte == b'\n').map(content).collect()
    };
    one == other || lines(one) == lines(other)
}

/// Files by path, in the order of their paths. Folders exist by the files in them.
pub type Tree = BTreeMap<TreePath, File>;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A tree of plain files.
    pub(crate) fn tree(files: &[(&str, &str)]) -> Tree {
        files.iter().map(|(path, text)| (TreePath::parse(path).expect("a good path"), File::new(*text))).collect()
    }
}
