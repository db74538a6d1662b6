//! Files that are written once: migrations, above all. A database has run them, so nobody may change them afterwards.

use std::collections::{BTreeMap, BTreeSet};

use super::Sides;
use crate::merge::{Conflict, ConflictKind};
use crate::snapshot::Obstacle;
use crate::tree::{File, TreePath};

/// Takes every once-written path out of the sides: new ones are created, all others stay as the user has them. A new one where an
/// obstacle stands is left to [`obstacles`](super::obstacles).
pub(super) fn resolve(sides: &mut Sides, once: &dyn Fn(&TreePath) -> bool, obstacles: &BTreeMap<TreePath, Obstacle>) {
    let taken = numbers_of_the_user(sides);
    let blocked = |path: &TreePath| obstacles.keys().any(|obstacle| path.is_within(obstacle.as_str()));
    for path in sides.paths().into_iter().filter(|path| once(path)) {
        if blocked(&path) && !sides.base.contains_key(&path) {
            continue;
        }
        match sides.take(&path) {
            (None, None, Some(theirs)) if number(&path).is_some_and(|number| taken.contains(&number)) => {
                put_side_file(sides, path, theirs);
            }
            (None, None, Some(theirs)) => drop(sides.resolved.files.insert(path, theirs)),
            (_, Some(ours), _) => drop(sides.resolved.files.insert(path, ours)),
            _ => {}
        }
    }
}

/// The folder and number of each numbered file that only the user has. Two files of the template with one number
/// (`0001_x.up.sql`, `0001_x.down.sql`) belong together.
fn numbers_of_the_user(sides: &Sides) -> BTreeSet<(String, String)> {
    let users_own = |path: &&TreePath| !sides.theirs.contains_key(path) && !sides.base.contains_key(path);
    sides.ours.keys().filter(users_own).filter_map(number).collect()
}

/// A path's folder, and the digits with which its file's name begins, without the zeros before them.
fn number(path: &TreePath) -> Option<(String, String)> {
    let folder = path.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
    let name = path.file_name();
    let digits = &name[..name.find(|c: char| !c.is_ascii_digit()).unwrap_or(name.len())];
    (!digits.is_empty()).then(|| (folder.to_owned(), digits.trim_start_matches('0').to_owned()))
}

fn put_side_file(sides: &mut Sides, path: TreePath, theirs: File) {
    let side_file = sides.side_file(&path);
    if let Some(side_file) = &side_file {
        sides.resolved.files.insert(side_file.clone(), theirs.clone());
    }
    sides.resolved.conflicts.push(Conflict {
        path,
        kind: ConflictKind::NumberTaken,
        base: None,
        ours: None,
        theirs: Some(theirs),
        side_file,
    });
}
