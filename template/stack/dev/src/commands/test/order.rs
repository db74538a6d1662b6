//! The order in which tests run, as priorities for cargo-nextest.
//!
//! What failed last time comes first, then the tests of the changed module, then those that are named alike,
//! then the package, then the packages that are built with it, then all others. A test has the priority of the
//! first filterset (<https://nexte.st/docs/filtersets/>) that names it; no test is left out.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::changes::Change;
use super::nextest::Test;
use super::workspace::Workspace;

/// How the configuration begins: priorities are there since this version; a test that passes needs no line, and one that
/// hangs is named while it does.
const HEAD: &str = r#"nextest-version = { required = "0.9.91" }

[profile.default]
status-level = "slow"
slow-timeout = "10s"
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

/// The tests of one program that a change affects, and those of it that failed last time: they are built and run before
/// anything else is built.
pub(super) struct First {
    /// The target.
    pub(super) program: String,
    filter: String,
}

impl First {
    /// The arguments of cargo-nextest that choose them; no other program is built.
    pub(super) fn arguments(&self) -> [String; 4] {
        let program = self.program.clone();
        [
            "--test".to_owned(),
            program,
            "-E".to_owned(),
            self.filter.clone(),
        ]
    }

    /// Those that choose all others.
    pub(super) fn others(&self) -> [String; 2] {
        ["-E".to_owned(), format!("not ({})", self.filter)]
    }
}

/// What runs first among the tests of these packages; none if no test is known to be affected, or the changes do not belong to
/// one program.
pub(super) fn first(
    changes: &[Change],
    failed: &BTreeSet<Test>,
    packages: &[String],
    workspace: &Workspace,
) -> Option<First> {
    let mut programs = BTreeSet::new();
    for change in changes {
        let package = change.package.as_ref().filter(|it| packages.contains(it))?;
        let own = change
            .program
            .clone()
            .map_or_else(|| workspace.test_programs(package), |program| vec![program]);
        programs.extend(own.into_iter().map(|program| (package.clone(), program)));
    }
    let [(package, program)] = Vec::from_iter(programs).try_into().ok()?;
    let failed = failed.iter();
    let failed = failed.filter(|test| test.package == package && test.binary == program);
    let near = changes
        .iter()
        .flat_map(|change| [of_module(change), named_alike(change)]);
    let near = any(near
        .flatten()
        .chain(Some(tests(&failed.cloned().collect())))
        .filter(|filter| !filter.is_empty()));
    let in_program = format!("package(={package}) & kind(test) & binary(={program})");
    (!near.is_empty()).then(|| First {
        program,
        filter: format!("{in_program} & ({near})"),
    })
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
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
