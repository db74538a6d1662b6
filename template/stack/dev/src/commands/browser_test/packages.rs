//! What the tests need from npm, in `tests/browser/node_modules`.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::{Error, Result};
use crate::ui;

/// Installs what `package-lock.json` names, unless that very file was installed before: a copy of it is the
/// last thing that is written.
pub(super) fn install(folder: &Path, npm: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let wanted = fs::read(&lock)
        .map_err(|error| Error::new(format!("cannot read `{}`: {error}", lock.display())))?;
    let installed = folder.join("node_modules/.installed.json");
    if fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    ui::say("installing what the browser tests need by `npm ci`");
    let status = Command::new(npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .args(["--no-update-notifier", "--loglevel=error"])
        .current_dir(folder)
        .stdout(Stdio::null())
        .status()
        .map_err(|error| Error::new(format!("`npm` could not be started: {error}")))?;
    if !status.success() {
        return Err(Error::new(
            "npm could not install what the browser tests need; see the error above",
        )
        .hint(format!("cd {} && npm ci", folder.display())));
    }
    fs::write(&installed, wanted)
        .map_err(|error| Error::new(format!("cannot write `{}`: {error}", installed.display())))
}
