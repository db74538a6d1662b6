//! The conditions under which a merge by keys or by sets is accepted: it loses no line of the user's and no comment of the
//! template's, and brings nothing back.

use std::collections::{BTreeMap, BTreeSet};

/// Whether every line that the user wrote, and every comment that the template added, is in the merged text.
pub(super) fn both_sides(base: &[u8], ours: &[u8], theirs: &[u8], merged: &[u8]) -> bool {
    lines_of_ours(base, ours, theirs, merged) && comments_of_theirs(base, theirs, merged)
}

/// Whether a line stands in the merged text that one side took out of the base and the other did not add. In a set
/// that is no fault, where another item has the same line.
pub(super) fn brings_back(base: &[u8], ours: &[u8], theirs: &[u8], merged: &[u8]) -> bool {
    let [base, ours, theirs, merged] =
        [base, ours, theirs, merged].map(|text| count(text.split(|byte| *byte == b'\n')));
    base.iter().any(|(line, there)| {
        let (ours, theirs) = (of(&ours, line), of(&theirs, line));
        !line.trim_ascii().is_empty()
            && ours.min(theirs) == 0
            && ours.max(theirs) <= *there
            && merged.contains_key(line)
    })
}

/// A line that is not in the base has to be in the result, as often as it was added; or a line that has all its words,
/// except those that the template removed: `features = ["a", "mine"]` became `features = ["mine", "b"]`. Its comment has
/// to be there word for word.
fn lines_of_ours(base: &[u8], ours: &[u8], theirs: &[u8], merged: &[u8]) -> bool {
    let (before, after) = (count(lines(base)), count(lines(merged)));
    let removed: BTreeSet<&[u8]> = {
        let (words, left) = (count(lines(base).flat_map(words)), count(lines(theirs).flat_map(words)));
        words.iter().filter(|(word, count)| **count > of(&left, word)).map(|(word, _)| *word).collect()
    };
    // What a comment says is no set of words: it is there as it was written, or it is not.
    let said = |line: &[u8]| comment(line).is_none_or(|said| lines(merged).any(|line| line.ends_with(said)));
    let grown = |line: &[u8]| {
        let wanted: BTreeSet<&[u8]> = words(line).filter(|word| !removed.contains(word)).collect();
        said(line) && lines(merged).any(|line| wanted.is_subset(&words(line).collect()))
    };
    count(lines(ours)).iter().all(|(line, count)| {
        let added = count.saturating_sub(of(&before, line));
        added <= of(&after, line) || (added == 1 && grown(line))
    })
}

fn comments_of_theirs(base: &[u8], theirs: &[u8], merged: &[u8]) -> bool {
    let known: BTreeSet<&[u8]> = lines(base).collect();
    let mut added = lines(theirs).filter(|line| !known.contains(line)).filter_map(comment);
    added.all(|comment| merged.windows(comment.len()).any(|part| part == comment))
}

/// A line from where a comment begins in it, or from where a text does that looks like one.
fn comment(line: &[u8]) -> Option<&[u8]> {
    let begins = |at: &usize| [b"#".as_slice(), b"//", b"/*"].iter().any(|sign| line[*at..].starts_with(sign));
    (0..line.len()).find(begins).map(|start| &line[start..])
}

/// The lines that are not blank, without what a neighbour in a list changes: indentation and a comma at the end.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.map(|line| line.strip_suffix(b",").unwrap_or(line).trim_ascii_end()).filter(|line| !line.is_empty())
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| b" \t,=:[]{}\"'".contains(byte)).filter(|word| !word.is_empty())
}

fn count<'a>(items: impl Iterator<Item = &'a [u8]>) -> BTreeMap<&'a [u8], usize> {
    let mut counts = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    counts
}

/// How often an item was counted.
fn of(counts: &BTreeMap<&[u8], usize>, item: &[u8]) -> usize {
    counts.get(item).copied().unwrap_or(0)
}
