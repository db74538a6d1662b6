//! Finding PostgreSQL's programs on this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::account::Account;
use super::environment::Environment;

/// Older releases get no more fixes, and cannot copy a template database file by file.
pub(super) const OLDEST_MAJOR: u32 = 15;

/// PostgreSQL's programs on this machine: `initdb`, `pg_ctl` and `postgres`, which were seen to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    /// Their folder.
    pub dir: PathBuf,
    /// 18 for PostgreSQL 18.6.
    pub major: u32,
}

/// The first usable programs, in the order: `PG_BIN_DIR`; `recorded`, which the project used last
/// and has its data in; `PATH`; the folders of packages, newest first.
pub(super) fn find(
    environment: &Environment,
    recorded: Option<PathBuf>,
    account: Option<Account>,
) -> Option<Binaries> {
    let named = environment.pg_bin_dir.clone();
    let path = std::env::split_paths(&environment.path);
    let system = environment
        .system
        .iter()
        .flat_map(|pattern| versions(pattern));
    named
        .into_iter()
        .chain(recorded)
        .chain(path)
        .chain(system)
        .find_map(|dir| inspect(&dir, account))
}

/// Looks at one folder: all programs there, new enough, and the server's user may run them.
pub(super) fn inspect(dir: &Path, account: Option<Account>) -> Option<Binaries> {
    let complete = |dir: &Path| {
        ["initdb", "pg_ctl", "postgres"]
            .iter()
            .all(|name| program(dir, name).is_file())
    };
    let server = program(dir, "postgres");
    // A symlink on PATH leads to the folder that PostgreSQL itself looks for its files beside.
    let real = server.canonicalize().ok()?.parent()?.to_owned();
    let dir = if complete(&real) && cfg!(unix) {
        real
    } else {
        dir.to_owned()
    };
    if !complete(&dir) || account.is_some_and(|account| !account.can_enter(&dir)) {
        return None;
    }
    let version = Command::new(program(&dir, "postgres"))
        .arg("--version")
        .output()
        .ok()?;
    let major = major(&String::from_utf8_lossy(&version.stdout))?;
    (major >= OLDEST_MAJOR).then_some(Binaries { dir, major })
}

/// The path of one program in `dir`, with the suffix of this system.
pub(super) fn program(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The major version in `postgres (PostgreSQL) 18.6 (Debian 18.6-1)`.
fn major(version: &str) -> Option<u32> {
    let number = version.split_whitespace().nth(2)?;
    number
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// The folders that match a pattern with one `*`, highest number first.
fn versions(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return vec![PathBuf::from(pattern)];
    };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or((".", before));
    let Ok(entries) = std::fs::read_dir(parent) else {
        return Vec::new();
    };
    let mut found: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            let version = name.strip_prefix(prefix)?;
            let number = version.split('.').next()?.parse().ok()?;
            Some((number, PathBuf::from(format!("{before}{version}{after}"))))
        })
        .collect();
    found.sort_by(|(a, _), (b, _)| b.cmp(a));
    found.into_iter().map(|(_, path)| path).collect()
}
