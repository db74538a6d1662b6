//! Merges by keys instead of lines, for the formats that have them.

use super::{json, toml};
use crate::tree::TreePath;

/// A format that can be merged by keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Toml,
    /// With comments and trailing commas.
    Json,
}

impl Format {
    /// The format of a file, by its name.
    pub(super) fn of(path: &TreePath) -> Option<Self> {
        let (_, extension) = path.file_name().rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "toml" => Some(Self::Toml),
            "json" | "jsonc" | "code-workspace" => Some(Self::Json),
            _ => None,
        }
    }

    /// Merges by keys. `None` if both changed a key differently, or one of the texts does not parse.
    pub(super) fn merge(self, base: &[u8], ours: &[u8], theirs: &[u8]) -> Option<Vec<u8>> {
        let (base, ours, theirs) = (text(base)?, text(ours)?, text(theirs)?);
        let merged = match self {
            Self::Toml => toml::merge(base, ours, theirs),
            Self::Json => json::merge(base, ours, theirs),
        };
        merged.map(String::into_bytes)
    }

    /// Whether a merged text still parses, and says nothing twice that the two sides say once. Nothing is asked of it
    /// if one of the sides does not parse either.
    pub(super) fn is_sound(self, merged: &[u8], ours: &[u8], theirs: &[u8]) -> bool {
        match (self.repetitions(ours), self.repetitions(theirs)) {
            (Some(ours), Some(theirs)) => self.repetitions(merged).is_some_and(|count| count <= ours.max(theirs)),
            _ => true,
        }
    }

    /// How many keys, and strings in lists, stand there a second time; `None` if the text does not parse.
    fn repetitions(self, bytes: &[u8]) -> Option<usize> {
        match self {
            Self::Toml => toml::repetitions(text(bytes)?),
            Self::Json => json::repetitions(text(bytes)?),
        }
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
