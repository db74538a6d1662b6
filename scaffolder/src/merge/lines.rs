//! Merges texts line by line, with gix's text driver, and marks what both changed.
//!
//! Every text here ends each of its lines with `\n`.

use std::num::NonZeroU8;

use gix::diff::blob::{Algorithm, InternedInput, Token, diff_with_slider_heuristics};
use gix::merge::blob::Resolution;
use gix::merge::blob::builtin_driver::text::{self, Conflict, ConflictStyle, Merge};

use super::{Labels, Style};

/// Merges three texts; `Err` is the text with markers around what both changed, or with one side's version of it, as the
/// style says.
pub(super) fn merge(base: &[u8], ours: &[u8], theirs: &[u8], labels: &Labels) -> Result<Vec<u8>, Vec<u8>> {
    let mut input = InternedInput::default();
    let merge = Merge::new(&mut input, ours, base, theirs, Algorithm::Histogram);
    let size = marker_size(&[base, ours, theirs], labels.size);
    let conflict = match labels.style {
        Style::Merge => Conflict::Keep { style: ConflictStyle::Merge, marker_size: size },
        Style::Diff3 => Conflict::Keep { style: ConflictStyle::Diff3, marker_size: size },
        Style::Zdiff3 => Conflict::Keep { style: ConflictStyle::ZealousDiff3, marker_size: size },
        Style::Ours => Conflict::ResolveWithOurs,
        Style::Theirs => Conflict::ResolveWithTheirs,
    };
    let labels = text::Labels {
        ancestor: Some(labels.base.as_str().into()),
        current: Some(labels.yours.as_str().into()),
        other: Some(labels.template.as_str().into()),
    };
    let mut merged = Vec::with_capacity(ours.len().max(theirs.len()));
    match merge.run(&mut merged, labels, conflict) {
        Resolution::Conflict | Resolution::CompleteWithAutoResolvedConflict => Err(merged),
        Resolution::Complete => Ok(merged),
    }
}

/// Puts markers around every difference of two texts that have no base.
pub(super) fn mark_differences(ours: &[u8], theirs: &[u8], labels: &Labels) -> Vec<u8> {
    match labels.style {
        Style::Ours => return ours.to_vec(),
        Style::Theirs => return theirs.to_vec(),
        Style::Merge | Style::Diff3 | Style::Zdiff3 => {}
    }
    let input = InternedInput::new(ours, theirs);
    let size = usize::from(marker_size(&[ours, theirs], labels.size).get());
    let marker = |sign: &str, label: &str| format!("{} {label}", sign.repeat(size)).trim_end().to_owned() + "\n";
    let mut marked = Vec::with_capacity(ours.len() + theirs.len());
    let mut next = 0;
    let lines = |tokens: &[Token]| tokens.iter().flat_map(|token| input.interner[*token]).copied().collect::<Vec<u8>>();
    for hunk in diff_with_slider_heuristics(Algorithm::Histogram, &input).hunks() {
        marked.extend(lines(&input.before[next..hunk.before.start as usize]));
        next = hunk.before.end as usize;
        marked.extend(marker("<", &labels.yours).bytes());
        marked.extend(lines(&input.before[hunk.before.start as usize..next]));
        marked.extend(marker("=", "").bytes());
        marked.extend(lines(&input.after[hunk.after.start as usize..hunk.after.end as usize]));
        marked.extend(marker(">", &labels.template).bytes());
    }
    marked.extend(lines(&input.before[next..]));
    marked
}

/// How long the markers are: as many characters as were asked for, usually seven, and more if a line of the texts looks like a marker of that length: one
/// that an earlier merge left, or a heading that is underlined with `=======`.
fn marker_size(texts: &[&[u8]], least: u8) -> NonZeroU8 {
    let lines = texts.iter().flat_map(|text| text.split(|byte| *byte == b'\n'));
    let taken: Vec<usize> = lines.filter_map(marker_length).collect();
    let free = (least.max(1)..=u8::MAX).find(|size| !taken.contains(&usize::from(*size)));
    free.and_then(NonZeroU8::new).unwrap_or(NonZeroU8::MAX)
}

/// The length of the marker that this line could be taken for.
fn marker_length(line: &[u8]) -> Option<usize> {
    let sign = line.first().filter(|sign| b"<=>|".contains(sign))?;
    let length = line.iter().take_while(|byte| *byte == sign).count();
    let ends = matches!(line.get(length), None | Some(b' ' | b'\r'));
    (length >= 7 && ends).then_some(length)
}
