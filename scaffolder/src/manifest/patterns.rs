//! The patterns of a manifest.

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::MANIFEST;
use crate::error::{Error, Result};

/// Gitignore patterns, read as cargo-generate reads them.
///
/// # Errors
/// A pattern is no glob.
pub(crate) fn matcher(patterns: &[String]) -> Result<Gitignore> {
    let mut builder = GitignoreBuilder::new("");
    for pattern in patterns {
        builder.add_line(None, pattern).map_err(|error| bad_pattern(pattern).because(error))?;
    }
    builder
        .build()
        .map_err(|error| Error::template(format!("the patterns of `{MANIFEST}` cannot be used")).because(error))
}

fn bad_pattern(pattern: &str) -> Error {
    Error::template(format!("`{MANIFEST}` has the pattern `{pattern}`, which cannot be read"))
}
