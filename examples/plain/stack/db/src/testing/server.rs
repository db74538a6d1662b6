//! Which server the test databases are made on.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::Error;
use crate::Schema;
use crate::embedded::{self, Options, Purpose};

/// Where a server is. Each has one [`Reaper`](super::reaper::Reaper) in this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Location {
    /// A server that somebody else runs.
    Url(String),
    /// The workspace's own, started if need be.
    Embedded { needs_vector: bool },
}

/// The server of `DATABASE_URL` if set, or, for a schema with vectors, of `VECTOR_DATABASE_URL`;
/// else the embedded one.
pub(super) fn find(schema: &Schema) -> Location {
    let variable = if schema.creates_vector() {
        "VECTOR_DATABASE_URL"
    } else {
        "DATABASE_URL"
    };
    match std::env::var(variable) {
        Ok(url) if !url.is_empty() => Location::Url(url),
        _ => own(schema),
    }
}

/// The embedded server.
pub(super) fn own(schema: &Schema) -> Location {
    Location::Embedded {
        needs_vector: schema.needs_vector(),
    }
}

impl Location {
    /// The URL of the server, of any database on it; starts it if it is the embedded one.
    pub(super) async fn url(&self) -> Result<String, Error> {
        let needs_vector = match self {
            Self::Url(url) => return Ok(url.clone()),
            Self::Embedded { needs_vector } => *needs_vector,
        };
        let options = Options {
            data_dir: workspace()?.join(".data").join("test"),
            needs_vector,
        };
        let environment = embedded::Environment::of_process();
        let server = embedded::start_in(&options, Purpose::Tests, environment, say).await?;
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
fn say(text: &str) {
    let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
}
