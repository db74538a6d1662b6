//! cargo-nextest, which builds and runs the tests: its command line, and the results that it reports.
//!
//! Results are one JSON object a line on its standard output (`libtest-json-plus`,
//! <https://nexte.st/docs/machine-readable/libtest-json/>). What cargo and cargo-nextest write for people is on
//! its standard error, which is that of `cargo dev`.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;

use crate::cargo;
use crate::error::{Error, Result};
use crate::project::Project;

/// Exit codes, by which cargo-nextest says how a run went.
pub(super) const TESTS_FAILED: i32 = 100;
pub(super) const BUILD_FAILED: i32 = 101;

/// A test, by its package, its program and its path in that program.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Test {
    pub(super) package: String,
    /// The target's name.
    pub(super) binary: String,
    pub(super) name: String,
}

impl Test {
    /// Reads `package::binary name`; cargo-nextest writes `$` for the space.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (program, name) = text.split_once(['$', ' '])?;
        let (package, binary) = program.split_once("::")?;
        Some(Self {
            package: package.to_owned(),
            binary: binary.to_owned(),
            name: name.to_owned(),
        })
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{} {}", self.package, self.binary, self.name)
    }
}

/// A line of its standard output; only one of a test is of interest.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Message {
    Test {
        event: String,
        name: String,
        /// In seconds.
        exec_time: Option<f64>,
    },
}

/// The results of a run.
#[derive(Debug, Default)]
pub(super) struct Results {
    pub(super) passed: BTreeSet<Test>,
    pub(super) failed: BTreeSet<Test>,
    /// How long each of them took.
    pub(super) times: Vec<(Duration, Test)>,
}

/// A test that takes less is not worth a line.
const SLOW: Duration = Duration::from_secs(1);
/// So many of the slowest tests are named.
const MAX_SLOW: usize = 3;

impl Results {
    /// The slowest tests, for people; nothing if none is slow.
    pub(super) fn slowest(&self) -> Option<String> {
        let mut slow: Vec<_> = self
            .times
            .iter()
            .filter(|(time, _)| *time >= SLOW)
            .collect();
        slow.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
        slow.truncate(MAX_SLOW);
        let lines = slow
            .iter()
            .map(|(time, test)| format!("\n  {:>6.2} s  {test}", time.as_secs_f64()));
        (!slow.is_empty()).then(|| format!("slowest:{}", lines.collect::<String>()))
    }

    /// Reads a line of what cargo-nextest reports.
    pub(super) fn read(&mut self, line: &str) {
        let Ok(Message::Test {
            event,
            name,
            exec_time,
        }) = serde_json::from_str(line)
        else {
            return;
        };
        let results = match event.as_str() {
            "ok" => &mut self.passed,
            "failed" => &mut self.failed,
            _ => return,
        };
        let Some(test) = Test::parse(&name) else {
            return;
        };
        let time = exec_time.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        self.times.extend(time.map(|time| (time, test.clone())));
        results.insert(test);
    }
}

/// Refuses to go on where cargo-nextest is not installed.
pub(super) fn require(project: &Project) -> Result<()> {
    let mut command = cargo::command(project);
    let version = command.args(["nextest", "--version"]).output();
    if version.is_ok_and(|version| version.status.success()) {
        return Ok(());
    }
    let error = Error::new("`cargo dev test` runs tests by cargo-nextest, which is not installed");
    Err(error
        .hint("cargo install cargo-nextest --locked")
        .hint("`cargo test` runs them once, without it"))
}

/// The command that builds and runs the tests of these packages.
pub(super) fn run(project: &Project, packages: &[String], config: &Path) -> Command {
    let mut command = cargo::command(project);
    command.env("NEXTEST_EXPERIMENTAL_LIBTEST_JSON", "1");
    command.args(["nextest", "run", "--no-input-handler", "--no-tests=pass"]);
    command.args(["--message-format=libtest-json-plus"]);
    command.args(["--message-format-version=0.1"]);
    let config = config.display();
    command.arg(format!("--tool-config-file=cargo-dev:{config}"));
    for package in packages {
        command.args(["--package", package]);
    }
    command
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
