//! What a changed file is to the tests: which package, which module, which words.
//!
//! Only the order of tests rests on this: those that it does not name run as well, afterwards.

use std::path::Path;

use super::workspace::{Package, Workspace};

/// Where the tests are that a changed file affects first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    /// The package; none is all of them.
    pub(super) package: Option<String>,
    /// The target, if the file belongs to a test program: `app` for `tests/app/…`.
    pub(super) program: Option<String>,
    /// The module that it is; empty if it is all of the package, or none.
    pub(super) module: Vec<String>,
    /// Words that the tests about it have in their paths.
    pub(super) words: Vec<String>,
    /// For people.
    pub(super) what: String,
}

/// What was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something that tests are built from, or read.
    Tested(Change),
    /// A test that cargo knows nothing of: its name for `cargo dev browser-test`.
    Browser(String),
    /// Nothing that a test could notice.
    Nothing,
}

/// Says what a file is; `file` is a path from the workspace's root.
pub(super) fn classify(file: &Path, workspace: &Workspace) -> Kind {
    let parts: Vec<String> = file
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        []
        | [
            "target" | ".data" | ".git" | ".github" | ".vscode" | ".devcontainer",
            ..,
        ] => {
            return Kind::Nothing;
        }
        [.., last] if is_debris(last) => return Kind::Nothing,
        ["tests", "browser", .., name] => return Kind::Browser(browser(name)),
        [.., "Cargo.toml" | "build.rs"] | ["Cargo.lock" | "rust-toolchain.toml"] => {
            return everything(file);
        }
        [".cargo" | ".config", ..] => return everything(file),
        _ => {}
    }
    let Some((package, inside)) = workspace.owner(file) else {
        return Kind::Nothing;
    };
    Kind::Tested(change(file, package, inside))
}

fn change(file: &Path, package: &Package, inside: &Path) -> Change {
    let top = inside.iter().next().unwrap_or_default().to_string_lossy();
    let stem = stem(inside);
    let mut change = Change {
        package: Some(package.name.clone()),
        what: file.display().to_string().replace('\\', "/"),
        ..Change::default()
    };
    // A folder that was renamed or is gone stands for what was in it.
    let is_rust = inside.extension().is_none_or(|extension| extension == "rs");
    let is_snapshot = inside
        .extension()
        .is_some_and(|extension| extension == "snap");
    if is_snapshot {
        // `app__pages__notes__name.snap`: the program, the modules, the name of the test.
        let mut path: Vec<String> = stem.split("__").map(str::to_owned).collect();
        path.pop();
        if !path.is_empty() {
            let program = path.remove(0);
            change.program = (top == "tests").then_some(program);
            change.module = path;
        }
    } else if is_rust && top == "tests" {
        let (program, module) = test_module(package, file, inside);
        change.program = program;
        change.module = module;
    } else if is_rust && top == "src" {
        change.module = module(inside.strip_prefix("src").unwrap_or(inside));
        change.words = words(&change.module);
    } else {
        change.words = named_after(&top, &stem);
    }
    if !change.module.is_empty() && !is_snapshot {
        change.what = change.module.join("::");
    }
    change
}

/// The test program of a file below `tests/`, and the module in it: that of the target whose first file
/// stands nearest above.
fn test_module(package: &Package, file: &Path, inside: &Path) -> (Option<String>, Vec<String>) {
    let programs = package
        .targets
        .iter()
        .filter(|target| target.kind == "test");
    let above = programs.filter_map(|target| {
        if target.source == file {
            return Some((target, Path::new("")));
        }
        let folder = target.source.parent()?;
        // `tests/app/main.rs` has the whole folder; `tests/one.rs` only itself.
        let is_folder = folder.file_name()?.to_string_lossy() != "tests";
        let below = file.strip_prefix(folder).ok().filter(|_| is_folder)?;
        Some((target, below))
    });
    match above.max_by_key(|(target, _)| target.source.components().count()) {
        Some((target, below)) => (Some(target.name.clone()), module(below)),
        // A file that several programs share.
        None => (None, module(inside.strip_prefix("tests").unwrap_or(inside))),
    }
}

/// `pages::notes` of `pages/notes.rs`, `pages` of `pages/mod.rs`, nothing of `lib.rs` and `main.rs`.
fn module(path: &Path) -> Vec<String> {
    let mut module: Vec<String> = path
        .with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    let named_by_folder = module.last().is_some_and(|last| last == "mod");
    let root = module.len() == 1 && matches!(module[0].as_str(), "lib" | "main");
    if named_by_folder || root {
        module.pop();
    }
    module
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
fn named_after(top: &str, stem: &str) -> Vec<String> {
    let plain = stem.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
    let words: &[&str] = match top {
        "schema" => &[plain, "repositories", "migrations", "database"],
        "migrations" => &["migrations", "database"],
        "static" => &["static_files"],
        "docs" | "README.md" | "AGENTS.md" => &["docs"],
        ".env" | ".env.example" => &["config", "docs"],
        _ => &[plain],
    };
    words
        .iter()
        .filter(|word| !word.is_empty())
        .map(|word| (*word).to_owned())
        .collect()
}

fn everything(file: &Path) -> Kind {
    Kind::Tested(Change {
        what: file.display().to_string().replace('\\', "/"),
        ..Change::default()
    })
}

/// What editors and tests leave beside the files.
fn is_debris(name: &str) -> bool {
    name.ends_with(".snap.new")
        || name.ends_with('~')
        || name.starts_with(".#")
        || name.ends_with(".swp")
        || name.ends_with(".tmp")
        || name == "heavy.toml"
}

fn browser(name: &str) -> String {
    let name = name.strip_suffix(".mjs").unwrap_or(name);
    name.strip_suffix(".test").unwrap_or("").to_owned()
}

fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::shop;
    use super::*;

    fn of(file: &str) -> Change {
        match classify(Path::new(file), &shop()) {
            Kind::Tested(change) => change,
            other => panic!("{file}: {other:?}"),
        }
    }

    #[test]
    fn a_file_of_code_is_a_module() {
        let notes = of("src/pages/notes.rs");
        assert_eq!(notes.package.as_deref(), Some("shop"));
        assert_eq!(notes.module, ["pages", "notes"]);
        assert_eq!(notes.words, ["notes"]);
        assert_eq!(notes.what, "pages::notes");
        assert_eq!(of("src/http/edge/mod.rs").module, ["http", "edge"]);
        assert_eq!(
            of("src/repositories/notes/by_id.rs").words,
            ["by_id", "notes"]
        );
        assert_eq!(of("src/config/tests.rs").words, ["config"]);
        assert!(of("src/lib.rs").module.is_empty());
        let hash = of("stack/live/src/hash.rs");
        assert_eq!(hash.package.as_deref(), Some("stack_live"));
        assert_eq!(hash.module, ["hash"]);
    }

    #[test]
    fn a_file_of_tests_is_a_module_of_its_program() {
        let notes = of("tests/app/pages/notes.rs");
        assert_eq!(notes.program.as_deref(), Some("app"));
        assert_eq!(notes.module, ["pages", "notes"]);
        assert!(of("tests/app/main.rs").module.is_empty());
        assert_eq!(
            of("stack/db/tests/app/rows.rs").package.as_deref(),
            Some("stack_db")
        );
    }

    #[test]
    fn a_snapshot_belongs_to_its_test() {
        let snapshot = of("tests/app/pages/snapshots/app__pages__notes__the_list.snap");
        assert_eq!(snapshot.program.as_deref(), Some("app"));
        assert_eq!(snapshot.module, ["pages", "notes"]);
    }

    #[test]
    fn what_is_no_code_has_words() {
        assert_eq!(of("schema/020_notes.sql").words[0], "notes");
        assert_eq!(of("static/app.css").words, ["static_files"]);
        assert_eq!(of("docs/tests.md").words, ["docs"]);
        assert_eq!(of(".env.example").words[0], "config");
    }

    #[test]
    fn manifests_are_everything() {
        for file in [
            "Cargo.toml",
            "Cargo.lock",
            "stack/db/Cargo.toml",
            "build.rs",
        ] {
            assert_eq!(of(file).package, None, "{file}");
        }
    }

    #[test]
    fn what_tests_leave_behind_is_nothing() {
        for file in [
            "tests/app/snapshots/app__a.snap.new",
            "target/debug/app",
            ".data/test/pid",
            "src/.#app.rs",
        ] {
            assert_eq!(classify(Path::new(file), &shop()), Kind::Nothing, "{file}");
        }
    }

    #[test]
    fn a_browser_test_is_known_by_its_name() {
        let file = Path::new("tests/browser/pages.test.mjs");
        assert_eq!(classify(file, &shop()), Kind::Browser("pages".to_owned()));
        let support = Path::new("tests/browser/support/app.mjs");
        assert_eq!(classify(support, &shop()), Kind::Browser(String::new()));
    }
}
