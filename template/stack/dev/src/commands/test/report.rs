//! What the runners write, understood: verdicts, and the text of failures.
//!
//! Both are read as they are written for people, and what is not known is shown as it is: a runner of another
//! version may look worse, and hides nothing.

mod libtest;
mod nextest;

use super::programs::Test;
pub(super) use libtest::Libtest;
pub(super) use nextest::Nextest;

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
