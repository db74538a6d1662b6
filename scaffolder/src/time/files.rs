//! Files of time tracking that are written in full, and files that are locked.

use std::fs;
use std::path::Path;

use crate::disk::replace::{Access, replace};
use crate::error::{Error, Result};

/// Writes a file in full or not at all, and to the disk itself.
pub(super) fn write_whole(path: &Path, content: &[u8], access: Access) -> Result<()> {
    replace(path, content, access).map_err(|error| Error::io("write", path, &error))
}

/// Opens a file to lock it; it stays where it is for ever.
pub(super) fn lock_file(path: &Path) -> Result<fs::File> {
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(|error| Error::io("write", path, &error))
}
