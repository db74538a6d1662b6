//! Running cargo in a project, as if a person had typed it there.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::Command;

/// What `cargo run` sets for the program it runs, after "Environment Variables" in the Cargo Book. The project's own
/// build must not see them: it would take them for its own.
const SET_BY_CARGO: [&str; 9] = [
    "CARGO",
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_LINKS",
    "CARGO_MANIFEST_PATH",
    "CARGO_PRIMARY_PACKAGE",
    "CARGO_RUSTC_CURRENT_DIR",
    "OUT_DIR",
];

/// What rustup sets for the cargo it starts. The project has a toolchain file of its own.
const SET_BY_RUSTUP: [&str; 2] = ["RUSTUP_TOOLCHAIN", "RUST_RECURSION_COUNT"];

/// `cargo` in the folder `project`. With `under_cargo` this process was itself started by cargo, and what cargo and rustup
/// set for it is removed; without, a `RUSTUP_TOOLCHAIN` is the user's own and stays, as does what the user may set in
/// either case (`CARGO_HOME`, `CARGO_TARGET_DIR`, `CARGO_NET_OFFLINE`).
#[must_use]
pub fn cargo<'a>(project: &Path, environment: impl Iterator<Item = &'a OsStr>, under_cargo: bool) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(project);
    for name in environment.filter(|_| under_cargo) {
        let name = name.to_string_lossy();
        let set_by_cargo = SET_BY_CARGO.contains(&&*name)
            || ["CARGO_PKG_", "CARGO_BIN_EXE_", "DEP_"].iter().any(|prefix| name.starts_with(prefix));
        if set_by_cargo || SET_BY_RUSTUP.contains(&&*name) {
            command.env_remove(&*name);
        }
    }
    command
}

/// Runs `command` in place of this process: Ctrl-C, other signals and its exit code are its own.
///
/// Returns only if it could not be started (or, where a process cannot be replaced, with its exit code).
///
/// # Errors
/// The system's own.
#[cfg(unix)]
pub fn become_it(mut command: Command) -> io::Result<u8> {
    Err(std::os::unix::process::CommandExt::exec(&mut command))
}

/// Runs `command` and waits for it; a Ctrl-C reaches it too, since it shares the console.
///
/// # Errors
/// The system's own.
#[cfg(not(unix))]
pub fn become_it(mut command: Command) -> io::Result<u8> {
    let code = command.status()?.code();
    Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removed(names: &[&str], under_cargo: bool) -> Vec<String> {
        let command = cargo(Path::new("x"), names.iter().map(OsStr::new), under_cargo);
        command.get_envs().filter(|(_, value)| value.is_none()).map(|(name, _)| name.display().to_string()).collect()
    }

    #[test]
    fn the_outer_builds_variables_do_not_reach_the_project() {
        let names = ["CARGO", "CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "OUT_DIR", "RUSTUP_TOOLCHAIN"];
        assert_eq!(removed(&names, true), names);
    }

    #[test]
    fn what_only_a_user_sets_stays() {
        assert!(removed(&["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_NET_OFFLINE", "PATH"], true).is_empty());
        assert!(removed(&["RUSTUP_TOOLCHAIN", "CARGO_MANIFEST_DIR"], false).is_empty());
    }
}
