//! Where generated projects are built.
//!
//! The projects share one target directory, so that their dependencies are built once. Cargo takes their `stack/*` crates
//! for the same ones (it hashes paths relative to the workspace), and locks the directory only while it builds. So the
//! tests take turns, by a lock on a file that also holds where a test runner gives each test a process.

pub(crate) mod full;

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where projects and what they build live between runs: inside this workspace's target directory.
fn workshop() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated")
}

/// Waits until no other test of generated projects is at work. The turn ends with the value.
pub(crate) fn turn() -> File {
    std::fs::create_dir_all(workshop()).expect("a workshop");
    let lock = File::create(workshop().join("turn")).expect("a file to lock");
    lock.lock().expect("a file system with locks");
    lock
}

/// Makes the project again at a path that stays the same between runs, so that cargo builds only what changed.
#[allow(dead_code, reason = "overlays have answers of their own")]
pub(crate) fn project(name: &str, features: &[&str]) -> PathBuf {
    made(name, &features.iter().flat_map(|feature| ["--feature", *feature]).collect::<Vec<_>>())
}

/// The same, with other `arguments` for `heavy new`.
pub(crate) fn made(name: &str, arguments: &[&str]) -> PathBuf {
    let path = workshop().join(name);
    // The database's files stay: a warm start is part of what is tested.
    if let Ok(entries) = std::fs::read_dir(&path) {
        for entry in entries.map(|entry| entry.expect("a readable folder")) {
            if entry.file_name() == ".data" {
                continue;
            }
            let removed = if entry.path().is_dir() {
                std::fs::remove_dir_all(entry.path())
            } else {
                std::fs::remove_file(entry.path())
            };
            removed.expect("an old project can be removed");
        }
    }
    let mut heavy = Command::new(env!("CARGO_BIN_EXE_heavy"));
    heavy.arg("new").arg(&path).args(["--defaults", "--vcs", "none", "--quiet", "--force"]);
    run(heavy.args(arguments));
    path
}

/// Gives the project other features. Files that stay as they are keep their times, so that cargo builds only what the features
/// change. That holds only if no other project was built in the meantime.
#[allow(dead_code, reason = "most programs with a workshop build a project once")]
pub(crate) fn change(project: &Path, features: &[&str]) {
    let name = project.file_name().expect("a project has a name").to_string_lossy();
    let next =
        made(&format!("next/{name}"), &features.iter().flat_map(|feature| ["--feature", *feature]).collect::<Vec<_>>());
    let (old, new) = (files(project), files(&next));
    for gone in old.difference(&new) {
        std::fs::remove_file(project.join(gone)).expect("an old file can be removed");
    }
    for file in &new {
        let (from, to) = (next.join(file), project.join(file));
        let bytes = std::fs::read(&from).expect("a file that was just written");
        if std::fs::read(&to).ok().as_ref() != Some(&bytes) {
            std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder can be made");
            std::fs::copy(&from, &to).expect("a file can be copied");
        }
    }
}

/// The project's files, without those of its databases.
fn files(project: &Path) -> BTreeSet<PathBuf> {
    let entries = ignore::WalkBuilder::new(project).standard_filters(false).build();
    let paths = entries.map(|entry| entry.expect("a readable folder").into_path()).filter(|path| path.is_file());
    let within = paths.map(|path| path.strip_prefix(project).expect("a path within").to_owned());
    within.filter(|path| !path.starts_with(".data")).collect()
}

/// Runs a command that must succeed, and shows all it said when it does not.
pub(crate) fn run(command: &mut Command) {
    let output = command.output().expect("a program that starts");
    must_succeed(command, &output);
}

fn must_succeed(command: &Command, output: &Output) {
    assert!(
        output.status.success(),
        "{command:?} failed ({}):\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}

/// `cargo` inside the project.
pub(crate) fn cargo(project: &Path, arguments: &[&str]) {
    run(&mut cargo_command(project, arguments));
}

/// `cargo` inside the project, with clippy in rustc's place for the project's own crates and every warning an error. So one run
/// builds, lints and tests, where `cargo clippy` would go through all third-party crates once more.
#[allow(dead_code, reason = "not every program with a workshop builds so")]
pub(crate) fn cargo_with_clippy(project: &Path, arguments: &[&str]) {
    run(&mut clippy_command(project, arguments));
}

/// The same, not run yet.
#[allow(dead_code, reason = "not every program with a workshop builds so")]
pub(crate) fn clippy_command(project: &Path, arguments: &[&str]) -> Command {
    // What `cargo clippy -- -D warnings` sets for its own `cargo check`. The wrapper is no variable here: the tests inherit those,
    // and start a cargo for programs of theirs that nobody lints.
    let linted = ["--config", "build.rustc-workspace-wrapper='clippy-driver'"];
    let mut command = cargo_command(project, &[&linted, arguments].concat());
    command.env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings");
    command
}

/// The browser tests of the project. Where this machine has no browser or no Node they are skipped, which is said to
/// whoever watches, past the test harness, unless `HEAVY_BROWSER=1` wants them to run.
///
/// Those of the application are in no folder; with them goes what a debug build alone has. All others of the script of live
/// pages try it in the form that release builds serve. As it is written it serves the pages of the application, and
/// [Firefox](firefox_tests).
#[allow(dead_code, reason = "not every program with a workshop has them run")]
pub(crate) fn browser_tests(project: &Path) {
    let wanted = full::is_on("HEAVY_BROWSER");
    browser_tests_by(browser_test_command(project).args(["browser/[^/]+$", "client/warnings"]), wanted);
    // They need no application: a browser for each processor, where Playwright takes half of them.
    let script = ["client/", "--workers=100%"];
    browser_tests_by(browser_test_command(project).args(script).env("LIVE_SCRIPT", "minified"), wanted);
}

/// Those that tell how the browser behaves, in Firefox, if this machine has one.
#[allow(dead_code, reason = "not every program with a workshop has them run")]
pub(crate) fn firefox_tests(project: &Path) {
    let files = ["client/(names|history|kinds|submits)", "live.spec", "pages"];
    browser_tests_by(browser_test_command(project).args(files).env("BROWSER_NAME", "firefox"), false);
}

/// Without traces, which would be recorded of every test, and thrown away with each that passes.
fn browser_test_command(project: &Path) -> Command {
    cargo_command(project, &["dev", "browser-test", "--trace=off"])
}

fn browser_tests_by(command: &mut Command, wanted: bool) {
    let output = command.output().expect("a program that starts");
    let said = String::from_utf8_lossy(&output.stderr);
    let lacks = said.split_once("error: the browser tests need ").map(|(_, lacks)| lacks);
    match lacks {
        Some(lacks) if !output.status.success() && !wanted => {
            let notice = format!("skipped: the browser tests of a generated project need {lacks}");
            full::tell(&notice);
        }
        _ => must_succeed(command, &output),
    }
}

/// `cargo` inside the project, without what the outer cargo left in the environment.
pub(crate) fn cargo_command(project: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    for (key, _) in std::env::vars_os() {
        let key = key.to_string_lossy().into_owned();
        if key.starts_with("CARGO_PKG_") || key.starts_with("CARGO_MANIFEST_") || key == "LD_LIBRARY_PATH" {
            command.env_remove(key);
        }
    }
    for variable in settings(project) {
        command.env_remove(variable);
    }
    // Nothing here is built a second time with one line changed: what incremental builds keep would be three quarters of
    // the target directory.
    command.env("CARGO_INCREMENTAL", "0").env("CARGO_PROFILE_DEV_DEBUG", "0");
    command.current_dir(project).env("CARGO_TARGET_DIR", workshop().join("target")).args(arguments);
    command
}

/// The variables that configure a project. Those of whoever runs this test are meant for another one: a `DATABASE_URL`
/// would have test databases made on their server.
fn settings(project: &Path) -> Vec<String> {
    let example = std::fs::read_to_string(project.join(".env.example")).expect("every project has one");
    let of_the_machine = ["COCKROACH_URL", "HEAVY_CACHE_DIR", "PG_BIN_DIR"];
    let is_name = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    example
        .lines()
        .filter_map(|line| line.trim_start_matches(['#', ' ']).split_once('='))
        .map(|(name, _)| name)
        .filter(|name| is_name(name) && !of_the_machine.contains(name))
        .map(str::to_owned)
        .collect()
}

/// The servers that a project's tests started. Tests leave them running for the next time, which in a folder that nobody
/// works in would never come.
pub(crate) struct Servers<'a>(pub(crate) &'a Path);

impl Drop for Servers<'_> {
    fn drop(&mut self) {
        let mut folders = vec![self.0.join(".data")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() && !path.join("PG_VERSION").exists() {
                    folders.push(path);
                } else if let Ok(pid) = std::fs::read_to_string(path.join("postmaster.pid")) {
                    // SIGINT is PostgreSQL's fast shutdown.
                    let pid = pid.lines().next().unwrap_or_default();
                    Command::new("kill").args(["-INT", pid]).status().ok();
                }
            }
        }
    }
}
