//! What is due after a batch of changes: a pure function of their paths.

use std::path::Path;

use super::Batch;

/// What is due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Due {
    /// The program may be another one. Cargo knows whether it is, and asking costs little: what nobody has
    /// thought of counts as part of the program.
    pub(crate) build: bool,
    /// The settings have changed.
    pub(crate) restart: bool,
    /// The database is not what the schema says any more.
    pub(crate) schema: bool,
    /// Files of `static/`, by their names.
    pub(crate) files: Vec<String>,
}

impl Due {
    /// What is due after `batch`.
    pub(crate) fn after(batch: &Batch) -> Self {
        let mut due = Self::default();
        for path in batch {
            due.add(path);
        }
        due
    }

    /// Whether there is nothing to do.
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    fn add(&mut self, path: &Path) {
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
        let ends = |ends: &str| path.extension().is_some_and(|end| end == ends);
        match &*parts {
            [".env"] => self.restart = true,
            ["static", name @ ..] => self.files.push(name.join("/")),
            ["migrations", ..] | ["schema", _, "migrations", ..] => self.build = true,
            ["schema", ..] => self.schema = true,
            // No part of the program.
            ["docs" | "tests" | "benches" | "examples", ..]
            | [".github" | ".vscode" | ".devcontainer" | ".idea", ..]
            | ["stack", _, "tests" | "benches" | "examples", ..]
            | [
                ".env.example" | ".gitattributes" | ".editorconfig" | "rustfmt.toml"
                | "clippy.toml",
            ]
            | ["Dockerfile" | ".dockerignore" | "compose.yaml" | "heavy.toml"] => {}
            _ if ends("md") => {}
            _ => self.build = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(paths: &[&str]) -> Due {
        Due::after(&paths.iter().map(Into::into).collect())
    }

    #[test]
    fn what_is_part_of_the_program_is_built() {
        for path in [
            "src/pages/home.rs",
            "src/pages",
            "stack/live/src/client.js",
            "stack/db/Cargo.toml",
            "Cargo.toml",
            "Cargo.lock",
            "build.rs",
            ".cargo/config.toml",
            "rust-toolchain.toml",
            "migrations/0009_books.sql",
            "schema/vector/migrations/0009_books.sql",
            "crates/shop/src/lib.rs",
        ] {
            let build = Due {
                build: true,
                ..Due::default()
            };
            assert_eq!(after(&[path]), build, "{path}");
        }
    }

    #[test]
    fn what_is_no_part_of_the_program_is_nothing() {
        let paths = [
            "README.md",
            "docs/README.md",
            "tests/app/main.rs",
            "stack/db/tests/transactions.rs",
            ".github/workflows/ci.yml",
            ".env.example",
            "compose.yaml",
        ];
        assert!(after(&paths).is_nothing());
        assert!(after(&[]).is_nothing());
    }

    #[test]
    fn a_batch_of_everything_makes_everything_due() {
        let due = after(&[
            ".env",
            "static/app.css",
            "schema/010_users.sql",
            "src/lib.rs",
        ]);
        let all = Due {
            build: true,
            restart: true,
            schema: true,
            files: vec!["app.css".to_owned()],
        };
        assert_eq!(due, all);
    }
}
