//! How often a row was written.

use serde::{Deserialize, Serialize};

/// Counts the edits of a row, from 1.
///
/// An update names the version it was made from and is refused if that is not the newest one any more:
/// of two people (or two tabs) who edit at once, the second sees what the first wrote instead of erasing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Version(i64);

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
