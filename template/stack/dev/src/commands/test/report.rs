//! What the runners write, understood: verdicts, and the text of failures.
//!
//! Both are read as they are written for people, and what is not known is shown as it is: a runner of another
//! version may look worse, and hides nothing.

use super::programs::Test;

/// What became of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    Failed,
    Ignored,
}

/// What a line says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    Verdict(Test, Verdict),
    /// To be shown.
    Text(String),
    /// The runner has come to its end, and told of every test that it ran.
    Complete,
    Nothing,
}

/// Reads what one run writes, line by line.
#[derive(Debug)]
pub(super) enum Reader {
    Nextest(Nextest),
    Libtest(Libtest),
}

impl Reader {
    pub(super) fn read(&mut self, line: &str) -> Said {
        match self {
            Self::Nextest(nextest) => nextest.read(line),
            Self::Libtest(libtest) => libtest.read(line),
        }
    }

    /// Whether the runner can be told to stop at the first failure.
    pub(super) fn stops_by_itself(&self) -> bool {
        matches!(self, Self::Nextest(_))
    }
}

/// `PASS [   0.010s] ( 1/14) shop::app pages::notes::it_works`
#[derive(Debug, Default)]
pub(super) struct Nextest {
    /// The test whose output follows.
    failed: Option<Test>,
}

impl Nextest {
    fn read(&mut self, line: &str) -> Said {
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

/// `test pages::notes::it_works ... ok`
#[derive(Debug, Default)]
pub(super) struct Libtest {
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
    pub(super) fn of(programs: Vec<(String, String)>) -> Self {
        Self {
            programs,
            ..Self::default()
        }
    }

    fn read(&mut self, line: &str) -> Said {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(program: &str, name: &str, verdict: Verdict) -> Said {
        let (program, name) = (program.to_owned(), name.to_owned());
        Said::Verdict(Test { program, name }, verdict)
    }

    fn shown(reader: &mut Reader, text: &str) -> (Vec<Said>, String) {
        let mut verdicts = Vec::new();
        let mut lines = Vec::new();
        for line in text.lines() {
            match reader.read(line) {
                Said::Text(text) => lines.push(text),
                Said::Nothing => {}
                said => verdicts.push(said),
            }
        }
        (verdicts, lines.join("\n"))
    }

    #[test]
    fn verdicts_of_nextest_are_read_and_failures_shown_without_the_frame() {
        let text = "\
    Finished `test` profile [unoptimized + debuginfo] target(s) in 0.09s
────────────
 Nextest run ID 6b24532a with nextest profile: default
    Starting 5 tests across 2 binaries (1 test skipped)
        SKIP [         ] nx pages::tests::ignored_one
        PASS [   0.010s] (1/5) nx pages::tests::ok_one
     SIGABRT [   0.005s] nx::app aborts
  stdout ───

    running 1 test

    (test aborted with signal 6: SIGABRT)

        FAIL [   0.833s] ( 3/ 5) nx::app fails
  stdout ───

    running 1 test
    out
    test fails ... FAILED

    failures:

    failures:
        fails

    test result: FAILED. 0 passed; 1 failed; 0 ignored

  stderr ───
    assertion `left == right` failed: a message

        SLOW [> 60.000s] nx sleeps
  TRY 2 PASS [   0.021s] nx::app passes
────────────
     Summary [   2.144s] 5 tests run: 3 passed, 2 failed, 1 skipped
error: test run failed";
        let (verdicts, lines) = shown(&mut Reader::Nextest(Nextest::default()), text);
        assert_eq!(
            verdicts,
            [
                verdict("nx", "pages::tests::ignored_one", Verdict::Ignored),
                verdict("nx", "pages::tests::ok_one", Verdict::Passed),
                verdict("nx::app", "aborts", Verdict::Failed),
                verdict("nx::app", "fails", Verdict::Failed),
                verdict("nx::app", "passes", Verdict::Passed),
                Said::Complete,
            ]
        );
        assert_eq!(
            lines,
            "    (test aborted with signal 6: SIGABRT)\n    out\n    \
             assertion `left == right` failed: a message\n        SLOW [> 60.000s] nx sleeps"
        );
    }

    #[test]
    fn verdicts_of_cargo_test_are_read_with_the_program_that_they_are_of() {
        let mut reader = Reader::Libtest(Libtest::of(vec![(
            "app-28f4".to_owned(),
            "nx::app".to_owned(),
        )]));
        let text = "    Finished `test` profile [unoptimized] target(s) in 0.06s
     Running tests/app.rs (target/debug/deps/app-28f4)

running 3 tests
test passes ... ok
test panics - should panic ... ok
test later ... ignored, not yet
test fails ... FAILED

failures:

---- fails stdout ----
out
test inner ... ok

assertion `left == right` failed

failures:
    fails

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 1 filtered out

error: test failed, to rerun pass `--test app`";
        let (verdicts, lines) = shown(&mut reader, text);
        assert_eq!(
            verdicts,
            [
                verdict("nx::app", "passes", Verdict::Passed),
                verdict("nx::app", "panics", Verdict::Passed),
                verdict("nx::app", "later", Verdict::Ignored),
                verdict("nx::app", "fails", Verdict::Failed),
                verdict("nx::app", "fails", Verdict::Failed),
                Said::Complete,
            ]
        );
        assert!(lines.starts_with("---- fails stdout ----\nout\ntest inner ... ok\n"));
        assert!(
            lines
                .trim_end()
                .ends_with("assertion `left == right` failed"),
            "{lines}"
        );
    }

    #[test]
    fn what_nobody_knows_is_shown() {
        for reader in [
            &mut Reader::Nextest(Nextest::default()),
            &mut Reader::Libtest(Libtest::default()),
        ] {
            let line = "error: something new";
            assert_eq!(reader.read(line), Said::Text(line.to_owned()));
        }
    }
}
