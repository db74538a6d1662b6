//! What a changed file is to the tests: which package, which module, which words.
//!
//! Only the order of tests rests on this: those that it does not name run as well, afterwards.

use std::path::Path;

use super::workspace::Workspace;

/// Where the tests are that a changed file affects first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// The package; none is all of them.
    pub(super) package: Option<String>,
    /// The target, if the file belongs to a test program: `app` for `tests/app/…`.
    pub(super) program: Option<String>,
    /// The module that it is; empty if it is all of the package, or none.
    pub(super) module: Vec<String>,
    /// Words that the tests about it have in their paths.
    pub(super) words: Vec<String>,
    /// The module or the file, for people.
    pub(super) label: String,
}

impl Change {
    /// What a file is; none, if no test can notice it. `file` is a path from the workspace's root.
    pub(super) fn of(file: &Path, workspace: &Workspace) -> Option<Self> {
        let parts: Vec<_> = file.iter().map(|part| part.to_string_lossy()).collect();
        let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
        let label = parts.join("/");
        match parts.as_slice() {
            [] | [".github" | ".vscode" | ".devcontainer", ..] | ["heavy.toml"] => return None,
            // Written by tests for their author to accept.
            [.., name] if name.ends_with(".snap.new") => return None,
            [.., "Cargo.toml" | "build.rs"]
            | ["Cargo.lock" | "rust-toolchain.toml"]
            | [".cargo" | ".config", ..] => {
                let label = label.clone();
                return Some(Self {
                    label,
                    ..Self::default()
                });
            }
            _ => {}
        }
        let (package, inside) = workspace.owner(file)?;
        let mut change = Self {
            package: Some(package.name.to_string()),
            label,
            ..Self::default()
        };
        change.place(inside, &package.name, workspace);
        Some(change)
    }

    /// Finds the module and the words; `inside` is a path from the package's folder.
    fn place(&mut self, inside: &Path, package: &str, workspace: &Workspace) {
        // A folder that was renamed or is gone stands for what was in it.
        let is_rust = inside.extension().is_none_or(|extension| extension == "rs");
        let plain = inside.with_extension("");
        let parts: Vec<_> = plain.iter().map(|part| part.to_string_lossy()).collect();
        let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
        match parts.as_slice() {
            // Not a file that several programs share.
            ["tests", program, path @ ..] if is_rust && workspace.has_target(package, program) => {
                self.program = Some((*program).to_owned());
                // Helpers are for the whole program.
                let is_helper = path.first() == Some(&"common");
                self.module = module(if is_helper { &[] } else { path });
            }
            ["src", path @ ..] if is_rust => {
                self.module = module(path);
                self.words = words(&self.module);
            }
            // `app__pages__notes__name`: the program, the modules, the name of the test.
            [top, .., "snapshots", name] => {
                let path: Vec<&str> = name.split("__").collect();
                if let [program, path @ .., _] = path.as_slice() {
                    self.program = (*top == "tests").then(|| (*program).to_owned());
                    self.module = module(path);
                }
                return;
            }
            [top, ..] => self.words = words_of_other_files(top, parts[parts.len() - 1]),
            _ => {}
        }
        if !self.module.is_empty() {
            self.label = self.module.join("::");
        }
    }
}

/// `pages::notes` of `pages/notes`, `pages` of `pages/mod`, nothing of `lib` and `main`.
fn module(path: &[&str]) -> Vec<String> {
    let path = match path {
        ["lib" | "main"] => &[],
        [folder @ .., "mod"] => folder,
        path => path,
    };
    path.iter().map(|part| (*part).to_owned()).collect()
}

/// The words by which tests elsewhere speak of a module: `notes` of `repositories::notes::by_id`.
fn words(module: &[String]) -> Vec<String> {
    let own = module.iter().rev().filter(|name| *name != "tests");
    let mut words: Vec<String> = own.take(2).cloned().collect();
    // The layer says nothing: `pages`, `http`, `services` have many.
    if words.len() == 2 && module.first() == words.last() {
        words.pop();
    }
    words
}

/// The words for what is no code.
fn words_of_other_files(top: &str, stem: &str) -> Vec<String> {
    let plain = stem.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
    let words: &[&str] = match top {
        "schema" => &[plain, "repositories", "migrations", "database"],
        "migrations" => &["migrations", "database"],
        "static" => &["static_files"],
        "docs" | "README.md" | "AGENTS.md" => &["docs"],
        ".env" | ".env.example" => &["config", "docs"],
        _ => &[plain],
    };
    let words = words.iter().filter(|word| !word.is_empty());
    words.map(|word| (*word).to_owned()).collect()
}

/// What was changed, for people.
pub(super) fn labels(changes: &[Change]) -> String {
    match changes {
        [one] => one.label.clone(),
        [one, two] => format!("{} and {}", one.label, two.label),
        [one, rest @ ..] => format!("{} and {} more", one.label, rest.len()),
        [] => String::new(),
    }
}
