//! Which tests failed last time, in a file among what cargo builds, so that the next start knows it too.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::nextest::{Results, Test};
use super::workspace::Workspace;

/// The tests that failed last time.
#[derive(Debug)]
pub(super) struct History {
    file: PathBuf,
    failed: BTreeSet<Test>,
}

impl History {
    /// Reads them from `folder`; one test a line.
    pub(super) fn read(folder: &Path) -> Self {
        let file = folder.join("failed");
        let text = fs::read_to_string(&file).unwrap_or_default();
        let failed = text.lines().filter_map(Test::parse).collect();
        Self { file, failed }
    }

    pub(super) fn failed(&self) -> &BTreeSet<Test> {
        &self.failed
    }

    /// Forgets tests of programs that are not there any more, which cargo-nextest would refuse to look for.
    pub(super) fn forget_missing(&mut self, workspace: &Workspace) {
        self.failed
            .retain(|test| workspace.has_target(&test.package, &test.binary));
    }

    /// Keeps what has failed now. If all tests of some packages have run, those of them that have not failed are
    /// forgotten, also if they are not there any more.
    pub(super) fn record(&mut self, results: &Results, complete: &[String]) {
        self.failed
            .retain(|test| !results.passed.contains(test) && !complete.contains(&test.package));
        self.failed.extend(results.failed.iter().cloned());
        // Only the order rests on it, so it is no mistake if it cannot be written.
        let lines = self.failed.iter().map(|test| format!("{test}\n"));
        let _ = self.file.parent().map(fs::create_dir_all);
        let _ = fs::write(&self.file, lines.collect::<String>());
    }
}
