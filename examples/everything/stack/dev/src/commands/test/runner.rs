//! The commands that run tests: cargo-nextest, or `cargo test`.

use std::collections::BTreeMap;
use std::process::Stdio;

use super::programs::{Program, Test};
use super::report::{Libtest, Nextest, Reader};
use crate::cargo;
use crate::project::Project;

/// How many bytes of names one command may have: Windows takes 32 kB for all of it.
const BUDGET: usize = if cfg!(windows) { 16_000 } else { 60_000 };

/// How tests are run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Runner<'a> {
    pub(super) nextest: bool,
    pub(super) fail_fast: bool,
    /// The packages that are tested, in groups that are named together in every command: cargo builds what they
    /// share with the features of all of them, and would build it again for another choice.
    pub(super) groups: &'a [Vec<String>],
    pub(super) programs: &'a [Program],
}

/// One command.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) arguments: Vec<String>,
    pub(super) reader: Reader,
    pub(super) tests: Vec<Test>,
}

/// Whether cargo-nextest is installed.
pub(super) fn has_nextest(project: &Project) -> bool {
    let mut command = cargo::command(project);
    command.args(["nextest", "--version"]);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// What builds test programs and tells of them, chosen ones or all.
pub(super) fn build(packages: &[String], choices: &[Vec<String>], colors: bool) -> Vec<String> {
    let mut arguments = words(&[
        "test",
        "--no-run",
        "--message-format=json-render-diagnostics",
    ]);
    arguments.push(format!(
        "--color={}",
        if colors { "always" } else { "never" }
    ));
    arguments.extend(choose(packages));
    arguments.extend(choices.iter().flatten().cloned());
    arguments
}

/// What runs the examples in the documentation of these packages.
pub(super) fn documentation(packages: &[String], filter: Option<&str>) -> Run {
    let mut arguments = words(&["test", "--doc", "--no-fail-fast"]);
    arguments.extend(choose(packages));
    arguments.extend(words(&["--", "--color=never"]));
    arguments.extend(filter.map(str::to_owned));
    Run {
        arguments,
        reader: Reader::Libtest(Libtest::default()),
        tests: Vec::new(),
    }
}

impl Runner<'_> {
    /// The commands that run exactly these tests.
    pub(super) fn runs(&self, tests: &[Test]) -> Vec<Run> {
        let mut runs = Vec::new();
        for packages in self.groups {
            let mut by_choice: BTreeMap<Vec<String>, Vec<Test>> = BTreeMap::new();
            for test in tests {
                let program = self.program(test);
                let program = program.filter(|program| packages.contains(&program.package));
                if let Some(program) = program {
                    // All in one command, or a program at a time.
                    let choice = if self.nextest {
                        Vec::new()
                    } else {
                        program.choice()
                    };
                    by_choice.entry(choice).or_default().push(test.clone());
                }
            }
            for (choice, tests) in by_choice {
                let parts = within_budget(&tests).into_iter();
                runs.extend(parts.map(|tests| match self.nextest {
                    true => self.nextest(packages, tests),
                    false => self.cargo_test(packages, &choice, tests),
                }));
            }
        }
        runs
    }

    fn nextest(&self, packages: &[String], tests: &[Test]) -> Run {
        let mut by_program: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for test in tests {
            let names = by_program.entry(&test.program).or_default();
            names.push(literally(&test.name));
        }
        let parts = by_program.iter().map(|(program, names)| {
            let names = names.join("|");
            format!("(binary_id(={program}) & test(/^(?:{names})$/))")
        });
        let parts: Vec<String> = parts.collect();
        let mut choices: Vec<Vec<String>> = by_program
            .keys()
            .filter_map(|id| self.programs.iter().find(|program| program.id == **id))
            .map(Program::choice)
            .collect();
        choices.sort();
        choices.dedup();
        let mut arguments = words(&["nextest", "run", "--color=never", "--cargo-quiet"]);
        arguments.extend(words(&["--status-level=all", "--final-status-level=none"]));
        arguments.extend(words(&[
            "--success-output=never",
            "--failure-output=immediate",
        ]));
        arguments.extend(words(&["--show-progress=none", "--no-tests=pass"]));
        let fail_fast = ["--no-fail-fast", "--fail-fast"][usize::from(self.fail_fast)];
        arguments.push(fail_fast.to_owned());
        arguments.extend(choose(packages));
        arguments.extend(choices.into_iter().flatten());
        arguments.extend(["-E".to_owned(), parts.join(" | ")]);
        Run {
            arguments,
            reader: Reader::Nextest(Nextest::default()),
            tests: tests.to_vec(),
        }
    }

    fn cargo_test(&self, packages: &[String], choice: &[String], tests: &[Test]) -> Run {
        let mut arguments = words(&["test", "--color=never", "--no-fail-fast"]);
        arguments.extend(choose(packages));
        arguments.extend(choice.iter().cloned());
        arguments.extend(words(&["--", "--color=never", "--exact"]));
        arguments.extend(tests.iter().map(|test| test.name.clone()));
        let programs = self.programs.iter().filter_map(|program| {
            let file = program.executable.file_name()?;
            Some((file.to_string_lossy().into_owned(), program.id.clone()))
        });
        Run {
            arguments,
            reader: Reader::Libtest(Libtest::of(programs.collect())),
            tests: tests.to_vec(),
        }
    }

    fn program(&self, test: &Test) -> Option<&Program> {
        let mut programs = self.programs.iter();
        programs.find(|program| program.id == test.program)
    }
}

/// Parts of the list that each fit into a command.
fn within_budget(tests: &[Test]) -> Vec<&[Test]> {
    let mut parts = Vec::new();
    let mut begin = 0;
    let mut size = 0;
    for (at, test) in tests.iter().enumerate() {
        size += test.name.len() + 1;
        if size > BUDGET && at > begin {
            parts.push(&tests[begin..at]);
            begin = at;
            size = test.name.len() + 1;
        }
    }
    if begin < tests.len() {
        parts.push(&tests[begin..]);
    }
    parts
}

/// A name as a regular expression within slashes.
fn literally(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_punctuation() && !matches!(c, '_' | ':') {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

fn choose(packages: &[String]) -> impl Iterator<Item = String> {
    let each = packages.iter();
    each.flat_map(|package| ["--package".to_owned(), package.clone()])
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(id: &str, kind: &str, name: &str) -> Program {
        Program {
            id: id.to_owned(),
            package: "shop".to_owned(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            executable: format!("/t/{name}-1").into(),
            folder: "/shop".into(),
        }
    }

    fn test(program: &str, name: &str) -> Test {
        Test {
            program: program.to_owned(),
            name: name.to_owned(),
        }
    }

    fn runs(nextest: bool) -> Vec<String> {
        let programs = [
            program("shop", "lib", "app"),
            program("shop::app", "test", "app"),
        ];
        let runner = Runner {
            nextest,
            fail_fast: false,
            groups: &[vec!["shop".to_owned()], vec!["other".to_owned()]],
            programs: &programs,
        };
        let tests = [
            test("shop", "pages::tests::a"),
            test("shop::app", "pages::b"),
            test("shop::app", "c::case/1"),
        ];
        let runs = runner.runs(&tests).into_iter();
        runs.map(|run| run.arguments.join(" ")).collect()
    }

    #[test]
    fn nextest_gets_one_expression_for_all() {
        let runs = runs(true);
        assert_eq!(runs.len(), 1);
        assert!(
            runs[0].ends_with(
                r"--package shop --lib --test app -E (binary_id(=shop) & test(/^(?:pages::tests::a)$/)) | (binary_id(=shop::app) & test(/^(?:pages::b|c::case\/1)$/))"
            ),
            "{}",
            runs[0]
        );
    }

    #[test]
    fn cargo_test_gets_the_names_of_one_program_at_a_time() {
        let runs = runs(false);
        assert_eq!(runs.len(), 2);
        assert!(runs[0].ends_with("--package shop --lib -- --color=never --exact pages::tests::a"));
        assert!(runs[1].ends_with("--test app -- --color=never --exact pages::b c::case/1"));
    }

    #[test]
    fn more_names_than_a_command_takes_are_more_commands() {
        let tests: Vec<Test> = (0..3000)
            .map(|number| {
                test(
                    "shop",
                    &format!("a_module::with_tests::number_{number}_of_many"),
                )
            })
            .collect();
        let parts = within_budget(&tests);
        assert!(parts.len() > 1);
        assert_eq!(parts.concat(), tests);
        assert!(within_budget(&[]).is_empty());
    }
}
