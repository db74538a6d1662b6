//! Files that a command generates: written anew, or only compared (`--check`).

use std::fs;
use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::ui::Ui;

/// Files whose content is not what it should be, with what it should be.
#[derive(Debug, Default)]
pub(super) struct Outdated(Vec<(PathBuf, Vec<u8>)>);

impl Extend<(PathBuf, Vec<u8>)> for Outdated {
    fn extend<T: IntoIterator<Item = (PathBuf, Vec<u8>)>>(&mut self, files: T) {
        self.0.extend(files);
    }
}

impl Outdated {
    /// Writes the files; or, to `check`, lists them and fails if there are any, naming the `command` that writes them.
    pub(super) fn write_or_check(&self, check: bool, command: &str, ui: Ui) -> Result<()> {
        for (path, bytes) in &self.0 {
            if check {
                ui.result(format_args!("{}: out of date", path.display()))?;
            } else {
                fs::write(path, bytes).map_err(|error| Error::io("write", path, &error))?;
                ui.status("Wrote", path.display());
            }
        }
        if check && !self.0.is_empty() {
            return Err(Error::user("what is generated from the template is out of date")
                .hint(format!("`{command}` writes it again")));
        }
        Ok(())
    }
}

/// The file at `path`, if its content is not `wanted`.
pub(super) fn differs(path: PathBuf, wanted: Vec<u8>) -> Result<Option<(PathBuf, Vec<u8>)>> {
    match fs::read(&path) {
        Ok(found) if found == wanted => Ok(None),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("read", &path, &error)),
        _ => Ok(Some((path, wanted))),
    }
}
