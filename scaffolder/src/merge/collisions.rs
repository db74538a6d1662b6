//! Files that want the same place: an equal path, a file where another's folder is, or two paths that differ only in
//! case, which many file systems cannot tell apart.

use std::collections::{BTreeMap, BTreeSet};

use super::entries::Entry;
use super::paths::{folded, prefixes};
use crate::tree::{Tree, TreePath};

/// Pairs of entries, by index, that cannot both be placed.
pub(super) fn find(entries: &[Entry], ours: &Tree, theirs: &Tree) -> Vec<(usize, usize)> {
    let placed: Vec<(usize, &TreePath, String)> = entries
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| entry.place.as_ref().map(|place| (index, place, folded(place))))
        .collect();
    let mut by_place: BTreeMap<&str, Vec<(usize, &TreePath)>> = BTreeMap::new();
    for (index, place, folded) in &placed {
        by_place.entry(folded).or_default().push((*index, place));
    }
    let mut collisions = BTreeSet::new();
    for (index, place, folded) in &placed {
        for prefix in prefixes(folded) {
            for (other, others_place) in by_place.get(prefix).into_iter().flatten() {
                if other != index && !stand_together(place, others_place, ours, theirs) {
                    collisions.insert((*other.min(index), *other.max(index)));
                }
            }
        }
    }
    collisions.into_iter().collect()
}

/// Marks what the template cannot put where it wants to.
pub(super) fn block(entries: &mut [Entry], collisions: &[(usize, usize)]) {
    for (a, b) in collisions {
        for index in [*a, *b] {
            entries[index].blocked |= entries[index].ours.is_none();
        }
    }
}

/// Two paths that differ in more than case, or that one of the sides has together, may stand together.
fn stand_together(a: &TreePath, b: &TreePath, ours: &Tree, theirs: &Tree) -> bool {
    let same_place = a.is_within(b.as_str()) || b.is_within(a.as_str());
    !same_place && [ours, theirs].iter().any(|tree| tree.contains_key(a) && tree.contains_key(b))
}
