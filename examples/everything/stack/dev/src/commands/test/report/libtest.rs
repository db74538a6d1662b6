//! The lines of a test program, as `cargo test` passes them on, and of cargo around them.

use super::{Said, Verdict};
use crate::commands::test::programs::Test;

/// `test pages::notes::it_works ... ok`
#[derive(Debug, Default)]
pub(in super::super) struct Libtest {
    /// The program that writes now.
    program: String,
    /// Programs by the last part of their path.
    programs: Vec<(String, String)>,
    /// Whether the output of failed tests is being written.
    inside: bool,
    /// Whether their names are, at the end.
    names: bool,
}

impl Libtest {
    /// For programs, each the last part of its path and what it is called.
    pub(in super::super) fn of(programs: Vec<(String, String)>) -> Self {
        Self {
            programs,
            ..Self::default()
        }
    }

    pub(super) fn read(&mut self, line: &str) -> Said {
        let text = line.trim();
        if let Some(program) = self.running(text) {
            self.program = program;
            return Said::Nothing;
        }
        if text.starts_with("test result: ") {
            (self.inside, self.names) = (false, false);
            return Said::Complete;
        }
        if line.starts_with("---- ") && line.ends_with(" ----") {
            (self.inside, self.names) = (true, false);
            return Said::Text(line.to_owned());
        }
        if line == "failures:" {
            (self.inside, self.names) = (false, true);
            return Said::Nothing;
        }
        // Told a second time, for what a test has written may have torn the line of its verdict.
        if let Some(name) = line.strip_prefix("    ").filter(|_| self.names) {
            let (program, name) = (self.program.clone(), name.to_owned());
            return Said::Verdict(Test { program, name }, Verdict::Failed);
        }
        if self.inside {
            return Said::Text(line.to_owned());
        }
        if let Some((name, verdict)) = libtest_status(line) {
            let program = self.program.clone();
            return Said::Verdict(Test { program, name }, verdict);
        }
        if text.is_empty() || line.starts_with("    ") || is_cargos_own(text) {
            return Said::Nothing;
        }
        Said::Text(line.to_owned())
    }

    /// `Running tests/app/main.rs (target/debug/deps/app-28f4c33438a78e56)`
    fn running(&self, text: &str) -> Option<String> {
        if let Some(package) = text.strip_prefix("Doc-tests ") {
            return Some(format!("{package} (documentation)"));
        }
        let path = text.strip_prefix("Running ")?;
        let path = path.strip_suffix(')')?.rsplit_once('(')?.1;
        let file = path.rsplit(['/', '\\']).next()?;
        let mut programs = self.programs.iter();
        programs
            .find(|(name, _)| name == file)
            .map(|(_, id)| id.clone())
    }
}

fn libtest_status(line: &str) -> Option<(String, Verdict)> {
    let (name, status) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    let verdict = match status.trim() {
        "ok" => Verdict::Passed,
        "FAILED" => Verdict::Failed,
        ignored if ignored.starts_with("ignored") => Verdict::Ignored,
        _ => return None,
    };
    let name = name.strip_suffix(" - should panic").unwrap_or(name);
    Some((name.to_owned(), verdict))
}

fn is_cargos_own(text: &str) -> bool {
    const BEGINNINGS: [&str; 7] = [
        "running ",
        "Finished ",
        "Compiling ",
        "Blocking waiting ",
        "error: test failed, to rerun",
        "error: 1 target failed",
        "error: doctest failed",
    ];
    BEGINNINGS
        .iter()
        .any(|beginning| text.starts_with(beginning))
}
