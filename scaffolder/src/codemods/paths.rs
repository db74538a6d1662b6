//! How a path is written again, with as much of it kept as still holds.

use std::ops::Range;

/// A path as it is written and as it is meant.
pub(super) struct Written<'a> {
    /// The names as they stand there: `super`, `live`, `tell`.
    pub(super) names: &'a [String],
    /// The path that they mean: `app`, `pages`, `live`, `tell`.
    pub(super) full: &'a [String],
}

/// A path from its crate's name on, as it is written in that crate or in another.
pub(super) fn spelled(path: &[String], own_crate: &str) -> String {
    match path.split_first() {
        Some((first, rest)) if first == own_crate && !rest.is_empty() => format!("crate::{}", rest.join("::")),
        _ => path.join("::"),
    }
}

impl Written<'_> {
    /// How many of the names stand for the first `matched` segments of the full path; nothing if the first name stands for more.
    pub(super) fn covering(&self, matched: usize) -> Option<usize> {
        let covered = (matched + self.names.len()).checked_sub(self.full.len())?;
        (covered >= self.head()).then_some(covered)
    }

    /// How many names belong to its beginning: every `self` and `super`, or one.
    fn head(&self) -> usize {
        let relative = self.names.iter().take_while(|name| matches!(name.as_str(), "self" | "super")).count();
        relative.max(1)
    }

    /// Which names to replace by what, so that the first `matched` segments become `to`.
    pub(super) fn respelled(&self, matched: usize, to: &[String], own_crate: &str) -> Option<(Range<usize>, String)> {
        let end = self.covering(matched)?;
        let same = self.full.iter().zip(to).take_while(|(one, other)| one == other).count();
        // At least one name is written, where the new path is the beginning of the old one.
        let same = same.min(to.len() - 1).min(matched - 1);
        match self.covering(same) {
            Some(start) => Some((start..end, to[same..].join("::"))),
            None => Some((0..end, spelled(to, own_crate))),
        }
    }
}
