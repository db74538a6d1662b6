//! `heavy.toml` in a project: where it comes from and what was answered.

use std::collections::BTreeMap;

use crate::answers::Value;
use crate::error::Result;
pub use crate::stamp::LOCKFILE;
use crate::tree::TreePath;
pub use keep::Keep;

mod keep;
mod read;
mod write;

/// The `source` of a project from the template that is embedded in the tool.
pub const EMBEDDED: &str = "heavy";

/// What `heavy.toml` holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// A path, a git URL, or [`EMBEDDED`].
    pub source: String,
    /// The branch, tag or commit that was asked for, where `source` is a repository.
    pub rev: Option<String>,
    /// The template's version, as its manifest says.
    pub version: String,
    /// The template's stamp: 64 hexadecimal digits, or nothing where none was written.
    pub stamp: String,
    /// The answers, the name among them.
    pub answers: BTreeMap<String, Value>,
    /// The packs, by name.
    pub packs: BTreeMap<String, PackLock>,
    /// Files in which the last move left something for a person to decide.
    pub conflicts: Vec<TreePath>,
}

/// What `heavy.toml` holds of a pack, under `[packs.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackLock {
    /// A path or a git URL, with the folder of the repository behind it: `URL#/FOLDER`.
    pub source: String,
    /// The branch, tag or commit that it follows, where `source` is a repository.
    pub rev: Option<String>,
    /// The full hash of the commit, where `source` is a repository.
    pub commit: Option<String>,
    /// Its version, as its manifest says.
    pub version: String,
    /// Its stamp: 64 hexadecimal digits.
    pub stamp: String,
    /// The answers to its questions.
    pub answers: BTreeMap<String, Value>,
}

impl PackLock {
    /// The lock of a project that had the pack for its template and followed `rev`: what finds a template finds a pack.
    #[must_use]
    pub fn following(&self, rev: Option<&str>) -> Lock {
        Lock {
            source: self.source.clone(),
            rev: rev.map(str::to_owned),
            version: self.version.clone(),
            stamp: self.stamp.clone(),
            answers: self.answers.clone(),
            packs: BTreeMap::new(),
            conflicts: Vec::new(),
        }
    }
}

const PREFACE: &str = "\
# Written by `heavy`: which template this project comes from, and what was answered.
# Commit it. `heavy` finds by it what to merge when the template moves on.

";

impl Lock {
    /// Reads `heavy.toml`.
    ///
    /// # Errors
    /// Of kind `User`, each with its own words: no TOML (or conflict markers in it), an entry that is missing, of the
    /// wrong type, or not known, as one that a newer `heavy` wrote.
    pub fn parse(text: &str) -> Result<Self> {
        read::parse(text)
    }

    /// Writes a `heavy.toml` from nothing.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut document = toml_edit::DocumentMut::new();
        write::set(&mut document, self);
        format!("{PREFACE}{document}")
    }

    /// Sets the entries in the document that a project has: comments, order, and what does not change stay as they
    /// are, byte for byte.
    ///
    /// # Errors
    /// `existing` is no TOML, or has something else in the place of a table.
    pub fn write_into(existing: &str, lock: &Self) -> Result<String> {
        if read::parse(existing).is_ok_and(|found| found == *lock) {
            return Ok(existing.to_owned());
        }
        let mut document = read::document(existing)?;
        read::tables(&document)?;
        write::set(&mut document, lock);
        Ok(write::with_line_endings_of(existing, document.to_string()))
    }
}

#[cfg(test)]
mod tests;
