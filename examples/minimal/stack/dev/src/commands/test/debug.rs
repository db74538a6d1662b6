//! One test in a debugger: the program that has it, and what to start it with.
//!
//! It is built with variables in its debug information, which `[profile.dev]` leaves out, beside what is built
//! otherwise: cargo keeps both. The test finds its database by itself.

use std::process::{Command, ExitCode, Stdio};

use serde_json::{Value, json};

use super::programs::{Program, Test};
use super::runner;
use super::workspace::Workspace;
use crate::cargo;
use crate::error::{Error, Result};
use crate::on_path::on_path;
use crate::project::Project;
use crate::ui;

/// The setting of cargo that puts variables into the debug information.
const VARIABLES: (&str, &str) = ("CARGO_PROFILE_DEV_DEBUG", "full");

/// Debuggers in a terminal: the program that has to be there, the one of Rust's that knows its types, and what
/// stands before the program.
const DEBUGGERS: [(&str, &str, &str); 2] =
    [("lldb", "rust-lldb", "--"), ("gdb", "rust-gdb", "--args")];

/// Starts a debugger in this terminal.
pub(super) fn run(project: &Project, name: &str) -> Result<ExitCode> {
    let (program, test) = find(project, name)?;
    let there = |(name, ..): &(&str, &str, &str)| on_path(name).is_some();
    let Some((_, debugger, before)) = DEBUGGERS.into_iter().find(there) else {
        return Err(Error::new("there is no debugger: neither `lldb` nor `gdb`")
            .hint(format!("cargo dev test --print-debug {}", test.name)));
    };
    ui::say(&format!("{debugger}: {test}; `run` starts it"));
    let mut command = Command::new(debugger);
    cargo::forget_this_program(&mut command);
    let status = command
        .arg(before)
        .arg(&program.executable)
        .args(arguments(&test))
        .current_dir(&program.folder)
        .env("CARGO_MANIFEST_DIR", &program.folder)
        .status()
        .map_err(|error| Error::new(format!("`{debugger}` could not be started: {error}")))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Prints what an editor has to start, in the form of its `launch.json`.
pub(super) fn print(project: &Project, name: &str) -> Result<ExitCode> {
    let (program, test) = find(project, name)?;
    ui::result(&format!("{:#}", configuration(&program, &test)));
    Ok(ExitCode::SUCCESS)
}

fn configuration(program: &Program, test: &Test) -> Value {
    json!({
        "type": "lldb",
        "request": "launch",
        "name": format!("Debug {}", test.name),
        "program": program.executable,
        "args": arguments(test),
        "cwd": program.folder,
        "env": json!({"CARGO_MANIFEST_DIR": program.folder}),
    })
}

fn arguments(test: &Test) -> [&str; 4] {
    [&test.name, "--exact", "--nocapture", "--test-threads=1"]
}

/// Builds, and finds the one test that is meant.
fn find(project: &Project, name: &str) -> Result<(Program, Test)> {
    let workspace = Workspace::read(project)?;
    let packages = workspace.packages.iter().filter(|package| package.default);
    let packages: Vec<String> = packages.map(|package| package.name.clone()).collect();
    let mut command = cargo::command(project);
    let output = command
        .args(runner::build(&packages, &[], ui::has_colors()))
        .env(VARIABLES.0, VARIABLES.1)
        .stderr(Stdio::inherit())
        .output()
        .map_err(cargo::not_started)?;
    if !output.status.success() {
        return Err(super::not_built());
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let programs = Program::read(messages.lines(), &workspace);
    let mut tests = Vec::new();
    for program in &programs {
        tests.extend(program.tests()?);
    }
    let test = only(tests, name)?;
    let mut programs = programs.into_iter();
    let program = programs.find(|program| program.id == test.program);
    let program = program.ok_or_else(|| super::no_tests(Some(name)))?;
    Ok((program, test))
}

/// The test of this name, or the only one that has it as a part of its name.
fn only(tests: Vec<Test>, name: &str) -> Result<Test> {
    let mut meant: Vec<Test> = tests
        .iter()
        .filter(|test| test.name == name)
        .cloned()
        .collect();
    if meant.is_empty() {
        meant = tests
            .into_iter()
            .filter(|test| test.name.contains(name))
            .collect();
    }
    match (meant.pop(), meant.as_slice()) {
        (None, _) => Err(super::no_tests(Some(name))),
        (Some(test), []) => Ok(test),
        (Some(last), others) => {
            let names = others.iter().chain([&last]).take(5);
            let names: Vec<String> = names.map(|test| format!("`{}`", test.name)).collect();
            let error = Error::new(format!(
                "{} tests have `{name}` in their names",
                others.len() + 1
            ));
            Err(error.hint(format!("take one: {}", names.join(", "))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tests() -> Vec<Test> {
        let names = ["notes::a_note", "notes::a_note_is_long", "users::a_user"];
        let tests = names.map(|name| Test {
            program: "shop::app".to_owned(),
            name: name.to_owned(),
        });
        tests.to_vec()
    }

    #[test]
    fn a_test_is_meant_by_its_name_or_by_a_part_that_only_it_has() {
        assert_eq!(only(tests(), "a_user").unwrap().name, "users::a_user");
        assert_eq!(
            only(tests(), "notes::a_note").unwrap().name,
            "notes::a_note"
        );
        let error = only(tests(), "a_note").unwrap_err().to_string();
        assert!(
            error.starts_with("2 tests have `a_note` in their names\nhint: "),
            "{error}"
        );
        assert!(only(tests(), "nothing").is_err());
    }

    #[test]
    fn an_editor_is_told_the_program_and_the_one_test() {
        let program = Program {
            id: "shop::app".to_owned(),
            package: "shop".to_owned(),
            kind: "test".to_owned(),
            name: "app".to_owned(),
            executable: "/t/app-1".into(),
            folder: "/shop".into(),
        };
        let configuration = configuration(&program, &tests()[0]);
        assert_eq!(configuration["program"], "/t/app-1");
        assert_eq!(configuration["args"][0], "notes::a_note");
        assert_eq!(configuration["cwd"], "/shop");
    }
}
