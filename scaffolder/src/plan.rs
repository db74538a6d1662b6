//! What a command will do to a project's folder, decided before anything is done; and the only writer of projects.
//!
//! [`Plan::survey`] compares a rendered tree with the disk and writes nothing. [`Plan::apply`] does what the plan
//! says, in full or not at all:
//!
//! - a folder that does not exist is put together in a hidden folder beside it ([`stage`]) and renamed into place;
//! - a folder that exists is filled file by file. Nothing in it is overwritten, deleted or written through a
//!   symbolic link, and what was added is taken back if anything fails ([`journal`](crate::disk::journal)).
//!
//! A project that exists is moved by [`moves`]: every file's former and new content is noted down in a folder that git
//! does not see (`history`, `record`), then the files are replaced one by one (`moving`, `replay`), then the note is
//! closed. A kill in between is finished or rolled back from the note (`recovery`); a closed one can be taken back
//! (`rollback`). Each step on the disk goes through [`steps`].

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::suggest::{listed, typed};
use crate::tree::{Tree, TreePath};

mod apply;
pub use apply::MakeRepository;
mod commit;
mod history;
pub mod moves;
mod moving;
mod outcome;
mod preflight;
mod record;
mod recovery;
mod remembered;
mod replay;
mod rollback;
pub mod stage;
pub mod steps;
mod work_tree;

/// What will be written, and where.
#[derive(Debug)]
pub struct Plan {
    target: PathBuf,
    state: TargetState,
    /// Whether the target is the top of a git repository already.
    in_repository: bool,
    /// What will be created.
    pub create: Tree,
    /// What exists already, byte for byte.
    pub same: Vec<TreePath>,
    /// What exists and differs, or is blocked by a file where a folder should be. It is left as it is.
    pub kept: Vec<TreePath>,
}

/// What GitHub and others put into a new repository when asked for it, as beginnings of names in lower case.
const FORGE_FILES: [&str; 5] = ["readme", "license", "licence", ".gitignore", ".gitattributes"];

/// What stands where a new project should go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetState {
    /// Nothing.
    Free,
    /// A folder with nothing in it.
    Empty,
    /// A git repository with at most the files of [`FORGE_FILES`] in it.
    Clone,
    /// A folder with something in it, to which the person wants to add.
    Occupied,
}

impl TargetState {
    /// Looks at `target`; a folder that is not empty is fine if it is a new clone ([`TargetState::Clone`]) or
    /// with `force`.
    ///
    /// # Errors
    /// `target` is no folder, lies below a file, cannot be read, or is not empty.
    pub fn of(target: &Path, force: bool) -> Result<Self> {
        let Some(found) = at(target)? else {
            return Ok(Self::Free);
        };
        let shown = target.display();
        // The target itself may be a link to a folder: that is what was asked for.
        if !(found.is_dir() || fs::metadata(target).is_ok_and(|behind| behind.is_dir())) {
            return Err(Error::user(format!("`{shown}` exists and is not a folder"))
                .hint("choose another path for the project"));
        }
        let entries = fs::read_dir(target)
            .and_then(Iterator::collect::<io::Result<Vec<_>>>)
            .map_err(|error| Error::io("read the folder", target, &error))?;
        let names: Vec<_> = entries.iter().map(|entry| entry.file_name().to_string_lossy().to_lowercase()).collect();
        let from_a_forge = |name: &String| name == ".git" || FORGE_FILES.iter().any(|file| name.starts_with(file));
        match names.as_slice() {
            [] => Ok(Self::Empty),
            _ if force => Ok(Self::Occupied),
            names if names.iter().any(|name| name == ".git") && names.iter().all(from_a_forge) => Ok(Self::Clone),
            _ => Err(Error::user(format!("the folder `{shown}` is not empty")).hint(format!(
                "choose another path, or add what is missing with `heavy new {} --force` (it overwrites nothing)",
                typed(target)
            ))),
        }
    }
}

impl Plan {
    /// Compares `tree` with what stands at `target`.
    ///
    /// # Errors
    /// As [`TargetState::of`]; if a file would be written through a symbolic link; if a file of a new clone differs from the
    /// template's.
    pub fn survey(target: &Path, tree: Tree, force: bool) -> Result<Self> {
        let state = TargetState::of(target, force)?;
        let in_repository = at(&target.join(".git"))?.is_some();
        let target = target.to_owned();
        let mut plan = Self { target, state, in_repository, create: tree, same: Vec::new(), kept: Vec::new() };
        if matches!(state, TargetState::Clone | TargetState::Occupied) {
            for (path, file) in std::mem::take(&mut plan.create) {
                match plan.compare(&path, &file.bytes)? {
                    Found::Nothing => drop(plan.create.insert(path, file)),
                    Found::Same => plan.same.push(path),
                    Found::Other => plan.kept.push(path),
                }
            }
        }
        if state == TargetState::Clone && !plan.kept.is_empty() {
            let files = listed(plan.kept.iter().map(TreePath::as_str));
            return Err(Error::user(format!("the template has files of its own for what is there already: {files}"))
                .hint(format!(
                    "remove them, or keep them and add the rest with `heavy new {} --force`",
                    typed(&plan.target)
                )));
        }
        Ok(plan)
    }

    fn compare(&self, path: &TreePath, bytes: &[u8]) -> Result<Found> {
        let mut at_disk = self.target.clone();
        let mut parts = path.as_str().split('/').peekable();
        while let Some(part) = parts.next() {
            at_disk.push(part);
            let last = parts.peek().is_none();
            let Some(found) = at(&at_disk)? else {
                return Ok(Found::Nothing);
            };
            if found.is_symlink() {
                return Err(Error::user(format!(
                    "`{}` is a symbolic link, and `{path}` would be written through it",
                    at_disk.display()
                ))
                .hint("remove the link, or choose another path for the project"));
            }
            if last {
                let same = found.is_file()
                    && found.len() == bytes.len() as u64
                    && fs::read(&at_disk).map_err(|error| Error::io("read", &at_disk, &error))? == bytes;
                return Ok(if same { Found::Same } else { Found::Other });
            }
            if !found.is_dir() {
                return Ok(Found::Other);
            }
        }
        Ok(Found::Nothing)
    }
}

enum Found {
    Nothing,
    Same,
    Other,
}

/// What stands at `path`, links not followed.
fn at(path: &Path) -> Result<Option<Metadata>> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("look at", path, &error)),
    }
}
