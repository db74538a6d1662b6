//! The text of a `Cargo.lock`, cut into its packages.

use crate::error::{Error, Result};

const PACKAGE: &str = "[[package]]";

/// One package of a lock file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block<'a> {
    pub(super) name: &'a str,
    /// Its lines, `[[package]]` first.
    pub(super) lines: Vec<&'a str>,
}

/// What tells packages apart, and by which cargo sorts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key<'a> {
    pub(super) name: &'a str,
    version: Option<&'a str>,
    source: Option<&'a str>,
}

impl<'a> Block<'a> {
    pub(super) fn key(&self) -> Key<'a> {
        Key { name: self.name, version: value(&self.lines, "version"), source: value(&self.lines, "source") }
    }
}

/// The text before the first package, without its last newlines, and the packages.
pub(super) fn lock(text: &str) -> Result<(String, Vec<Block<'_>>)> {
    if text.contains("{{") || text.contains("{%") {
        return Err(Error::template("a lock file has a tag in it"));
    }
    let text = text.strip_suffix('\n').ok_or_else(|| odd("it does not end with a newline"))?;
    let mut parts = text.split("\n\n");
    let header = parts.next().unwrap_or_default();
    if !header.contains("version = ") {
        return Err(odd("it does not start with its version"));
    }
    let blocks = parts
        .map(|part| {
            let lines: Vec<&str> = part.split('\n').collect();
            match (lines.first(), value(&lines, "name")) {
                (Some(&PACKAGE), Some(name)) => Ok(Block { name, lines }),
                _ => Err(odd(&format!("it has `{}` beside its packages", lines.first().unwrap_or(&"")))),
            }
        })
        .collect::<Result<_>>()?;
    Ok((header.to_owned(), blocks))
}

fn value<'a>(lines: &[&'a str], key: &str) -> Option<&'a str> {
    lines.iter().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"'))
}

fn odd(problem: &str) -> Error {
    Error::template("a lock file is not of the form that cargo writes").hint(problem.to_owned())
}
