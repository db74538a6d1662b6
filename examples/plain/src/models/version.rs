//! The version of a row, for optimistic locking.

use serde::{Deserialize, Serialize};

/// The version of a row: 1 when it is created, plus 1 for each update.
///
/// An update names the version that it is based on, and fails if the row has another version. So of two concurrent edits
/// the second one fails instead of overwriting the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Version(i64);

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
