//! What the template added to a list that both sides have.

/// Merges two lists that are sets or lists of named things, given what identifies each item. Says for every item of the
/// template's that is new where it goes; `None` if a list has an item twice or the template changed the order, because
/// then order means something.
pub(super) fn additions(base: &[String], ours: &[String], theirs: &[String]) -> Option<Vec<Addition>> {
    let unique = |list: &[String]| list.iter().enumerate().all(|(index, item)| !list[..index].contains(item));
    let kept_by_theirs = base.iter().filter(|item| theirs.contains(item));
    let kept_of_base = theirs.iter().filter(|item| base.contains(item));
    if ![base, ours, theirs].into_iter().all(unique) || !kept_by_theirs.eq(kept_of_base) {
        return None;
    }
    let mut merged: Vec<String> =
        ours.iter().filter(|item| theirs.contains(item) || !base.contains(item)).cloned().collect();
    let mut additions = Vec::new();
    for (index, item) in theirs.iter().enumerate() {
        if !base.contains(item) && !merged.contains(item) {
            let before = theirs[..index].iter().rev().find_map(|item| merged.iter().position(|other| other == item));
            let at = before.map_or(0, |before| before + 1);
            merged.insert(at, item.clone());
            additions.push(Addition { from: index, at });
        }
    }
    Some(additions)
}

/// An item that the template added to a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Addition {
    /// Its index in the template's list.
    pub(super) from: usize,
    /// Its index in the merged list, when those before it have been put in and what the template removed is out.
    pub(super) at: usize,
}
