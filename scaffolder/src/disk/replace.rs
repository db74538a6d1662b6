//! Replacing a file in full or not at all: the new content is written beside it and renamed into its place.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// Who may read a new file, before the umask takes its share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Its owner alone.
    Private,
    /// Whoever the umask lets.
    Usual,
}

/// Replaces the file at `path`, or makes it. When this returns, the content is on the disk itself and not only in its
/// cache.
///
/// # Errors
/// It could not be written; then the file is as it was, and nothing is left beside it.
pub(crate) fn replace(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = Builder::new();
    builder.prefix(".heavy-");
    with_permissions(&mut builder, if access == Access::Private { 0o600 } else { 0o666 });
    let mut new = builder.tempfile_in(folder)?;
    new.write_all(content)?;
    new.as_file().sync_all()?;
    persist(new, path)
}

/// An empty file `name` beside `path`, which must not exist; it is removed when it is dropped before it is
/// [persisted](persist). Its name is fixed so that the next run finds what a killed process left. `mode` is before the umask.
///
/// # Errors
/// The system's own.
pub(crate) fn beside(path: &Path, name: &OsStr, mode: u32) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(name).rand_bytes(0);
    with_permissions(&mut builder, mode);
    builder.tempfile_in(path.parent().unwrap_or(Path::new(".")))
}

/// Renames a file that was written beside `path` to `path`.
///
/// # Errors
/// The system's own; the file beside is removed.
pub(crate) fn persist(new: NamedTempFile, path: &Path) -> io::Result<()> {
    new.persist(path).map(drop::<File>).map_err(|failed| failed.error)
}

/// The permission bits of a new file, of which the umask takes its share.
fn with_permissions(builder: &mut Builder<'_, '_>, mode: u32) {
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _ = (builder, mode);
}
