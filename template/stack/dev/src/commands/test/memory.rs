//! Which tests failed last time, in a file among what cargo builds, so that a new start knows it too.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::programs::Test;

/// One test a line: its program and its name.
pub(super) fn read(target: &Path) -> BTreeSet<Test> {
    let text = fs::read_to_string(path(target)).unwrap_or_default();
    text.lines().filter_map(parse).collect()
}

fn parse(line: &str) -> Option<Test> {
    let (program, name) = line.split_once('\t')?;
    Some(Test {
        program: program.to_owned(),
        name: name.to_owned(),
    })
}

/// Only the order rests on it, so it is no mistake if it cannot be written.
pub(super) fn write(target: &Path, failed: &BTreeSet<Test>) {
    let lines = failed
        .iter()
        .map(|test| format!("{}\t{}\n", test.program, test.name));
    let path = path(target);
    let _ = path.parent().map(fs::create_dir_all);
    let _ = fs::write(path, lines.collect::<String>());
}

fn path(target: &Path) -> PathBuf {
    target.join("dev-test").join("failed")
}
