//! What was seen on this machine; nothing here judges it.

use std::path::PathBuf;

use super::platform::Platform;

/// Everything that was looked at.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) platform: Platform,
    pub(super) rust: Rust,
    /// Those of [`PROGRAMS`] that are on `PATH`.
    pub(super) programs: Vec<&'static str>,
    pub(super) chromium: bool,
    /// The major version of Node, if there is one that says it.
    pub(super) node: Option<u32>,
    pub(super) docker: Docker,
    pub(super) databases: Databases,
    pub(super) settings: Settings,
    pub(super) ports: Vec<Port>,
    /// What is left on the project's disk, in bytes; not known everywhere.
    pub(super) disk: Option<u64>,
    /// How many files a watcher may watch (`fs.inotify.max_user_watches`); of Linux only.
    pub(super) watches: Option<u64>,
    /// How many files and sockets a process may have open (`ulimit -n`); of Unix only.
    pub(super) open_files: Option<u64>,
    /// Who may be profiled (`kernel.perf_event_paranoid`); of Linux only.
    pub(super) perf_paranoid: Option<i32>,
}

/// The programs that are looked for by their names.
pub(super) const PROGRAMS: &[&str] = &[
    "cc",
    "clang",
    "gcc",
    "git",
    "cargo-nextest",
    "wild",
    "npm",
    "flamegraph",
    "perf",
    "xctrace",
    "heavy",
];

#[derive(Clone, Debug)]
pub(super) struct Rust {
    /// Such as `1.95.0`.
    pub(super) version: Option<String>,
    /// What `rust-version` in `Cargo.toml` asks for.
    pub(super) wanted: String,
    pub(super) clippy: bool,
    pub(super) rustfmt: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Docker {
    Missing,
    /// The program is there, and no engine answers it.
    Silent,
    /// An engine answers, and there is no `docker compose`.
    WithoutCompose,
    Ready,
}

#[derive(Clone, Debug)]
pub(super) enum Databases {
    /// `DATABASE_URL` is set: what each of the databases says.
    Named(Vec<Named>),
    /// The project has a server of its own.
    Own {
        server: Option<Server>,
        needs_vector: bool,
        /// Whether there is a pip that can fetch a server.
        pip: bool,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Named {
    /// The setting.
    pub(super) variable: &'static str,
    /// Why it cannot be used.
    pub(super) problem: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Server {
    pub(super) major: u32,
    pub(super) dir: PathBuf,
    pub(super) runs: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    /// Whether there is a file `.env`.
    pub(super) file: bool,
    /// What it sets that `.env.example` does not know.
    pub(super) unknown: Vec<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Port {
    pub(super) number: u16,
    /// What would listen there.
    pub(super) what: &'static str,
    pub(super) free: bool,
}

impl Facts {
    pub(super) fn has(&self, program: &str) -> bool {
        self.programs.contains(&program)
    }
}
