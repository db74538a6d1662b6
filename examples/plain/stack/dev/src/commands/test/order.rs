//! The order in which tests run, as priorities for cargo-nextest.
//!
//! What failed last time comes first, then the tests of the changed module, then those that are named alike,
//! then the package, then the packages that are built with it, then all others. A test has the priority of the
//! first filterset (<https://nexte.st/docs/filtersets/>) that names it; no test is left out.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::changes::Change;
use super::nextest::Test;

/// How the configuration begins: priorities are there since this version; a test that passes needs no line.
const HEAD: &str = r#"nextest-version = { required = "0.9.91" }

[profile.default]
status-level = "slow"
"#;

/// The configuration for cargo-nextest. That of the project, `.config/nextest.toml`, wins over it.
pub(super) fn config(changes: &[Change], failed: &BTreeSet<Test>) -> String {
    let mut config = HEAD.to_owned();
    let ranks = [
        (100, tests(failed)),
        (80, any(changes.iter().filter_map(of_module))),
        (60, any(changes.iter().filter_map(named_alike))),
        (40, any(changes.iter().filter_map(of_package))),
        (20, any(changes.iter().filter_map(of_dependents))),
    ];
    for (priority, filter) in ranks {
        if !filter.is_empty() {
            let _ = write!(
                config,
                "\n[[profile.default.overrides]]\npriority = {priority}\nfilter = '''{filter}'''\n"
            );
        }
    }
    config
}

/// The filterset of exactly these tests; empty if there are none.
pub(super) fn tests(tests: &BTreeSet<Test>) -> String {
    any(tests.iter().map(|test| {
        let name = pattern(&test.name);
        let (package, binary) = (&test.package, &test.binary);
        format!("(package(={package}) & binary(={binary}) & test(/^{name}$/))")
    }))
}

fn any(filters: impl Iterator<Item = String>) -> String {
    let filters: Vec<String> = filters.collect();
    filters.join(" | ")
}

/// The tests in the changed module, and in the one that mirrors it.
fn of_module(change: &Change) -> Option<String> {
    let package = of_package(change)?;
    let program = program(change);
    // The first file of a program is all of it, that of a library not: nearly every test would be first.
    if change.module.is_empty() {
        return program.map(|program| format!("({package} & {program})"));
    }
    let module = change.module.join("::");
    let program = program.map_or_else(String::new, |program| format!(" & {program}"));
    Some(format!("({package}{program} & test(/^{module}(::|$)/))"))
}

/// The tests with one of the words in their path, in the singular or the plural, and those of the module above.
fn named_alike(change: &Change) -> Option<String> {
    let package = of_package(change)?;
    let mut alike = Vec::new();
    for word in &change.words {
        let word = pattern(word.trim_end_matches('s'));
        alike.push(format!("test(/(^|::|_){word}s*(_|::|$)/)"));
    }
    if let (None, [above @ .., _]) = (&change.program, change.module.as_slice())
        && !above.is_empty()
    {
        let above = above.join("::");
        alike.push(format!(
            "({package} & kind(test) & test(/^{above}::[^:]+$/))"
        ));
    }
    let dependents = of_dependents(change)?;
    (!alike.is_empty()).then(|| format!("({dependents} & ({}))", alike.join(" | ")))
}

fn of_package(change: &Change) -> Option<String> {
    let package = change.package.as_ref()?;
    Some(format!("package(={package})"))
}

/// Includes the package itself.
fn of_dependents(change: &Change) -> Option<String> {
    let package = change.package.as_ref()?;
    Some(format!("rdeps(={package})"))
}

fn program(change: &Change) -> Option<String> {
    let program = change.program.as_ref()?;
    Some(format!("kind(test) & binary(={program})"))
}

/// A regular expression for a text, in which characters with a meaning stand for any.
fn pattern(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
    text.replace(|c: char| !is_plain(c), ".")
}
