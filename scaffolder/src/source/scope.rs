//! Which part of a repository is its template.
//!
//! A manifest with `[heavy] subfolder` says that the project tree lies in that folder; then everything else in the
//! repository, large or strange as it may be, is none of the template's business and is not even read.

use std::sync::Arc;

/// The paths that belong to a template.
#[derive(Clone, Debug)]
pub struct Scope(Option<Arc<str>>);

impl Scope {
    /// The file that makes a folder a template.
    pub const MANIFEST: &str = "cargo-generate.toml";

    /// The scope that a manifest declares. One that cannot be read declares none; whoever parses it says why.
    #[must_use]
    pub fn of(manifest: &[u8]) -> Self {
        let subfolder = std::str::from_utf8(manifest)
            .ok()
            .and_then(|text| text.parse::<toml_edit::DocumentMut>().ok())
            .and_then(|manifest| manifest.get("heavy")?.get("subfolder")?.as_str().map(str::to_owned));
        // The same reading of the name as `Manifest::parse` has.
        let subfolder = subfolder.map(|folder| folder.trim_matches('/').to_owned());
        Self(subfolder.filter(|folder| !folder.is_empty() && folder != ".").map(Arc::from))
    }

    /// The folder that holds the project tree, if it is not the root.
    #[must_use]
    pub fn subfolder(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Whether a path is part of the template, or a folder above such a part.
    #[must_use]
    pub fn reaches(&self, path: &str) -> bool {
        let Some(subfolder) = &self.0 else { return true };
        let within =
            |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let above = subfolder.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        path == Self::MANIFEST || within("hooks") || within(subfolder) || above
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
        for path in ["README.md", "hooks2", "stacks/desktop", "stacks/website", "target"] {
            assert!(!scope.reaches(path), "{path}");
        }
    }

    #[test]
    fn without_one_everything_is_in_scope() {
        assert!(Scope::of(b"").reaches("README.md"));
        assert!(Scope::of(b"not [ toml").reaches("README.md"));
    }
}
