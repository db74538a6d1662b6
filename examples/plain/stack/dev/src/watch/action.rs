//! What a batch of changes asks for: a pure function of their paths.

use std::path::Path;

use super::Batch;

/// What has to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Action {
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

impl Action {
    pub(crate) fn after(batch: &Batch) -> Self {
        let mut action = Self::default();
        for path in batch {
            action.add(path);
        }
        action
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
