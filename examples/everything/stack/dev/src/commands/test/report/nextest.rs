//! The lines of cargo-nextest.

use super::{Said, Verdict};
use crate::commands::test::programs::Test;

/// `PASS [   0.010s] ( 1/14) shop::app pages::notes::it_works`
#[derive(Debug, Default)]
pub(in super::super) struct Nextest {
    /// The test whose output follows.
    failed: Option<Test>,
}

impl Nextest {
    pub(super) fn read(&mut self, line: &str) -> Said {
        if let Some((test, verdict)) = status(line) {
            self.failed = (verdict == Verdict::Failed).then(|| test.clone());
            return Said::Verdict(test, verdict);
        }
        let text = line.trim();
        if line.starts_with("────") {
            self.failed = None;
            return Said::Nothing;
        }
        if text.starts_with("Summary [") {
            return Said::Complete;
        }
        if text.starts_with("Cancelling due to ") {
            return Said::Nothing;
        }
        match &self.failed {
            Some(test) if is_frame(text, &test.name) => Said::Nothing,
            Some(_) => Said::Text(line.to_owned()),
            None if text.is_empty() || is_nextests_own(text) => Said::Nothing,
            None => Said::Text(line.to_owned()),
        }
    }
}

fn status(line: &str) -> Option<(Test, Verdict)> {
    let (word, rest) = line.split_once(" [")?;
    // `TRY 2 PASS`: what counts is the last.
    let word = word.trim().split(' ').next_back()?;
    let (time, rest) = rest.split_once("] ")?;
    let is_time = |c: char| c.is_ascii_digit() || matches!(c, '.' | 's' | ' ');
    if !time.chars().all(is_time) {
        return None;
    }
    let verdict = match word {
        "PASS" | "LEAK" => Verdict::Passed,
        "SKIP" => Verdict::Ignored,
        "FAIL" | "ABORT" | "TIMEOUT" | "LEAK-FAIL" | "XFAIL" => Verdict::Failed,
        signal if signal.starts_with("SIG") => Verdict::Failed,
        _ => return None,
    };
    // A counter, if there is one.
    let rest = match rest.strip_prefix('(') {
        Some(counted) => counted.split_once(')')?.1,
        None => rest,
    };
    let (program, name) = rest.trim().split_once(' ')?;
    let test = Test {
        program: program.to_owned(),
        name: name.trim().to_owned(),
    };
    Some((test, verdict))
}

/// What the test program itself writes around the output of its one test.
fn is_frame(text: &str, name: &str) -> bool {
    text.is_empty()
        || text == "running 1 test"
        || text == "failures:"
        || text == name
        || text.starts_with("test result: ")
        || (text.starts_with("test ") && text.ends_with("... FAILED"))
        || matches!(text, "stdout ───" | "stderr ───")
}

fn is_nextests_own(text: &str) -> bool {
    const BEGINNINGS: [&str; 6] = [
        "Nextest run ID",
        "Starting ",
        "Finished ",
        "Compiling ",
        "Blocking waiting ",
        "error: test run failed",
    ];
    BEGINNINGS
        .iter()
        .any(|beginning| text.starts_with(beginning))
}
