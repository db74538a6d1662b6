//! Lists whose order means nothing are sets to the merge: what both sides add is taken from both, and the same item from
//! both stands there once, wherever each of them put it.
//!
//! Such lists are the items of a Rust module, names in a `use`, routes in a chain of calls, fields and members of an array; the keys
//! of a YAML mapping and some of its lists; rows of a table and items of a list in Markdown; lines of an `.env` file; and the
//! patterns of a file like `.gitignore`, unless one of them takes another back (`!pattern`), which makes their order count.
//!
//! A text that merges line by line, says nothing twice and brings nothing back is left to that. Any other is taken apart
//! into [`units`], whole lines that belong together. What the units decide is made alike in the three texts; what is left is
//! merged by lines again, and so the markers stand around it alone. One key with two values stays a question for a person.

use super::{Labels, lines, preservation};
use crate::tree::TreePath;
use language::{Language, Sides};

mod alignment;
mod imports;
mod language;
mod markdown;
mod place;
mod rust;
mod three;
mod union;
mod units;
mod yaml;

/// Merges three texts line by line, and where both sides changed a list, as sets. `Err` is the text with markers around
/// what is left.
pub(super) fn merge(
    path: &TreePath,
    base: &[u8],
    ours: &[u8],
    theirs: &[u8],
    labels: &Labels,
) -> Result<Vec<u8>, Vec<u8>> {
    let by_lines = lines::merge(base, ours, theirs, labels);
    let (Some(language), Some(base), Some(ours), Some(theirs)) =
        (Language::of(path), text(base), text(ours), text(theirs))
    else {
        return by_lines;
    };
    let sides = Sides::of(language, ours, theirs);
    let is_sound = |merged: &[u8]| text(merged).is_some_and(|merged| sides.accept(merged));
    let brings_back =
        |merged: &[u8]| preservation::brings_back(base.as_bytes(), ours.as_bytes(), theirs.as_bytes(), merged);
    // What is given where the sets do no better. Items whose lines are alike can be taken for each other line by line, and
    // then one that a side removed comes back.
    let otherwise = match by_lines {
        Ok(merged) if is_sound(&merged) && !brings_back(&merged) => return Ok(merged),
        Ok(merged) if is_sound(&merged) => Ok(merged),
        Ok(_) => Err(lines::mark_differences(ours.as_bytes(), theirs.as_bytes(), labels)),
        Err(marked) => Err(marked),
    };
    // Of a text that does not parse nobody knows whether the units are what they seem.
    let parses = sides.parse() && language.parses(base);
    let is_trusted = |merged: &[u8]| (parses && otherwise.is_err()) || !brings_back(merged);
    let three = union::merge(language, base, ours, theirs);
    match lines::merge(three.base.as_bytes(), three.ours.as_bytes(), three.theirs.as_bytes(), labels) {
        Ok(merged) if is_sound(&merged) && is_trusted(&merged) => Ok(merged),
        Err(marked) if otherwise.is_err() => Err(marked),
        _ => otherwise,
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
