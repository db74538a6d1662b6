//! Merges the content of one file: what only one side changed, then a driver, then lines, then keys.

use super::text::Text;
use super::{ConflictKind, Driver, Labels, Style, lines, preservation, sets, structure};
use crate::tree::{File, TreePath};

/// Merges files, one by one.
pub(super) struct Merger<'a> {
    pub(super) labels: &'a Labels,
    pub(super) driver: &'a dyn Driver,
}

/// What became of one file.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) file: File,
    /// Why the person has to look at it, if so.
    pub(super) conflict: Option<ConflictKind>,
    /// Whether the template's version could not be put into the file and has to stand beside it.
    pub(super) needs_side_file: bool,
}

impl Merger<'_> {
    /// Merges one file. Without a base, both sides added it.
    pub(super) fn merge(&self, path: &TreePath, base: Option<&File>, ours: &File, theirs: &File) -> Content {
        let executable = match base {
            Some(base) if ours.executable == base.executable => theirs.executable,
            Some(_) => ours.executable,
            None => ours.executable || theirs.executable,
        };
        let clean =
            |bytes: Vec<u8>| Content { file: File { bytes, executable }, conflict: None, needs_side_file: false };
        let base = base.map(|base| base.bytes.as_slice());
        if ours.bytes == theirs.bytes || base == Some(&theirs.bytes) {
            return clean(ours.bytes.clone());
        }
        if base == Some(&ours.bytes) {
            return clean(theirs.bytes.clone());
        }
        let texts = (base.map(Text::read), Text::read(&ours.bytes), Text::read(&theirs.bytes));
        let (bytes, conflict, needs_side_file) = match texts {
            (None, Some(ours), Some(theirs)) => self.merge_text(path, None, &ours, &theirs),
            (Some(Some(base)), Some(ours), Some(theirs)) => self.merge_text(path, Some(&base), &ours, &theirs),
            _ => self.merge_binary(path, base, &ours.bytes, &theirs.bytes),
        };
        let kind = if base.is_some() { conflict } else { conflict.map(|_| ConflictKind::BothAdded) };
        Content { conflict: kind, needs_side_file, ..clean(bytes) }
    }

    /// Bytes cannot be put together: the user's stay.
    fn merge_binary(&self, path: &TreePath, base: Option<&[u8]>, ours: &[u8], theirs: &[u8]) -> Merge {
        match self.driver.merge(path, base, ours, theirs, self.labels) {
            Some(Ok(merged)) => (merged, None, false),
            Some(Err(marked)) if marked != ours => (marked, Some(ConflictKind::Content), false),
            _ => match self.labels.style {
                Style::Ours => (ours.to_vec(), None, false),
                Style::Theirs => (theirs.to_vec(), None, false),
                _ => (ours.to_vec(), Some(ConflictKind::Binary), true),
            },
        }
    }

    /// Everyone works on plain text without byte-order mark and with `\n`; the result is written as the user's file is.
    fn merge_text(&self, path: &TreePath, base: Option<&Text>, ours: &Text, theirs: &Text) -> Merge {
        let body = base.map(|base| base.body.as_slice());
        let (merged, marked) = if ours.body == theirs.body || body == Some(&theirs.body) {
            (ours.body.clone(), false)
        } else if body == Some(&ours.body) {
            (theirs.body.clone(), false)
        } else {
            let by_driver = self.driver.merge(path, body, &ours.body, &theirs.body, self.labels);
            // What a driver leaves open it has marked in its own way.
            let decides = self.labels.style.decides() && by_driver.is_none();
            match by_driver.unwrap_or_else(|| self.merge_bodies(path, body, &ours.body, &theirs.body)) {
                Ok(merged) => (merged, false),
                Err(decided) if decides => (decided, false),
                // The driver left the user's file as it is, without a word of the template's.
                Err(untouched) if untouched == ours.body => {
                    let bytes = Text::write(&untouched, false, base, ours, theirs);
                    return (bytes, Some(ConflictKind::Binary), true);
                }
                Err(marked) => (marked, true),
            }
        };
        (Text::write(&merged, marked, base, ours, theirs), marked.then_some(ConflictKind::Content), false)
    }

    fn merge_bodies(
        &self,
        path: &TreePath,
        base: Option<&[u8]>,
        ours: &[u8],
        theirs: &[u8],
    ) -> Result<Vec<u8>, Vec<u8>> {
        let Some(base) = base else {
            return Err(lines::mark_differences(ours, theirs, self.labels));
        };
        let by_lines = sets::merge(path, base, ours, theirs, self.labels);
        let Some(format) = structure::Format::of(path) else { return by_lines };
        match by_lines {
            // Two lines that each side added elsewhere can be the same key twice.
            Ok(merged) if format.is_sound(&merged, ours, theirs) => Ok(merged),
            by_lines => {
                let by_keys = format.merge(base, ours, theirs).filter(|merged| {
                    format.is_sound(merged, ours, theirs) && preservation::both_sides(base, ours, theirs, merged)
                });
                let marked = |_| lines::mark_differences(ours, theirs, self.labels);
                by_keys.map_or_else(|| Err(by_lines.map_or_else(|marked| marked, marked)), Ok)
            }
        }
    }
}

/// The bytes, what is open, and whether the template's version has to stand beside.
type Merge = (Vec<u8>, Option<ConflictKind>, bool);

/// Whether the user left a file as it was: line endings and a byte-order mark are no change.
pub(super) fn same_content(base: &File, ours: &File) -> bool {
    let same_text = || match (Text::read(&base.bytes), Text::read(&ours.bytes)) {
        (Some(base), Some(ours)) => base.body == ours.body,
        _ => false,
    };
    base.executable == ours.executable && (base.bytes == ours.bytes || same_text())
}
