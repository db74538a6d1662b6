//! The executable bit of a file on disk.

use std::path::Path;

use crate::error::{Error, Result};

/// Whether the owner of the file at `path` may run it; nobody may where the system has no such bit.
///
/// # Errors
/// It cannot be looked at.
#[cfg(unix)]
pub(crate) fn is_executable(path: &Path) -> Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    let found = std::fs::metadata(path).map_err(|error| Error::io("look at", path, &error))?;
    Ok(found.permissions().mode() & 0o100 != 0)
}

#[cfg(not(unix))]
pub(crate) fn is_executable(_path: &Path) -> Result<bool> {
    Ok(false)
}
