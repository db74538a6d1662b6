//! Brings together what is one file in the three trees, and decides where it goes in the merged one.

use std::collections::{BTreeMap, BTreeSet};

use super::collisions;
use super::content::same_content;
use super::entries::{Entry, TreeFile};
use super::folders::{self, Folders, follow};
use super::paths::{self, Renames};
use super::renames::renames;
use crate::tree::{Tree, TreePath};

/// Brings the files of the three trees together and decides where each goes.
pub(super) fn place_files<'a>(base: &'a Tree, ours: &'a Tree, theirs: &'a Tree) -> Vec<Entry<'a>> {
    let mut moves = Moves::find(base, ours, theirs);
    loop {
        let mut entries = moves.entries(base, ours, theirs);
        let collisions = collisions::find(&entries, ours, theirs);
        // Each round takes back at least one move, and without moves no two files want the same place.
        if !moves.take_back(&entries, &collisions) {
            collisions::block(&mut entries, &collisions);
            return entries;
        }
    }
}

/// Who moved what.
struct Moves {
    ours: Side,
    theirs: Side,
}

/// What one side moved.
struct Side {
    renames: Renames,
    folders: Folders,
    /// New files of this side that stay although the other side renamed their folder: the new place is taken.
    pinned: BTreeSet<TreePath>,
}

impl Side {
    fn find(base: &Tree, side: &Tree) -> Self {
        Self { renames: renames(base, side), folders: Folders::new(), pinned: BTreeSet::new() }
    }

    fn find_folders(&mut self, base: &Tree, side: &Tree) {
        self.folders = folders::renamed(base, side, &self.renames);
    }

    /// What this side made of a file of the base.
    fn at<'a>(&self, tree: &'a Tree, path: &TreePath) -> Option<TreeFile<'a>> {
        let path = self.renames.get(path).unwrap_or(path);
        tree.get_key_value(path).map(|(path, file)| TreeFile { path, file })
    }

    /// The files that this side added, by where they go after the renamed folders of the other side.
    fn added<'a>(&self, tree: &'a Tree, base: &Tree, others: &Folders) -> Vec<(TreePath, TreeFile<'a>)> {
        let renamed: BTreeSet<&TreePath> = self.renames.values().collect();
        let added = tree.iter().filter(|(path, _)| !base.contains_key(path) && !renamed.contains(path));
        let place = |path: &TreePath| match follow(others, path) {
            Some(place) if !self.pinned.contains(path) => place,
            _ => path.clone(),
        };
        added.map(|(path, file)| (place(path), TreeFile { path, file })).collect()
    }
}

impl Moves {
    fn find(base: &Tree, ours: &Tree, theirs: &Tree) -> Self {
        let mut moves = Self { ours: Side::find(base, ours), theirs: Side::find(base, theirs) };
        let found = (moves.ours.renames.clone(), moves.theirs.renames.clone());
        also_renamed(&mut moves.ours.renames, &found.1, base, ours);
        also_renamed(&mut moves.theirs.renames, &found.0, base, theirs);
        moves.ours.find_folders(base, ours);
        moves.theirs.find_folders(base, theirs);
        // A folder that both renamed is gone from both: nothing has to follow.
        let both: Vec<String> =
            moves.ours.folders.keys().filter(|from| moves.theirs.folders.contains_key(*from)).cloned().collect();
        for folder in &both {
            moves.ours.folders.remove(folder);
            moves.theirs.folders.remove(folder);
        }
        moves
    }

    fn entries<'a>(&self, base: &'a Tree, ours: &'a Tree, theirs: &'a Tree) -> Vec<Entry<'a>> {
        let of_base = base.iter().map(|(path, file)| {
            let (our, their) = (self.ours.at(ours, path), self.theirs.at(theirs, path));
            // What only went along with its folder is as the template made it.
            let went_along = |our: TreeFile| follow(&self.ours.folders, path).as_ref() == Some(our.path);
            let pristine = our.is_some_and(|our| (our.path == path || went_along(our)) && same_content(file, our.file));
            let (place, apart) = match (our, their) {
                (None, _) => (None, false),
                (Some(_), None) if pristine => (None, false),
                (Some(our), None) => (Some(our.path.clone()), false),
                (Some(our), Some(their)) => {
                    let (place, apart) = self.place(path, our.path, their.path);
                    (Some(place), apart)
                }
            };
            Entry { base: Some(TreeFile { path, file }), ours: our, theirs: their, place, apart, blocked: false }
        });
        let mut entries: Vec<_> = of_base.collect();

        let mut added_by_us: BTreeMap<TreePath, Vec<TreeFile>> = BTreeMap::new();
        for (place, at) in self.ours.added(ours, base, &self.theirs.folders) {
            added_by_us.entry(place).or_default().push(at);
        }
        for (place, at) in self.theirs.added(theirs, base, &self.ours.folders) {
            let our = added_by_us.get_mut(&place).and_then(Vec::pop);
            entries.push(added(place, our, Some(at)));
        }
        for (place, files) in added_by_us {
            entries.extend(files.into_iter().map(|at| added(place.clone(), Some(at), None)));
        }
        entries
    }

    /// Where a file goes that stood at `base`, and whether it was moved apart.
    fn place(&self, base: &TreePath, ours: &TreePath, theirs: &TreePath) -> (TreePath, bool) {
        let (our_folders, their_folders) = (&self.ours.folders, &self.theirs.folders);
        if ours == theirs {
            return (ours.clone(), false);
        }
        if ours == base {
            return (follow(our_folders, theirs).unwrap_or_else(|| theirs.clone()), false);
        }
        if theirs == base {
            return (follow(their_folders, ours).unwrap_or_else(|| ours.clone()), false);
        }
        // One side only moved its folder, the other the file within it: both can be had.
        let along = |folders: &Folders, place: &TreePath, other: &TreePath| {
            follow(folders, base).filter(|moved| moved == place).and_then(|_| follow(folders, other))
        };
        let places = (along(their_folders, theirs, ours), along(our_folders, ours, theirs));
        let place = match places {
            (Some(a), Some(b)) if a != b => None,
            (Some(place), _) | (None, Some(place)) => Some(place),
            (None, None) => by_parts(base.as_str(), ours.as_str(), theirs.as_str()),
        };
        place.map_or_else(|| (ours.clone(), true), |place| (place, false))
    }

    /// Takes back moves that led to collisions; false if there were none.
    fn take_back(&mut self, entries: &[Entry], collisions: &[(usize, usize)]) -> bool {
        let involved: BTreeSet<usize> = collisions.iter().flat_map(|(a, b)| [*a, *b]).collect();
        let mut changed = false;
        for entry in involved.iter().map(|index| &entries[*index]).filter(|entry| entry.base.is_none()) {
            for (side, at) in [(&mut self.ours, entry.ours), (&mut self.theirs, entry.theirs)] {
                if let Some(at) = at.filter(|at| Some(at.path) != entry.place.as_ref()) {
                    changed |= side.pinned.insert(at.path.clone());
                }
            }
        }
        if changed {
            return true;
        }
        for base in involved.iter().filter_map(|index| entries[*index].base) {
            changed |= self.ours.renames.remove(base.path).is_some();
            changed |= self.theirs.renames.remove(base.path).is_some();
        }
        changed
    }
}

/// A file that the base does not have.
fn added<'a>(place: TreePath, ours: Option<TreeFile<'a>>, theirs: Option<TreeFile<'a>>) -> Entry<'a> {
    Entry { base: None, ours, theirs, place: Some(place), apart: false, blocked: false }
}

/// If the other side renamed `from` to `to`, and here `from` is gone and `to` is new, then it is the same rename, even
/// when the content alone does not show it.
fn also_renamed(renames: &mut Renames, others: &Renames, base: &Tree, side: &Tree) {
    let taken: BTreeSet<TreePath> = renames.values().cloned().collect();
    for (from, to) in others {
        let new = side.contains_key(to) && !base.contains_key(to) && !taken.contains(to);
        if new && !side.contains_key(from) && !renames.contains_key(from) {
            renames.insert(from.clone(), to.clone());
        }
    }
}

/// One side renamed the folder, the other the file: `a/x`, `b/x`, `a/y` → `b/y`.
fn by_parts(base: &str, ours: &str, theirs: &str) -> Option<TreePath> {
    let three_way = |part: fn(&str) -> &str| {
        let (base, ours, theirs) = (part(base).to_owned(), part(ours).to_owned(), part(theirs).to_owned());
        if ours == theirs || theirs == base { Some(ours) } else { (ours == base).then_some(theirs) }
    };
    let (folder, name) = (three_way(paths::parent)?, three_way(paths::name)?);
    TreePath::parse(&if folder.is_empty() { name } else { format!("{folder}/{name}") }).ok()
}
