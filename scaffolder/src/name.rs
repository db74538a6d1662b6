//! The name of a project, parsed once so that a bad one cannot exist.
//!
//! The same rules, in the same order and words, stand in `template/hooks/name.rhai`, where
//! `cargo generate` runs them; a test holds the two together.

use std::fmt::{self, Display};

use heck::{ToKebabCase, ToSnakeCase, ToTitleCase};

use crate::error::Error;

/// Strict and reserved keywords of every edition up to 2024, after the Rust Reference, in lower case.
pub(crate) const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Crates that the compiler brings along; a package of that name shadows or breaks them.
const STANDARD_CRATES: [&str; 5] = ["alloc", "core", "proc_macro", "std", "test"];

/// Folders that cargo makes in `target/`, and so refuses as names of binaries.
const CARGO_FOLDERS: [&str; 4] = ["build", "deps", "examples", "incremental"];

/// Programs of Rust's toolchain. On Windows a program that starts another by its name finds the one in its own folder first, so
/// that the project's machinery would start the application instead of cargo.
const TOOLCHAIN: [&str; 4] = ["cargo", "rustc", "rustdoc", "rustup"];

/// The most characters a crate name may have: a PostgreSQL identifier holds 63 bytes, and the test databases
/// of a project add a suffix to its name.
pub const LONGEST: usize = 40;

/// The name of a project.
///
/// `my-app`, `my_app` and `MyApp` are the same crate `my_app`, titled "My App".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProjectName {
    typed: String,
    crate_name: String,
}

impl ProjectName {
    /// Parses what a person typed.
    ///
    /// # Errors
    /// One sentence that says which rule the name breaks: [`refusal`].
    pub fn parse(typed: &str) -> Result<Self, Error> {
        match refusal(typed) {
            Some(sentence) => Err(Error::user(sentence).hint("choose another name, for example `my-app`")),
            None => Ok(Self { typed: typed.to_owned(), crate_name: typed.to_snake_case() }),
        }
    }

    /// The package's name and the binary's: snake case, `my_app`.
    #[must_use]
    pub fn crate_name(&self) -> &str {
        &self.crate_name
    }

    /// The title that the name suggests: `My App`.
    #[must_use]
    pub fn default_title(&self) -> String {
        self.crate_name.to_title_case()
    }

    /// The name as it was typed.
    #[must_use]
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// The name as cargo-generate spells it (`project-name`) and names the folder: as typed where that is snake
    /// case, kebab case otherwise.
    #[must_use]
    pub fn project_name(&self) -> String {
        if self.typed == self.crate_name { self.typed.clone() } else { self.typed.to_kebab_case() }
    }
}

impl Display for ProjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.typed)
    }
}

/// Why a name cannot be a project's, as one sentence without a full stop; `None` if it can.
#[must_use]
pub fn refusal(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("the name is empty".to_owned());
    }
    // A control character must not reach the terminal, not even inside an error.
    if name.chars().any(|c| u32::from(c) < 32 || (127..160).contains(&u32::from(c))) {
        return Some("the name has a control character in it".to_owned());
    }
    for c in name.chars() {
        if c == ' ' {
            return Some(format!("the name `{name}` has a space in it; write `-` instead"));
        }
        if !c.is_ascii_alphanumeric() && c != '-' && c != '_' {
            return Some(format!(
                "the name `{name}` has the character `{c}` in it; only the letters a to z, digits, `-` and `_` can stand there"
            ));
        }
    }
    if !name.contains(|c: char| c.is_ascii_alphabetic()) {
        return Some(format!("the name `{name}` has no letter in it"));
    }
    let crate_name = name.to_snake_case();
    if crate_name.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(format!("the name `{name}` starts with a digit; the name of a crate starts with a letter"));
    }
    if KEYWORDS.contains(&crate_name.as_str()) {
        return Some(format!("the name `{name}` is a keyword of Rust"));
    }
    if STANDARD_CRATES.contains(&crate_name.as_str()) {
        return Some(format!("the name `{name}` belongs to a crate of the standard library"));
    }
    if CARGO_FOLDERS.contains(&crate_name.as_str()) {
        return Some(format!("the name `{name}` is one that cargo keeps for its own folders"));
    }
    if TOOLCHAIN.contains(&crate_name.as_str()) {
        return Some(format!("the name `{name}` belongs to a program of Rust's toolchain"));
    }
    if is_device(&crate_name) {
        return Some(format!("the name `{name}` is one that Windows keeps for a device"));
    }
    if crate_name.len() > LONGEST {
        let length = crate_name.len();
        return Some(format!(
            "the name `{name}` is too long: `{crate_name}` has {length} characters, {LONGEST} are allowed"
        ));
    }
    None
}

/// After Microsoft's "Naming Files, Paths, and Namespaces".
fn is_device(crate_name: &str) -> bool {
    let port = crate_name.strip_prefix("com").or_else(|| crate_name.strip_prefix("lpt"));
    ["con", "prn", "aux", "nul"].contains(&crate_name)
        || port.is_some_and(|number| number.len() == 1 && number.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_spellings_are_one_crate() {
        for typed in ["MyApp", "my_app", "my-app"] {
            let name = ProjectName::parse(typed).expect("a good name");
            assert_eq!(name.crate_name(), "my_app");
            assert_eq!(name.default_title(), "My App");
            assert_eq!(name.typed(), typed);
        }
    }

    #[test]
    fn the_folder_is_named_as_cargo_generate_names_it() {
        let folder = |typed| ProjectName::parse(typed).expect("a good name").project_name();
        assert_eq!(folder("my_app"), "my_app");
        assert_eq!(folder("my-app"), "my-app");
        assert_eq!(folder("MyApp"), "my-app");
    }

    #[test]
    fn a_bad_name_is_refused_in_a_sentence() {
        let sentences: Vec<String> = [
            "",
            "a\tb",
            "my app",
            "größe",
            "a/b",
            "a.b",
            "---",
            "42",
            "9lives",
            "_9lives",
            "match",
            "Gen",
            "std",
            "proc-macro",
            "deps",
            "Cargo",
            "con",
            "COM1",
            "a_name_that_is_much_too_long_to_be_a_database",
        ]
        .iter()
        .map(|name| refusal(name).unwrap_or_else(|| format!("{name} is fine")))
        .collect();
        insta::assert_snapshot!(sentences.join("\n"), @"
        the name is empty
        the name has a control character in it
        the name `my app` has a space in it; write `-` instead
        the name `größe` has the character `ö` in it; only the letters a to z, digits, `-` and `_` can stand there
        the name `a/b` has the character `/` in it; only the letters a to z, digits, `-` and `_` can stand there
        the name `a.b` has the character `.` in it; only the letters a to z, digits, `-` and `_` can stand there
        the name `---` has no letter in it
        the name `42` has no letter in it
        the name `9lives` starts with a digit; the name of a crate starts with a letter
        the name `_9lives` starts with a digit; the name of a crate starts with a letter
        the name `match` is a keyword of Rust
        the name `Gen` is a keyword of Rust
        the name `std` belongs to a crate of the standard library
        the name `proc-macro` belongs to a crate of the standard library
        the name `deps` is one that cargo keeps for its own folders
        the name `Cargo` belongs to a program of Rust's toolchain
        the name `con` is one that Windows keeps for a device
        the name `COM1` is one that Windows keeps for a device
        the name `a_name_that_is_much_too_long_to_be_a_database` is too long: `a_name_that_is_much_too_long_to_be_a_database` has 45 characters, 40 are allowed
        ");
    }

    #[test]
    fn app_is_a_name_like_any_other() {
        assert_eq!(refusal("app"), None);
    }
}
