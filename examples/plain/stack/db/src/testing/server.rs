//! Which server the test databases are made on.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::Error;
use crate::embedded::{self, Environment, Purpose};

/// Where a server is. Each has one [`Reaper`](super::reaper::Reaper) in this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Location {
    /// A server that somebody else runs.
    Url(String),
    /// The workspace's own, started if need be.
    Embedded,
}

impl Location {
    /// The server that an environment variable names, else the embedded one.
    pub(super) fn of(variable: &str) -> Self {
        match std::env::var(variable) {
            Ok(url) if !url.is_empty() => Self::Url(url),
            _ => Self::Embedded,
        }
    }

    /// The URL of the server, of any database on it; starts it if it is the embedded one.
    pub(super) async fn url(&self) -> Result<String, Error> {
        if let Self::Url(url) = self {
            return Ok(url.clone());
        }
        let data_dir = workspace()?.join(".data").join("test");
        let environment = Environment::of_process();
        let server = embedded::start_in(&data_dir, Purpose::Tests, environment, report).await?;
        Ok(server.url("postgres"))
    }
}

/// The folder with `Cargo.lock`, from the tested package's folder upwards.
fn workspace() -> Result<PathBuf, Error> {
    // Cargo sets the variable for tests that it runs; without it, the current folder is as good.
    let from = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let from = from
        .or_else(|| std::env::current_dir().ok())
        .unwrap_or_default();
    from.ancestors()
        .find(|folder| folder.join("Cargo.lock").is_file())
        .map(Path::to_owned)
        .ok_or(Error::NoWorkspace(from))
}

/// Straight to the real stderr: the test harness would keep it to itself, and a first run that
/// fetches a server should not be silent for a minute.
fn report(text: &str) {
    let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
}
