//! The extension `vector`, which the project's server must have: other servers are passed over.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::binaries;

/// Whether `vector.control` is where this server looks for extensions.
pub(super) fn comes_with(dir: &Path, major: u32) -> bool {
    let told = Command::new(binaries::program(dir, "pg_config"))
        .arg("--sharedir")
        .output()
        .ok()
        .filter(|told| told.status.success())
        .map(|told| PathBuf::from(String::from_utf8_lossy(&told.stdout).trim()));
    told.into_iter()
        .chain(["../share", "../share/postgresql"].map(|share| dir.join(share)))
        .chain(
            [PathBuf::from(format!("/usr/share/postgresql/{major}"))]
                .into_iter()
                .filter(|_| {
                    // Debian's layout; no other server may claim its extensions.
                    dir.starts_with("/usr/lib/postgresql")
                }),
        )
        .any(|share| share.join("extension/vector.control").is_file())
}
