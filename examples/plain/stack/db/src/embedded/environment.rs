//! What the search and the fetch look at, gathered in one value, so that a test can hand in
//! another world without touching the process's own.

use std::ffi::OsString;
use std::path::PathBuf;

/// The parts of the process's surroundings that matter here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    /// `PG_BIN_DIR`: where the user says the programs are.
    pub(crate) pg_bin_dir: Option<PathBuf>,
    /// `PATH`.
    pub(crate) path: OsString,
    /// Folders where packages put the programs; `*` stands for a version.
    pub(crate) system: Vec<String>,
    /// Where a fetched server may be kept, best first.
    pub(crate) caches: Vec<PathBuf>,
    /// Commands that may be pip, best first.
    pub(crate) pips: Vec<Vec<String>>,
}

impl Environment {
    /// Reads the process's environment variables.
    pub(crate) fn of_process() -> Self {
        let folder = |name: &str| {
            std::env::var_os(name)
                .map(PathBuf::from)
                .filter(|path| !path.as_os_str().is_empty())
        };
        let home = std::env::home_dir();
        let usual = if cfg!(windows) {
            folder("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            home.map(|home| home.join("Library/Caches"))
        } else {
            folder("XDG_CACHE_HOME").or_else(|| home.map(|home| home.join(".cache")))
        };
        // The last is for root, whose home the server's user cannot enter.
        let system_cache = cfg!(unix).then(|| PathBuf::from("/var/cache"));
        Self {
            pg_bin_dir: folder("PG_BIN_DIR"),
            path: std::env::var_os("PATH").unwrap_or_default(),
            system: [
                "/usr/lib/postgresql/*/bin",
                "/usr/pgsql-*/bin",
                "/opt/homebrew/opt/postgresql@*/bin",
                "/usr/local/opt/postgresql@*/bin",
                "/Applications/Postgres.app/Contents/Versions/*/bin",
                "C:/Program Files/PostgreSQL/*/bin",
            ]
            .map(str::to_owned)
            .to_vec(),
            caches: [folder("HEAVY_CACHE_DIR"), usual, system_cache]
                .into_iter()
                .flatten()
                .collect(),
            pips: [
                "python3 -m pip",
                "python -m pip",
                "py -m pip",
                "pip3",
                "pip",
            ]
            .map(|command| command.split(' ').map(str::to_owned).collect())
            .to_vec(),
        }
    }
}
