//! The tool `flamegraph`, which lets the profiler of the system watch a program and draws what it saw.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{Error, Result};
use crate::on_path::on_path;
use crate::project::Project;

/// Where perf keeps what it saw, from the project's folder; `flamegraph` splits its command at spaces, so it
/// must have none.
const SAMPLES: &str = ".data/profile/perf.data";

/// Above this, Linux lets nobody but root watch even his own programs (kernel.perf_event_paranoid, documented
/// with perf_event_open(2); 3 and 4 are of Debian and Ubuntu).
pub(in crate::commands) const OPEN_TO_ALL: i32 = 2;

/// What brings the tool.
pub(in crate::commands) const INSTALL: &str = "cargo install flamegraph";

pub(super) struct Flamegraph(PathBuf);

impl Flamegraph {
    /// The tool, and what it needs from the system; an error names what is missing.
    pub(super) fn find() -> Result<Self> {
        let tool = on_path("flamegraph").ok_or_else(|| {
            Error::new("the tool `flamegraph` is not on this machine").hint(INSTALL)
        })?;
        if cfg!(target_os = "linux") {
            if std::env::var_os("PERF").is_none() && on_path("perf").is_none() {
                return Err(Error::new("the profiler `perf` is not on this machine")
                    .hint("apt-get install linux-perf (Debian), linux-tools-generic (Ubuntu), perf (others)"));
            }
            let setting = std::fs::read_to_string("/proc/sys/kernel/perf_event_paranoid");
            require_allowed(setting.ok().as_deref())?;
        }
        Ok(Self(tool))
    }

    /// Watches a program that runs, until it ends.
    pub(super) fn attach(&self, project: &Project, pid: u32, picture: &Path) -> Result<Command> {
        let mut command = self.command(project, picture)?;
        command.args(["--pid", &pid.to_string()]);
        Ok(command)
    }

    /// Starts a program and watches it until it ends.
    pub(super) fn start(
        &self,
        project: &Project,
        program: &Command,
        picture: &Path,
    ) -> Result<Command> {
        let mut command = self.command(project, picture)?;
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
            .arg("--")
            .arg(program.get_program())
            .args(program.get_args());
        Ok(command)
    }

    fn command(&self, project: &Project, picture: &Path) -> Result<Command> {
        super::place(&project.root.join(SAMPLES))?;
        let mut command = Command::new(&self.0);
        command
            .current_dir(project.folder())
            .arg("--output")
            .arg(picture)
            .args(["--deterministic", "--title"])
            .arg(title(picture))
            .stdout(Stdio::null());
        if cfg!(target_os = "linux") {
            command.arg("--cmd").arg(format!(
                "record --quiet -F 997 --call-graph fp -o {SAMPLES}"
            ));
            // Inlined functions are looked up one by one, which takes minutes.
            command.arg("--no-inline");
        }
        Ok(command)
    }
}

/// The picture's name without its ending.
fn title(picture: &Path) -> OsString {
    picture
        .file_stem()
        .map_or_else(OsString::new, OsString::from)
}

/// Whether people may watch their own programs, by the text of the kernel's setting.
fn require_allowed(setting: Option<&str>) -> Result<()> {
    let level = setting.and_then(|text| text.trim().parse::<i32>().ok());
    match level {
        Some(level) if level > OPEN_TO_ALL && !is_root() => Err(Error::new(format!(
            "this machine lets nobody watch programs: `kernel.perf_event_paranoid` is {level}"
        ))
        .hint(format!(
            "sudo sysctl kernel.perf_event_paranoid={OPEN_TO_ALL}"
        ))),
        _ => Ok(()),
    }
}

fn is_root() -> bool {
    // The owner of what this process is in the kernel's eyes.
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::MetadataExt as _;
        std::fs::metadata("/proc/self").is_ok_and(|found| found.uid() == 0)
    }
    #[cfg(not(target_os = "linux"))]
    false
}

/// What a run of the tool came to.
pub(super) fn judge(status: std::process::ExitStatus, picture: &Path, idle: &str) -> Result<()> {
    if status.success() && picture.is_file() {
        return Ok(());
    }
    Err(Error::new("there is no picture; why stands above").hint(idle))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_that_is_open_or_unknown_is_tried() {
        assert!(require_allowed(Some("2\n")).is_ok());
        assert!(require_allowed(Some("-1\n")).is_ok());
        assert!(require_allowed(None).is_ok());
    }

    #[test]
    fn a_kernel_that_is_closed_is_named_with_what_opens_it() {
        if is_root() {
            assert!(require_allowed(Some("4\n")).is_ok());
            return;
        }
        let error = require_allowed(Some("4\n")).unwrap_err().to_string();
        assert!(
            error.ends_with("hint: sudo sysctl kernel.perf_event_paranoid=2"),
            "{error}"
        );
    }
}
