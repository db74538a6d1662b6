//! Writing a whole tree into a folder of our own.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::create::create_new;
use super::journal::Journal;
use crate::error::{Error, Result};
use crate::tree::Tree;

/// Writes `tree` into `folder`, which is ours, empty, and of no importance when this fails.
///
/// # Errors
/// Something could not be written.
pub(crate) fn write_into(folder: &Path, tree: &Tree, journal: &Journal) -> Result<()> {
    write_all(tree, folder, folder, journal)
}

/// Writes `tree` into `folder`, which is ours. Errors name the path that the file would have had in `target`.
pub(crate) fn write_all(tree: &Tree, folder: &Path, target: &Path, journal: &Journal) -> Result<()> {
    let mut made = folder.to_owned();
    for (path, file) in tree {
        let at_disk = folder.join(path.as_str());
        let written = journal.undisturbed(|| -> io::Result<()> {
            // Files come in order, so that most share the folder of the one before.
            if let Some(parent) = at_disk.parent().filter(|parent| *parent != made) {
                fs::create_dir_all(parent)?;
                parent.clone_into(&mut made);
            }
            create_new(&at_disk, file.executable)?.write_all(&file.bytes)
        });
        written.map_err(|error| Error::io("write", &target.join(path.as_str()), &error))?;
    }
    Ok(())
}
