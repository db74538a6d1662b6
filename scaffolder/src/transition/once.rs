//! Files that are written once: migrations, above all. A database has run them, so nobody may change them afterwards.

use std::collections::{BTreeMap, BTreeSet};

use super::Sides;
use crate::snapshot::Obstacle;
use crate::tree::TreePath;

/// Takes every once-written path out of the sides: new ones are created, all others stay as the user has them. A new one where an
/// obstacle stands is left to [`obstacles`](super::obstacles).
///
/// The user may have a file with the number of a new one (both wrote the seventh migration). Then the new ones of that
/// folder get the numbers after all that are there, in their order.
pub(super) fn resolve(sides: &mut Sides, once: &dyn Fn(&TreePath) -> bool, obstacles: &BTreeMap<TreePath, Obstacle>) {
    let blocked = |path: &TreePath| obstacles.keys().any(|obstacle| path.is_within(obstacle.as_str()));
    let paths: Vec<_> = sides.paths().into_iter().filter(|path| once(path)).collect();
    let is_new = |path: &&TreePath| !blocked(path) && !sides.base.contains_key(path) && !sides.ours.contains_key(path);
    let renumbered = renumber(sides, paths.iter().filter(is_new));
    for path in paths {
        if blocked(&path) && !sides.base.contains_key(&path) {
            continue;
        }
        let new_path = renumbered.get(&path);
        match sides.take(&path) {
            (None, None, Some(theirs)) => match new_path {
                None => drop(sides.resolved.files.insert(path, theirs)),
                Some(Numbered::Already) => {}
                Some(Numbered::As(new_path)) => {
                    sides.resolved.files.insert(new_path.clone(), theirs);
                    sides.resolved.renumbered.push((path, new_path.clone()));
                }
            },
            (_, Some(ours), _) => drop(sides.resolved.files.insert(path, ours)),
            _ => {}
        }
    }
}

/// What becomes of a new file in a folder where a number of the template's is taken.
enum Numbered {
    /// It is written with another number.
    As(TreePath),
    /// The user has it with another number: it came with a feature that was removed and is added again.
    Already,
}

/// The new files of the template in folders where one of their numbers is taken.
fn renumber<'a>(sides: &Sides, new: impl Iterator<Item = &'a TreePath>) -> BTreeMap<TreePath, Numbered> {
    let mut folders: BTreeMap<&str, Vec<(u64, &TreePath)>> = BTreeMap::new();
    for path in new {
        if let Some(Name { folder, number, .. }) = Name::of(path) {
            folders.entry(folder).or_default().push((number, path));
        }
    }
    let mut renumbered = BTreeMap::new();
    for (folder, mut new) in folders {
        let users: Vec<(Name<'_>, &TreePath)> = users_own(sides).filter(|(name, _)| name.folder == folder).collect();
        if !new.iter().any(|(number, _)| users.iter().any(|(name, _)| name.number == *number)) {
            continue;
        }
        let has = |path: &TreePath| {
            let rest = Name::of(path).map(|name| name.rest);
            let same = |own: &TreePath| sides.ours[own].says_the_same(&sides.theirs[path]);
            users.iter().any(|(name, own)| Some(name.rest) == rest && same(own))
        };
        new.retain(|(_, path)| {
            let already = has(path);
            if already {
                renumbered.insert((*path).clone(), Numbered::Already);
            }
            !already
        });
        let in_folder = sides.ours.keys().filter_map(Name::of).filter(|name| name.folder == folder);
        let last = in_folder.map(|name| name.number).max().unwrap_or_default();
        // Two files of the template with one number (`0001_x.up.sql`, `0001_x.down.sql`) belong together.
        let numbers: BTreeSet<u64> = new.iter().map(|(number, _)| *number).collect();
        let numbers: BTreeMap<u64, u64> = numbers.into_iter().zip(last + 1..).collect();
        for (number, path) in new {
            if let Some(new_path) = Name::of(path).and_then(|name| name.with_number(numbers[&number])) {
                renumbered.insert(path.clone(), Numbered::As(new_path));
            }
        }
    }
    renumbered
}

/// The numbered files that only the user has.
fn users_own(sides: &Sides) -> impl Iterator<Item = (Name<'_>, &TreePath)> {
    let own = |path: &&TreePath| !sides.theirs.contains_key(path) && !sides.base.contains_key(path);
    sides.ours.keys().filter(own).filter_map(|path| Some((Name::of(path)?, path)))
}

/// The path of a numbered file, such as `migrations/0007_notes.sql`, in its parts.
#[derive(Clone, Copy)]
struct Name<'a> {
    /// `migrations`
    folder: &'a str,
    /// `0007`
    digits: &'a str,
    /// 7
    number: u64,
    /// `_notes.sql`
    rest: &'a str,
}

impl<'a> Name<'a> {
    fn of(path: &'a TreePath) -> Option<Self> {
        let (folder, name) = path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()));
        let (digits, rest) = name.split_at(name.find(|c: char| !c.is_ascii_digit()).unwrap_or(name.len()));
        Some(Self { folder, digits, number: digits.parse().ok()?, rest })
    }

    /// The path with another number, with as many digits or more.
    fn with_number(&self, number: u64) -> Option<TreePath> {
        let Self { folder, digits, rest, .. } = self;
        let slash = if folder.is_empty() { "" } else { "/" };
        TreePath::parse(&format!("{folder}{slash}{number:0width$}{rest}", width = digits.len())).ok()
    }
}
