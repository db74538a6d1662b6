//! Making a file where there is none.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Creates the file `path`, which must not exist, even as a symbolic link.
pub(crate) fn create_new(path: &Path, executable: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if executable {
        // The umask takes its share, as it does from any new program.
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o777);
    }
    #[cfg(not(unix))]
    let _ = executable;
    options.open(path)
}

/// The same, for its owner alone where the system has permissions: what is written there may be secret.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
