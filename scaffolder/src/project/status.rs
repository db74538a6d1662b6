//! What stands at one path of a project. Links are never followed, not even above it.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::error::{Error, Result};
use crate::snapshot::Obstacle;
use crate::tree::TreePath;

/// What stands at a path.
#[derive(Debug)]
pub enum PathStatus {
    /// Nothing.
    Nothing,
    /// A regular file.
    File(Metadata),
    /// A folder.
    Folder,
    /// A file in the place of a folder above it: where.
    FileAbove(TreePath),
    /// Something that is neither, there or in the place of a folder above it: where, and what.
    Obstacle(TreePath, Obstacle),
}

/// Looks at paths of a project, and remembers the folders that are plain ones.
#[derive(Debug)]
pub struct StatusReader<'a> {
    root: &'a Path,
    /// Whether names that differ only in case are the same file.
    folds_case: bool,
    /// The last folder that was seen to be a plain one: paths come in order, so that most share it.
    plain: Option<String>,
}

impl<'a> StatusReader<'a> {
    /// For the project in `root`, on a disk on which names that differ only in case are (`folds_case`) the same.
    #[must_use]
    pub fn new(root: &'a Path, folds_case: bool) -> Self {
        Self { root, folds_case, plain: None }
    }

    /// What stands at `path`.
    ///
    /// # Errors
    /// It cannot be looked at: no right to.
    pub fn read(&mut self, path: &TreePath) -> Result<PathStatus> {
        let text = path.as_str();
        let folder = text.rfind('/').map_or("", |end| &text[..end]);
        if !folder.is_empty() && self.plain.as_deref() != Some(folder) {
            for end in folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]) {
                let above = &folder[..end];
                let Some(found) = self.at(above)? else { return Ok(PathStatus::Nothing) };
                if !found.is_dir() || found.is_symlink() {
                    let Ok(above) = TreePath::parse(above) else { return Ok(PathStatus::Nothing) };
                    return Ok(if found.is_file() {
                        PathStatus::FileAbove(above)
                    } else {
                        PathStatus::Obstacle(above, kind_of(&found))
                    });
                }
                if is_repository(&self.root.join(above))
                    && let Ok(above) = TreePath::parse(above)
                {
                    return Ok(PathStatus::Obstacle(above, Obstacle::Repository));
                }
            }
            self.plain = Some(folder.to_owned());
        }
        Ok(match self.at(text)? {
            None => PathStatus::Nothing,
            Some(found) if found.is_file() => PathStatus::File(found),
            Some(found) if found.is_dir() && is_repository(&self.root.join(text)) => {
                PathStatus::Obstacle(path.clone(), Obstacle::Repository)
            }
            Some(found) if found.is_dir() => PathStatus::Folder,
            Some(found) => PathStatus::Obstacle(path.clone(), kind_of(&found)),
        })
    }

    fn at(&self, path: &str) -> Result<Option<Metadata>> {
        let on_disk = self.root.join(path);
        let found = match fs::symlink_metadata(&on_disk) {
            Ok(found) => found,
            Err(error) if absent(&error) => return Ok(None),
            Err(error) => return Err(Error::io("look at", &on_disk, &error)),
        };
        if self.folds_case && stands_in_other_case(&on_disk).map_err(|error| Error::io("look at", &on_disk, &error))? {
            return Ok(None);
        }
        Ok(Some(found))
    }
}

/// Whether the system says that nothing is there: also below a file, and where a name is too long to exist.
fn absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename)
}

fn kind_of(found: &Metadata) -> Obstacle {
    if found.is_symlink() { Obstacle::Link } else { Obstacle::Special }
}

/// Whether a folder is the work tree of another repository: a submodule or a clone.
pub(crate) fn is_repository(folder: &Path) -> bool {
    fs::symlink_metadata(folder.join(".git")).is_ok()
}

/// Whether what answers to `path` has a name that differs from it in case.
fn stands_in_other_case(path: &Path) -> io::Result<bool> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(false) };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name());
    }
    Ok(other_case(&name.to_string_lossy(), names.iter().map(|name| name.to_string_lossy())))
}

/// A name that is not in the list itself, but in another case. One that is in neither form is the same name in another
/// Unicode form, which some disks store.
fn other_case(name: &str, names: impl Iterator<Item = impl AsRef<str>>) -> bool {
    let folded = name.to_lowercase();
    let mut other = false;
    for listed in names {
        let listed = listed.as_ref();
        if listed == name {
            return false;
        }
        other |= listed.to_lowercase() == folded;
    }
    other
}

/// Whether names that differ only in case are one file in the folder `root`: tried with a name that stands there.
#[must_use]
pub fn folds_case(root: &Path) -> bool {
    let Ok(entries) = fs::read_dir(root) else { return false };
    let names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let swapped = names.iter().map(|name| swap_case(name)).find(|swapped| !names.contains(swapped));
    swapped.is_some_and(|name| fs::symlink_metadata(root.join(name)).is_ok())
}

fn swap_case(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_another_case_is_another_name() {
        assert!(other_case("Readme.md", ["README.md", "src"].into_iter()));
        assert!(!other_case("README.md", ["README.md", "Readme.md"].into_iter()));
        assert!(!other_case("é", ["e\u{301}"].into_iter()));
    }

    #[test]
    fn this_disk_tells_whether_it_folds_case() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("heavy.toml"), "").expect("a file");
        let folds = folder.path().join("HEAVY.TOML").exists();
        assert_eq!(folds_case(folder.path()), folds);
    }
}
