//! Paths where no file can be read or written: links, other repositories, pipes. Nothing is done to them or through them.

use std::collections::BTreeMap;

use super::Sides;
use crate::merge::{Conflict, ConflictKind};
use crate::snapshot::Obstacle;
use crate::tree::TreePath;

/// Takes every path at or below an obstacle out of the sides. Where the template changes something there, that is a conflict.
/// A folder is only in the way of the file that would replace it: what is in it can be reached.
pub(super) fn resolve(sides: &mut Sides, obstacles: &BTreeMap<TreePath, Obstacle>) {
    for (obstacle, kind) in obstacles {
        let within = |path: &TreePath| match kind {
            Obstacle::Folder => path == obstacle,
            _ => path.is_within(obstacle.as_str()),
        };
        for path in sides.paths().into_iter().filter(within) {
            let (base, _, theirs) = sides.take(&path);
            // Deleted by the template: what the user put there instead is no concern of its.
            if base == theirs || theirs.is_none() {
                continue;
            }
            // Beside a link in a real folder there is room; below one there is none.
            let side_file = (path == *obstacle).then(|| sides.side_file(&path)).flatten();
            if let (Some(side_file), Some(theirs)) = (&side_file, &theirs) {
                sides.resolved.files.insert(side_file.clone(), theirs.clone());
            }
            sides.resolved.conflicts.push(Conflict {
                path,
                kind: ConflictKind::Blocked,
                base,
                ours: None,
                theirs,
                side_file,
            });
        }
    }
}
