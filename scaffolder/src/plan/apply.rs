//! Doing what a plan says.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use super::stage::Stage;
use super::{Plan, TargetState};
use crate::disk::journal::Journal;
use crate::disk::write::write_all;
use crate::error::{Error, Result};

/// Makes a repository in a complete project, whose folder it gets; or the first commit of the one that is there.
pub type MakeRepository<'a, R> = &'a dyn Fn(&Path) -> Result<R>;

impl Plan {
    /// Writes the project; with `repository`, also its `.git`. In full or, on any error, not at all.
    ///
    /// # Errors
    /// The target was taken in the meantime, or something could not be written.
    pub fn apply<R>(&self, repository: Option<MakeRepository<'_, R>>) -> Result<Option<R>> {
        let journal = Journal::begin();
        match self.state {
            TargetState::Free => self.rename_into_place(&journal, repository),
            TargetState::Empty | TargetState::Clone | TargetState::Occupied => self.fill(&journal, repository),
        }
    }

    fn rename_into_place<R>(&self, journal: &Journal, repository: Option<MakeRepository<'_, R>>) -> Result<Option<R>> {
        let target = &self.target;
        let parent = target.parent().unwrap_or(Path::new("."));
        journal.make_folders(parent).map_err(|error| Error::io("create the folder", parent, &error))?;
        let name = target.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let stage = Stage::set_up(parent, &name, journal)?;
        write_all(&self.create, stage.project(), target, journal)?;
        let made = repository.map(|make| journal.undisturbed(|| make(stage.project()))).transpose()?;
        // On Unix this replaces an empty folder that was made in the last milliseconds; whoever made it lost nothing.
        journal.commit(|| fs::rename(stage.project(), target)).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty | ErrorKind::NotADirectory => {
                Error::user(format!("`{}` was created by somebody else in the meantime", target.display()))
                    .hint("nothing of it was touched; choose another path")
            }
            _ => Error::io("move the project to", target, &error),
        })?;
        stage.strike();
        Ok(made)
    }

    fn fill<R>(&self, journal: &Journal, repository: Option<MakeRepository<'_, R>>) -> Result<Option<R>> {
        for (path, file) in &self.create {
            let at_disk = self.target.join(path.as_str());
            if let Some(folder) = at_disk.parent() {
                journal.make_folders(folder).map_err(|error| Error::io("create the folder", folder, &error))?;
            }
            journal
                .make_file(&at_disk, file.executable)
                .and_then(|mut open| open.write_all(&file.bytes))
                .map_err(|error| written_meanwhile(&at_disk, &error))?;
        }
        if self.in_repository {
            // It was there before, so nothing of it is taken back: the commit is the last thing that can fail.
            return journal.commit(|| repository.map(|commit| commit(&self.target)).transpose());
        }
        let git = self.target.join(".git");
        let taken = || written_meanwhile(&git, &ErrorKind::AlreadyExists.into());
        let made = repository.map(|make| journal.make_by(&git, taken, || make(&self.target))).transpose()?;
        journal.commit(|| Ok(made))
    }
}

fn written_meanwhile(path: &Path, error: &io::Error) -> Error {
    match error.kind() {
        ErrorKind::AlreadyExists => {
            Error::user(format!("`{}` was created by somebody else in the meantime", path.display()))
                .hint("nothing was added; run the command again")
        }
        _ => Error::io("write", path, error),
    }
}
