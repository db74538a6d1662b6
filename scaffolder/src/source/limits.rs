//! How large a template may be: what a stranger's repository unpacks to is met by a limit before it meets the memory.
//!
//! Also compiled into build.rs.

use crate::error::{Error, Result};

/// The most files, in all.
const FILES: usize = 50_000;
/// The most bytes, in all; an entry of the cache is no larger.
const BYTES: usize = 256 << 20;
/// The deepest folder.
const DEPTH: usize = 64;

/// What is left of the limits while a template is read.
#[derive(Debug)]
pub(super) struct Limits {
    files: usize,
    bytes: usize,
}

impl Limits {
    pub(super) const fn new() -> Self {
        Self { files: FILES, bytes: BYTES }
    }

    /// Counts a file at `path` in.
    ///
    /// # Errors
    /// It is one too many, or one byte too many.
    pub(super) fn file(&mut self, path: &str, bytes: usize) -> Result<()> {
        self.files = self.files.checked_sub(1).ok_or_else(|| too_much(format!("has more than {FILES} files")))?;
        let left = self.bytes.checked_sub(bytes);
        self.bytes = left.ok_or_else(|| too_much(format!("is larger than {} MB with `{path}`", BYTES >> 20)))?;
        Ok(())
    }

    /// Looks at a folder at `path`.
    ///
    /// # Errors
    /// It lies too deep.
    pub(super) fn folder(path: &str) -> Result<()> {
        match path.matches('/').count() {
            depth if depth > DEPTH => Err(too_much(format!("has folders that lie deeper than {DEPTH}"))),
            _ => Ok(()),
        }
    }
}

fn too_much(what: String) -> Error {
    Error::template(format!("the template {what}")).hint("it is taken for broken; name another source")
}
