//! Files appear whole and all together, or not at all.

use std::io::Write as _;
use std::path::Path;
use std::{fs, io};

use tempfile::NamedTempFile;

use crate::error::Error;

/// Writes new files: each beside its place, all of them flushed, then renamed. If one cannot be,
/// those before it are taken away again.
pub(crate) fn write_all<'a>(
    files: impl IntoIterator<Item = (&'a Path, &'a str)>,
) -> Result<(), Error> {
    let mut waiting: Vec<(NamedTempFile, &Path)> = Vec::new();
    for (path, text) in files {
        let folder = path.parent().unwrap_or(Path::new(""));
        fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
        let file = beside(folder, text).map_err(Error::file("write", path))?;
        waiting.push((file, path));
    }
    let mut done: Vec<&Path> = Vec::new();
    for (file, path) in waiting {
        if let Err(refused) = file.persist_noclobber(path) {
            for path in done {
                let _ = fs::remove_file(path);
            }
            return Err(Error::file("write", path)(refused.error));
        }
        done.push(path);
    }
    Ok(())
}

/// A file that is flushed, and has no name yet that anybody reads.
fn beside(folder: &Path, text: &str) -> io::Result<NamedTempFile> {
    #[cfg_attr(not(unix), allow(unused_mut))]
    let mut new = tempfile::Builder::new();
    // Others may read it, as any file of the project: a temporary one is its owner's alone.
    #[cfg(unix)]
    new.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = new.tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}
