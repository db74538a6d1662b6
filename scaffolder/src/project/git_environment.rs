//! The variables of the environment by which git is told of a repository.
//!
//! Git sets them for its hooks and aliases, and they are about the repository that the hook runs for, which need not be the one
//! of the project at hand. gix reads most of them wherever it opens a repository, and every program that is started inherits
//! them. So the process runs without them from its first step on: [`corrections`] says what has to change, and `main` starts
//! the program again with that environment (Rust has no safe way to change the one of a running process).

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// What `git rev-parse --local-env-vars` lists, less settings (`GIT_CONFIG_…`), and what git does not list although it leads
/// elsewhere.
pub(crate) const LOCATING: [&str; 15] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// Settings that say where a repository or its parts are; all others of `GIT_CONFIG_COUNT` stay.
const LOCATING_SETTINGS: [&str; 3] = ["core.worktree", "core.bare", "gitoxide.core."];

/// What has to change in an environment, so that nothing in it leads from `folder` to a repository of somebody else: names and
/// their new values, or none. Identity, ssh commands, ceilings and settings stay as they are.
///
/// `GIT_DIR` with `GIT_WORK_TREE` stays where that is how somebody keeps `folder`: it lies in that work tree, and in no other
/// repository. Without the work tree git takes the current folder for one, whatever it is, and that is not followed. Without a
/// `folder` neither is.
#[must_use]
pub fn corrections(
    environment: &BTreeMap<OsString, OsString>,
    folder: Option<&Path>,
) -> Vec<(OsString, Option<OsString>)> {
    let get = |name: &str| environment.get(OsStr::new(name));
    let kept = match (get("GIT_DIR"), get("GIT_WORK_TREE"), folder) {
        (Some(git_dir), Some(work_tree), Some(folder))
            if is_repository_of(Path::new(git_dir), Path::new(work_tree), folder) =>
        {
            &["GIT_DIR", "GIT_WORK_TREE"][..]
        }
        _ => &[],
    };
    let mut changes: Vec<(OsString, Option<OsString>)> = LOCATING
        .iter()
        .filter(|name| !kept.contains(name) && get(name).is_some())
        .map(|name| (OsString::from(name), None))
        .collect();
    let count = get("GIT_CONFIG_COUNT").and_then(|count| count.to_str()?.parse::<u32>().ok()).unwrap_or(0);
    for number in 0..count.min(1000) {
        let name = format!("GIT_CONFIG_KEY_{number}");
        let key = get(&name).map(|key| key.to_string_lossy().to_lowercase()).unwrap_or_default();
        if LOCATING_SETTINGS.iter().any(|setting| key.starts_with(setting)) {
            // The numbers of the others stay right.
            changes.push((OsString::from(name), Some(OsString::from("heavy.ignored"))));
        }
    }
    changes
}

fn is_repository_of(git_dir: &Path, work_tree: &Path, folder: &Path) -> bool {
    let Some(existing) = folder.ancestors().find_map(|folder| folder.canonicalize().ok()) else { return false };
    let (Ok(git_dir), Ok(work_tree)) = (git_dir.canonicalize(), work_tree.canonicalize()) else { return false };
    let nearest = existing.ancestors().map(|above| above.join(".git")).find(|git| git.symlink_metadata().is_ok());
    existing.starts_with(&work_tree)
        && nearest.is_none_or(|nearest| nearest.canonicalize().is_ok_and(|nearest| nearest == git_dir))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(environment: &[(&str, &str)], folder: &Path) -> Vec<(String, Option<String>)> {
        let environment = environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let text = |text: OsString| text.to_string_lossy().into_owned();
        corrections(&environment, Some(folder)).into_iter().map(|(name, value)| (text(name), value.map(text))).collect()
    }

    #[test]
    fn what_locates_a_repository_goes_and_what_somebody_set_on_purpose_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut environment: Vec<(&str, &str)> = LOCATING.iter().map(|name| (*name, "/other")).collect();
        environment.extend([
            ("GIT_AUTHOR_NAME", "Ada"),
            ("GIT_SSH_COMMAND", "ssh -i key"),
            ("GIT_CEILING_DIRECTORIES", "/home"),
            ("GIT_CONFIG_COUNT", "2"),
            ("GIT_CONFIG_KEY_0", "user.name"),
            ("GIT_CONFIG_KEY_1", "core.workTree"),
        ]);
        let changed = changed(&environment, folder.path());
        let removed: Vec<&str> =
            changed.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| name.as_str()).collect();
        assert_eq!(removed, LOCATING);
        let replaced: Vec<_> = changed.iter().filter(|(_, value)| value.is_some()).cloned().collect();
        assert_eq!(replaced, [("GIT_CONFIG_KEY_1".to_owned(), Some("heavy.ignored".to_owned()))]);
    }

    #[test]
    fn what_was_corrected_needs_no_correction() {
        let ignored = [("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "heavy.ignored"), ("PATH", "/bin")];
        assert_eq!(changed(&ignored, Path::new(".")), []);
    }

    #[test]
    fn the_repository_of_a_work_tree_is_followed_only_from_within_it_and_from_no_other_repository() {
        let world = tempfile::tempdir().expect("a folder");
        let at = |path: &str| world.path().join(path);
        for folder in ["elsewhere.git", "tree/project", "tree/other/.git", "outside"] {
            std::fs::create_dir_all(at(folder)).expect("a folder");
        }
        let (git_dir, tree) = (at("elsewhere.git"), at("tree"));
        let text = |path: &Path| path.to_str().map(str::to_owned).expect("UTF-8");
        let (git_dir, tree) = (text(&git_dir), text(&tree));
        let environment = [("GIT_DIR", &*git_dir), ("GIT_WORK_TREE", &*tree), ("GIT_INDEX_FILE", "/other/index")];
        let names = |folder: &Path| changed(&environment, folder).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(&at("tree/project")), ["GIT_INDEX_FILE"]);
        assert_eq!(names(&at("tree/other")), ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"]);
        assert_eq!(names(&at("outside")), ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"]);
    }
}
