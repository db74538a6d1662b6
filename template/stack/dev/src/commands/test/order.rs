//! Which tests run, and in which order.
//!
//! Every test that was asked for is in exactly one step; what a change can affect only decides in which.
//! Failed last time comes first, then the tests of the changed module, then those that are named alike,
//! then the package, then the packages that are built with it, then all others.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::Change;
use super::programs::{Program, Test};
use super::workspace::Workspace;

/// How near a test is to what was changed; the nearest come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Failed,
    Module,
    Alike,
    Package,
    Dependent,
    Other,
}

/// Tests to run in one go.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// What they are: `14 tests of pages::notes`, for people.
    pub(super) what: String,
    /// Whether the change can affect them, or they failed last time.
    pub(super) is_first: bool,
    /// How many of them, from the beginning, are worth building first: not those that are only named alike, if
    /// there are better ones.
    pub(super) nearest: usize,
    pub(super) tests: Vec<Test>,
}

/// What is known beforehand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) programs: &'a [Program],
    pub(super) changes: &'a [Change],
    pub(super) failed: &'a BTreeSet<Test>,
    /// Whether these are what is left of more.
    pub(super) left: bool,
}

/// Which packages are tested: those of `cargo test` together, as that builds them, and each by itself that was
/// changed or is built with one that was.
pub(super) fn groups(
    workspace: &Workspace,
    changed: &BTreeSet<String>,
    all: bool,
) -> Vec<Vec<String>> {
    let (default, others): (Vec<_>, Vec<_>) = workspace
        .packages
        .iter()
        .partition(|package| package.default);
    let mut groups = vec![default.iter().map(|package| package.name.clone()).collect()];
    let affected = others.iter().filter(|package| {
        let mut changed = changed.iter();
        let name = &package.name;
        all || changed.any(|change| change == name || workspace.depends(name, change))
    });
    groups.extend(affected.map(|package| vec![package.name.clone()]));
    groups
}

/// Puts the tests in order.
pub(super) fn order(tests: Vec<Test>, known: &Known<'_>) -> Vec<Step> {
    let mut ranks: BTreeMap<Rank, Vec<Test>> = BTreeMap::new();
    for test in tests {
        ranks.entry(rank(&test, known)).or_default().push(test);
    }
    let mut first = Vec::new();
    let mut words = Vec::new();
    let mut nearest = 0;
    for rank in [Rank::Failed, Rank::Module, Rank::Alike] {
        let Some(mut tests) = ranks.remove(&rank) else {
            continue;
        };
        words.push(match rank {
            Rank::Failed => format!("{} failed last time", tests.len()),
            Rank::Module => format!("{} of {}", tests.len(), names(known.changes)),
            _ => format!("{} with a name like it", tests.len()),
        });
        first.append(&mut tests);
        if rank != Rank::Alike || nearest == 0 {
            nearest = first.len();
        }
    }
    let mut steps = Vec::new();
    if !first.is_empty() {
        steps.push(Step {
            what: words.join(", "),
            is_first: true,
            nearest,
            tests: first,
        });
    }
    let rest: Vec<Test> = ranks.into_values().flatten().collect();
    if !rest.is_empty() {
        let what = match (known.left || !steps.is_empty(), rest.len()) {
            (false, 1) => "1 test".to_owned(),
            (false, count) => format!("all {count} tests"),
            (true, count) => format!("the other {count}"),
        };
        steps.push(Step {
            what,
            is_first: false,
            nearest: rest.len(),
            tests: rest,
        });
    }
    steps
}

fn rank(test: &Test, known: &Known<'_>) -> Rank {
    if known.failed.contains(test) {
        return Rank::Failed;
    }
    let mut programs = known.programs.iter();
    let Some(program) = programs.find(|program| program.id == test.program) else {
        return Rank::Other;
    };
    let ranks = known.changes.iter().map(|change| {
        let Some(package) = &change.package else {
            return Rank::Other;
        };
        let own = program.package == *package;
        let dependent = !own && known.workspace.depends(&program.package, package);
        if own && is_of(test, program, change) {
            Rank::Module
        } else if (own || dependent) && is_alike(test, program, change) {
            Rank::Alike
        } else if own {
            Rank::Package
        } else if dependent {
            Rank::Dependent
        } else {
            Rank::Other
        }
    });
    ranks.min().unwrap_or(Rank::Other)
}

/// Whether a test stands in the changed module, or in the one that mirrors it.
fn is_of(test: &Test, program: &Program, change: &Change) -> bool {
    if change.program.is_some() && !is_program(program, change) {
        return false;
    }
    let mut path = test.name.split("::");
    let inside = change.module.iter().all(|name| path.next() == Some(name));
    // The first file of a program is all of it, that of a library not: nearly every test would be first.
    inside && (!change.module.is_empty() || change.program.is_some())
}

/// Whether it has one of the words in its path, or stands in the module above.
fn is_alike(test: &Test, program: &Program, change: &Change) -> bool {
    if let Some((_, above)) = change.module.split_last() {
        let is_test_program = program.kind == "test" && change.program.is_none();
        if is_test_program && !above.is_empty() && test.module() == above.join("::") {
            return true;
        }
    }
    // Helpers that the tests of a program share.
    if is_program(program, change) && change.module.first().is_some_and(|name| name == "common") {
        return true;
    }
    let mut path = test.name.split("::");
    path.any(|segment| {
        change.words.iter().any(|word| {
            is_same(segment, word) || segment.split('_').any(|part| is_same(part, word))
        })
    })
}

/// Whether two words are one, in the plural or not.
fn is_same(one: &str, other: &str) -> bool {
    one.trim_end_matches('s') == other.trim_end_matches('s')
}

fn is_program(program: &Program, change: &Change) -> bool {
    program.kind == "test" && change.program.as_ref() == Some(&program.name)
}

/// What was changed, for people.
pub(super) fn names(changes: &[Change]) -> String {
    match changes {
        [one] => one.what.clone(),
        [one, two] => format!("{} and {}", one.what, two.what),
        [one, rest @ ..] => format!("{} and {} more", one.what, rest.len()),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::changes::{Kind, classify};
    use super::super::workspace::tests::shop;
    use super::*;

    fn program(id: &str, package: &str, kind: &str, name: &str) -> Program {
        Program {
            id: id.to_owned(),
            package: package.to_owned(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            executable: "x".into(),
            folder: "x".into(),
        }
    }

    fn programs() -> Vec<Program> {
        vec![
            program("shop", "shop", "lib", "app"),
            program("shop::app", "shop", "test", "app"),
            program("stack_live", "stack_live", "lib", "stack_live"),
        ]
    }

    const TESTS: [(&str, &str); 9] = [
        ("shop", "pages::notes::tests::a_title_is_cut"),
        ("shop", "config::tests::an_empty_setting_is_missing"),
        ("shop::app", "pages::notes::a_note_is_written"),
        ("shop::app", "pages::live_notes::a_note_comes"),
        ("shop::app", "api::notes::a_note_is_found"),
        ("shop::app", "repositories::notes_have_an_order"),
        ("shop::app", "repositories::users_are_found"),
        ("shop::app", "docs::links_lead_somewhere"),
        ("stack_live", "hash::it_is_stable"),
    ];

    fn test((program, name): (&str, &str)) -> Test {
        Test {
            program: program.to_owned(),
            name: name.to_owned(),
        }
    }

    fn steps(files: &[&str], failed: &[(&str, &str)]) -> Vec<Step> {
        let workspace = shop();
        let mut changes = Vec::new();
        for file in files {
            if let Kind::Tested(change) = classify(Path::new(file), &workspace) {
                changes.push(change);
            }
        }
        let known = Known {
            workspace: &workspace,
            programs: &programs(),
            changes: &changes,
            failed: &failed.iter().copied().map(test).collect(),
            left: false,
        };
        order(TESTS.into_iter().map(test).collect(), &known)
    }

    fn first(files: &[&str], failed: &[(&str, &str)]) -> Vec<String> {
        let steps = steps(files, failed);
        steps[0]
            .tests
            .iter()
            .map(|test| test.name.clone())
            .collect()
    }

    #[test]
    fn whatever_was_changed_every_test_is_in_exactly_one_step() {
        let mut all: Vec<Test> = TESTS.into_iter().map(test).collect();
        all.sort();
        for file in [
            "src/pages/notes.rs",
            "src/lib.rs",
            "tests/app/main.rs",
            "tests/app/common/client.rs",
            "stack/live/src/hash.rs",
            "schema/020_notes.sql",
            "Cargo.toml",
            "nothing/known.txt",
        ] {
            let steps = steps(&[file], &[TESTS[6]]);
            let mut run: Vec<Test> = steps.into_iter().flat_map(|step| step.tests).collect();
            run.sort();
            assert_eq!(run, all, "{file}");
        }
    }

    #[test]
    fn the_tests_of_a_module_come_before_those_named_alike() {
        assert_eq!(
            first(&["src/pages/notes.rs"], &[]),
            [
                "pages::notes::tests::a_title_is_cut",
                "pages::notes::a_note_is_written",
                "pages::live_notes::a_note_comes",
                "api::notes::a_note_is_found",
                "repositories::notes_have_an_order",
            ]
        );
    }

    #[test]
    fn what_is_only_named_alike_is_not_built_first_if_there_is_better() {
        assert_eq!(steps(&["src/pages/notes.rs"], &[])[0].nearest, 2);
        let models = steps(&["src/models/note.rs"], &[]);
        assert_eq!(models[0].nearest, models[0].tests.len());
    }

    #[test]
    fn what_failed_last_time_comes_first() {
        let failed = ("shop::app", "docs::links_lead_somewhere");
        assert_eq!(first(&["src/config.rs"], &[failed])[0], failed.1);
    }

    #[test]
    fn a_file_of_tests_affects_only_its_own_program() {
        let tests = first(&["tests/app/pages/notes.rs"], &[]);
        assert_eq!(tests, ["pages::notes::a_note_is_written"]);
    }

    #[test]
    fn the_tests_of_the_folder_stand_for_its_files() {
        let tests = first(&["src/repositories/sessions.rs"], &[]);
        assert_eq!(tests.len(), 2, "{tests:?}");
    }

    #[test]
    fn what_cannot_be_placed_runs_everything_at_once() {
        let steps = steps(&["Cargo.toml"], &[]);
        assert_eq!(steps.len(), 1);
        assert_eq!(steps[0].what, "all 9 tests");
    }

    #[test]
    fn the_changed_packages_and_what_is_built_with_them_are_tested() {
        let changed = BTreeSet::from(["stack_db".to_owned()]);
        let groups = |all| groups(&shop(), &changed, all);
        let tested = groups(false);
        assert_eq!(
            tested,
            [["shop"], ["stack_db"], ["stack_dev"], ["stack_migrate"]]
        );
        assert_eq!(groups(true).len(), 5);
        let nothing = super::groups(&shop(), &BTreeSet::new(), false);
        assert_eq!(nothing, [["shop"]]);
    }
}
