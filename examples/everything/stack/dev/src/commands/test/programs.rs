//! The test programs that cargo has built, and the tests in them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::workspace::Workspace;
use crate::cargo;
use crate::error::{Error, Result};

/// A test program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Program {
    /// As cargo-nextest calls it: `shop` for the unit tests of a library, `shop::app` for `tests/app`,
    /// `shop::bin/shop` for those of a program.
    pub(super) id: String,
    pub(super) package: String,
    pub(super) kind: String,
    /// The target's name.
    pub(super) name: String,
    pub(super) executable: PathBuf,
    /// The package's folder, where cargo starts it.
    pub(super) folder: PathBuf,
}

/// A test, by its program and its path in that.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Test {
    pub(super) program: String,
    pub(super) name: String,
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.program, self.name)
    }
}

impl Test {
    /// The package that it is in.
    pub(super) fn package(&self) -> &str {
        self.program
            .split_once("::")
            .map_or(&self.program, |(package, _)| package)
    }

    /// The module that it stands in; `a::b` for `a::b::it_works`.
    pub(super) fn module(&self) -> &str {
        self.name.rsplit_once("::").map_or("", |(module, _)| module)
    }
}

impl Program {
    /// The test programs in cargo's messages, one JSON object a line.
    pub(super) fn read<'a>(
        messages: impl Iterator<Item = &'a str>,
        workspace: &Workspace,
    ) -> Vec<Self> {
        let messages = messages.filter_map(|line| serde_json::from_str::<Value>(line).ok());
        messages
            .filter_map(|message| Self::of(&message, workspace))
            .collect()
    }

    fn of(message: &Value, workspace: &Workspace) -> Option<Self> {
        if message["reason"] != "compiler-artifact" || message["profile"]["test"] != true {
            return None;
        }
        let executable = PathBuf::from(message["executable"].as_str()?);
        let folder = Path::new(message["manifest_path"].as_str()?).parent()?;
        let inside = folder.strip_prefix(&workspace.root).unwrap_or(folder);
        let mut packages = workspace.packages.iter();
        let package = &packages.find(|package| package.folder == inside)?.name;
        let name = message["target"]["name"].as_str()?.to_owned();
        let kind = message["target"]["kind"][0].as_str()?;
        let id = match kind {
            "test" => format!("{package}::{name}"),
            "bin" | "example" | "bench" => format!("{package}::{kind}/{name}"),
            _ => package.clone(),
        };
        Some(Self {
            id,
            package: package.clone(),
            kind: kind.to_owned(),
            name,
            executable,
            folder: folder.to_owned(),
        })
    }

    /// The arguments by which cargo chooses it.
    pub(super) fn choice(&self) -> Vec<String> {
        choice(&self.kind, &self.name)
    }

    /// The tests in it.
    pub(super) fn tests(&self) -> Result<Vec<Test>> {
        let mut command = Command::new(&self.executable);
        cargo::forget_this_program(&mut command);
        let output = command
            .args(["--list", "--format=terse"])
            .current_dir(&self.folder)
            .env("CARGO_MANIFEST_DIR", &self.folder)
            .stdin(Stdio::null())
            .output();
        let listed = output.ok().filter(|output| output.status.success());
        let Some(listed) = listed else {
            return Err(
                Error::new(format!("`{}` does not list its tests", self.id)).hint(format!(
                    "cargo test --package {} {} -- --list",
                    self.package,
                    self.choice().join(" ")
                )),
            );
        };
        let listed = String::from_utf8_lossy(&listed.stdout);
        let names = listed
            .lines()
            .filter_map(|line| line.strip_suffix(": test"));
        let tests = names.map(|name| Test {
            program: self.id.clone(),
            name: name.to_owned(),
        });
        Ok(tests.collect())
    }
}

/// The arguments by which cargo chooses one target.
pub(super) fn choice(kind: &str, name: &str) -> Vec<String> {
    match kind {
        "test" | "bin" | "example" | "bench" => vec![format!("--{kind}"), name.to_owned()],
        _ => vec!["--lib".to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::shop;
    use super::*;

    #[test]
    fn test_programs_are_called_as_cargo_nextest_calls_them() {
        let message = |kind: &str, name: &str, test: bool| {
            r#"{"reason":"compiler-artifact","manifest_path":"/shop/Cargo.toml","executable":"/t/1",
                "target":{"kind":["KIND"],"name":"NAME"},"profile":{"test":TEST}}"#
                .replace("KIND", kind)
                .replace("NAME", name)
                .replace("TEST", &test.to_string())
        };
        let messages = [
            message("lib", "app", true),
            message("bin", "shop", true),
            message("bin", "shop", false),
            message("test", "app", true),
            r#"{"reason":"build-finished","success":true}"#.to_owned(),
        ];
        let programs = Program::read(messages.iter().map(String::as_str), &shop());
        let ids: Vec<_> = programs.iter().map(|program| program.id.as_str()).collect();
        assert_eq!(ids, ["shop", "shop::bin/shop", "shop::app"]);
        assert_eq!(programs[2].choice(), ["--test", "app"]);
        assert_eq!(programs[0].choice(), ["--lib"]);
    }

    #[test]
    fn the_module_of_a_test_is_what_stands_before_its_name() {
        let test = |name: &str| Test {
            program: "shop".to_owned(),
            name: name.to_owned(),
        };
        assert_eq!(test("pages::notes::it_works").module(), "pages::notes");
        assert_eq!(test("it_works").module(), "");
    }
}
