//! Folders that one side renamed: where what is in them goes along.
//!
//! After git's `merge-ort.c`: a folder that is gone from a side went to where most of its renamed files are now. If two
//! places have equally many, it went nowhere.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::{Renames, above, name, parent};
use crate::tree::{Tree, TreePath};

/// Folder in the base → folder on this side; "" is the project's root.
pub(super) type Folders = BTreeMap<String, String>;

/// Finds the folders that this side renamed.
pub(super) fn renamed(base: &Tree, side: &Tree, renames: &Renames) -> Folders {
    if renames.is_empty() {
        return Folders::new();
    }
    let before: BTreeSet<&str> = base.keys().flat_map(above).collect();
    let after: BTreeSet<&str> = side.keys().flat_map(above).collect();
    let mut votes: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for (from, to) in renames {
        let (mut from, mut to) = (parent(from.as_str()), parent(to.as_str()));
        while from != to && before.contains(from) {
            *votes.entry(from).or_default().entry(to).or_default() += 1;
            // `a/x` → `b/x` is also `a` → `b`.
            if name(from) != name(to) || to.is_empty() {
                break;
            }
            (from, to) = (parent(from), parent(to));
        }
    }
    let gone = votes.into_iter().filter(|(from, _)| !after.contains(from));
    gone.filter_map(|(from, places)| Some((from.to_owned(), winner(&places)?.to_owned()))).collect()
}

/// Where a path goes if its folder was renamed; `None` if it was not.
pub(super) fn follow(folders: &Folders, path: &TreePath) -> Option<TreePath> {
    let (from, to) = above(path).find_map(|folder| folders.get_key_value(folder))?;
    let rest = &path.as_str()[from.len() + 1..];
    TreePath::parse(&if to.is_empty() { rest.to_owned() } else { format!("{to}/{rest}") }).ok()
}

/// The place with most votes, if it is the only one with so many.
fn winner<'a>(places: &BTreeMap<&'a str, usize>) -> Option<&'a str> {
    let most = places.values().max()?;
    let mut best = places.iter().filter(|(_, count)| *count == most);
    let (place, _) = best.next()?;
    best.next().is_none().then_some(*place)
}
