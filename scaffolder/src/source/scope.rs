//! Which part of a repository is its template.
//!
//! A manifest with `[heavy] subfolder` says that the project tree lies in that folder; then everything else in the
//! repository, large or strange as it may be, is none of the template's business and is not even read.

use std::sync::Arc;

/// The paths that belong to a template.
#[derive(Clone, Debug)]
pub struct Scope(Option<Arc<Folders>>);

#[derive(Debug)]
struct Folders {
    project: String,
    notes: String,
}

impl Scope {
    /// The file that makes a folder a template.
    pub const MANIFEST: &str = "cargo-generate.toml";

    /// The scope that a manifest declares. One that cannot be read declares none; whoever parses it says why.
    #[must_use]
    pub fn of(manifest: &[u8]) -> Self {
        let manifest = std::str::from_utf8(manifest).ok().and_then(|text| text.parse::<toml_edit::DocumentMut>().ok());
        let heavy = manifest.as_ref().and_then(|manifest| manifest.get("heavy"));
        // The same reading of the names as `Manifest::parse` has.
        let folder = |key: &str| {
            let name = heavy?.get(key)?.as_str()?.trim_matches('/');
            (!name.is_empty() && name != ".").then(|| name.to_owned())
        };
        let project = folder("subfolder");
        let notes = || folder("notes").unwrap_or_else(|| "notes".to_owned());
        Self(project.map(|project| Arc::new(Folders { project, notes: notes() })))
    }

    /// The folder that holds the project tree, if it is not the root.
    #[must_use]
    pub fn subfolder(&self) -> Option<&str> {
        self.0.as_deref().map(|folders| folders.project.as_str())
    }

    /// Whether a path is part of the template, or a folder above such a part.
    #[must_use]
    pub fn reaches(&self, path: &str) -> bool {
        let Some(folders) = &self.0 else { return true };
        let within =
            |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let above = |folder: &str| folder.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        let belongs = |folder: &str| within(folder) || above(folder);
        path == Self::MANIFEST || within("hooks") || belongs(&folders.project) || belongs(&folders.notes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_a_subfolder_the_rest_of_the_repository_is_out_of_scope() {
        let scope = Scope::of(b"[heavy]\nsubfolder = \"stacks/web\"");
        for path in ["cargo-generate.toml", "hooks", "hooks/init.rhai", "stacks", "stacks/web", "stacks/web/src/x.rs"] {
            assert!(scope.reaches(path), "{path}");
        }
        for path in ["notes", "notes/1.0.0.md"] {
            assert!(scope.reaches(path), "{path}");
        }
        for path in ["README.md", "hooks2", "notes.md", "stacks/desktop", "stacks/website", "target"] {
            assert!(!scope.reaches(path), "{path}");
        }
    }

    #[test]
    fn without_one_everything_is_in_scope() {
        assert!(Scope::of(b"").reaches("README.md"));
        assert!(Scope::of(b"[heavy]\nnotes = \"upgrades\"").reaches("README.md"));
        assert!(Scope::of(b"not [ toml").reaches("README.md"));
    }
}
