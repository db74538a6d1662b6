//! Starting and stopping the server process, and telling a live one from the stale files of a dead one.

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;

use super::Error;
use super::cluster::Cluster;
use super::endpoint;

/// The server's log is begun anew when it has grown beyond this many bytes.
const LOG_LIMIT: u64 = 8 << 20;

impl Cluster {
    /// Starts the server unless it runs, with the settings that the cluster has now. Returns
    /// before it answers. Only under the project's lock.
    pub(super) fn launch(&mut self) -> Result<(), Error> {
        if self.is_running() {
            if self.is_configured() {
                return Ok(());
            }
            self.stop()?;
        }
        let log = self.open_log()?;
        // Children of a killed server need a moment to notice; the caller asks again.
        if is_held(&log) {
            return Ok(());
        }
        self.remove_stale_files();
        self.choose_free_port()?;
        self.configure()?;
        self.pg_ctl(&["start", "--wait", "--timeout=60"], log)
    }

    /// Whether a server runs on this cluster that is no process of this machine or container: one that shares
    /// the folder with us has started it.
    pub(super) fn runs_elsewhere(&self) -> bool {
        !self.is_running() && self.open_log().is_ok_and(|log| is_held(&log))
    }

    /// Stops the server: open transactions are rolled back, everything is written.
    pub(super) fn stop(&self) -> Result<(), Error> {
        self.pg_ctl(
            &["stop", "--wait", "--mode=fast", "--timeout=60"],
            self.open_log()?,
        )
    }

    fn open_log(&self) -> Result<File, Error> {
        let mut options = fs::OpenOptions::new();
        options.create(true).append(true);
        let path = self.log();
        options.open(&path).map_err(Error::io("open", &path))
    }

    fn pg_ctl(&self, arguments: &[&str], log: File) -> Result<(), Error> {
        let path = self.log();
        let io = |action| Error::io(action, &path);
        let known = log.metadata().map_or(0, |found| found.len());
        let known = if known > LOG_LIMIT { 0 } else { known };
        log.set_len(known).map_err(io("shorten"))?;
        let also_log = log.try_clone().map_err(io("open"))?;
        // The server inherits these, so they must not be pipes to us: reading them to their end
        // would wait for the server's end.
        let mut command = self.command("pg_ctl");
        command
            .args(arguments)
            .args(["--silent", "--pgdata", &self.name()]);
        command
            .stdout(Stdio::from(log))
            .stderr(Stdio::from(also_log));
        let status = command
            .status()
            .map_err(Error::io("run `pg_ctl` in", &self.base))?;
        if status.success() {
            return Ok(());
        }
        let bytes = fs::read(&path).map_err(io("read"))?;
        let said = bytes
            .get(usize::try_from(known).unwrap_or(0)..)
            .unwrap_or_default();
        let output = String::from_utf8_lossy(said).trim().to_owned();
        // Children of a killed server need a moment to notice; the caller asks again.
        if output.contains("shared memory block") && output.contains("still in use") {
            return Ok(());
        }
        Err(Error::Program {
            program: "pg_ctl".to_owned(),
            output,
            log: Some(path),
        })
    }

    /// Whether the process named in `postmaster.pid` is alive and is this cluster's server.
    pub(super) fn is_running(&self) -> bool {
        let dir = self.dir();
        fs::read_to_string(dir.join("postmaster.pid"))
            .ok()
            .and_then(|text| text.lines().next()?.trim().parse().ok())
            .is_some_and(|pid| is_server_of(pid, &dir))
    }

    /// Removes what a killed server left. PostgreSQL does so itself unless another process has got
    /// the same number meanwhile, which after a restart of a container is likely.
    fn remove_stale_files(&self) {
        let socket = endpoint::socket_name();
        for name in ["postmaster.pid", &format!("{socket}.lock"), &socket] {
            let _ = fs::remove_file(self.dir().join(name));
        }
    }
}

/// Locks the log, and says if somebody else holds it. The server inherits the open log from us and with it the lock, which is
/// so held exactly as long as the server or a child of it lives, seen from every container that shares the folder.
/// A file system without locks holds nothing.
#[cfg(unix)]
fn is_held(log: &File) -> bool {
    matches!(log.try_lock(), Err(fs::TryLockError::WouldBlock))
}

/// A lock on Windows would keep the server from writing its log, and there are no containers that share the folder.
#[cfg(not(unix))]
fn is_held(_log: &File) -> bool {
    false
}

/// A server's working directory is its cluster; that of a zombie cannot be read.
#[cfg(target_os = "linux")]
fn is_server_of(pid: u32, dir: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == dir)
}

#[cfg(all(unix, not(target_os = "linux")))]
fn is_server_of(pid: u32, _dir: &Path) -> bool {
    mentions_postgres("ps", &["-o", "comm=", "-p", &pid.to_string()])
}

#[cfg(windows)]
fn is_server_of(pid: u32, _dir: &Path) -> bool {
    mentions_postgres("tasklist", &["/NH", "/FI", &format!("PID eq {pid}")])
}

#[cfg(not(target_os = "linux"))]
fn mentions_postgres(program: &str, arguments: &[&str]) -> bool {
    std::process::Command::new(program)
        .args(arguments)
        .output()
        .is_ok_and(|ran| String::from_utf8_lossy(&ran.stdout).contains("postgres"))
}
