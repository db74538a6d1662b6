//! `cargo dev profile test`

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use super::Flamegraph;
use super::flamegraph::judge;
use crate::cargo::Program;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::ui;

/// Runs the tests whose names have `filter` in them, and draws what each program of tests did.
pub(super) fn run(
    project: &Project,
    tool: &Flamegraph,
    filter: Option<&str>,
    out: &Path,
) -> Result<ExitCode> {
    let programs = super::build(project, &["test", "--no-run", "--lib", "--tests"])?;
    let mut pictures = Vec::new();
    for program in &programs {
        let mut tests = super::program(project, &program.path)?;
        tests.args(filter);
        let count = count(&mut tests)?;
        if count == 0 {
            continue;
        }
        ui::say(&format!("watching {count} tests of `{}`", program.name));
        let picture = super::place(&out.join(file_name(program, &programs)))?;
        let mut tests = super::program(project, &program.path)?;
        tests.arg("--quiet").args(filter);
        let status = tool
            .start(project, &tests, &picture)?
            .status()
            .map_err(|error| Error::new(format!("`flamegraph` could not be started: {error}")))?;
        judge(status, &picture, "cargo test")?;
        pictures.push(picture);
    }
    if pictures.is_empty() {
        let filter = filter.unwrap_or_default();
        return Err(
            Error::new(format!("no test has `{filter}` in its name")).hint("cargo test -- --list")
        );
    }
    for picture in pictures {
        ui::result(&picture.display().to_string());
    }
    Ok(ExitCode::SUCCESS)
}

/// How many tests a program would run.
fn count(tests: &mut Command) -> Result<usize> {
    let output = tests
        .args(["--list", "--format=terse"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Error::new(format!("the tests could not be started: {error}")))?;
    let listed = String::from_utf8_lossy(&output.stdout);
    Ok(listed
        .lines()
        .filter(|line| line.ends_with(": test"))
        .count())
}

/// The picture's file: the library's tests and those in `tests/app` are two programs of one name.
fn file_name(program: &Program, all: &[Program]) -> String {
    let same = all.iter().filter(|other| other.name == program.name);
    let earlier = same.take_while(|other| *other != program).count();
    match earlier {
        0 => format!("test-{}.svg", program.name),
        earlier => format!("test-{}-{}.svg", program.name, earlier + 1),
    }
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    #[test]
    fn each_program_has_a_picture_of_its_own() {
        let program = |name: &str, path: &str| Program {
            name: name.to_owned(),
            path: path.into(),
        };
        let all = [
            program("app", "a"),
            program("shop", "b"),
            program("app", "c"),
        ];
        let names: Vec<_> = all.iter().map(|one| file_name(one, &all)).collect();
        assert_eq!(names, ["test-app.svg", "test-shop.svg", "test-app-2.svg"]);
    }
}
