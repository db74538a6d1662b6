//! Which items of a list are in which of its three versions, in the same order.

use gix::diff::blob::{Algorithm, Diff, InternedInput};

/// The indices of what all three versions have in this order: in the base, in ours, in theirs.
pub(super) fn anchors(base: &[String], ours: &[String], theirs: &[String]) -> Vec<(usize, usize, usize)> {
    let (ours, theirs) = (kept(base, ours), kept(base, theirs));
    (0..base.len()).filter_map(|index| Some((index, ours[index]?, theirs[index]?))).collect()
}

/// For each item of `before`, where it is in `after`.
fn kept(before: &[String], after: &[String]) -> Vec<Option<usize>> {
    let mut input: InternedInput<&str> = InternedInput::default();
    input.update_before(before.iter().map(String::as_str));
    input.update_after(after.iter().map(String::as_str));
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let mut left = (0..after.len()).filter(|index| !diff.is_added(*index as u32));
    (0..before.len()).map(|index| if diff.is_removed(index as u32) { None } else { left.next() }).collect()
}
