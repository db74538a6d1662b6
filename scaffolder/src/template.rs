//! A template as a value: its manifest and the project tree, not yet rendered.

use std::sync::OnceLock;

use crate::error::{Error, Result};
pub use crate::manifest::{Choice, Conditional, Feature, HookPaths, MANIFEST, Manifest, Question, QuestionKind};
use crate::tree::{File, Tree, TreePath};

/// What `cargo generate` takes out of the root of a template before it renders.
pub const HOUSEKEEPING: [&str; 3] = [MANIFEST, ".genignore", ".cargo-ok"];

/// A template: what it asks and the files that it renders.
#[derive(Clone, Debug)]
pub struct Template {
    /// Questions, conditions, verbatim files, hooks.
    pub manifest: Manifest,
    /// The project tree, unrendered, with `hooks/`.
    pub files: Tree,
    /// What its versions say to those who come to them, by their paths below the folder of the notes. No part of its stamp.
    pub notes: Tree,
    /// The manifest as it stands in the tree; it is part of the template's stamp.
    pub manifest_file: File,
    /// The digest of its files, once somebody asked for it: the [stamp](crate::stamp). Nobody changes a template that was read.
    pub(crate) digest: OnceLock<String>,
}

impl Template {
    /// Reads the manifest of a repository's tree, and takes the files that belong to the project.
    ///
    /// These are the tree below `[heavy] subfolder`, if the manifest names one that exists, as
    /// `cargo generate URL subfolder` takes them; everything beside the manifest otherwise.
    ///
    /// # Errors
    /// No manifest, or one that is malformed: see [`Manifest::parse`]. A `.genignore`, which only
    /// cargo-generate reads.
    pub fn from_tree(root: Tree) -> Result<Self> {
        let manifest = Manifest::of(&root)?;
        let manifest_file =
            TreePath::parse(MANIFEST).ok().and_then(|path| root.get(&path)).cloned().unwrap_or_default();
        let (notes, root) = match &manifest.notes {
            Some(folder) => below_folder(folder, root),
            None => (Tree::new(), root),
        };
        let mut files = match &manifest.subfolder {
            Some(folder) if root.keys().any(|path| path.as_str() != folder && path.is_within(folder)) => {
                below_folder(folder, root).0
            }
            _ => root,
        };
        if files.keys().any(|path| path.as_str() == ".genignore") {
            return Err(Error::template("the template has a `.genignore`, which only cargo-generate reads")
                .hint(format!("list its paths under `ignore` in `{MANIFEST}`")));
        }
        files.retain(|path, _| !HOUSEKEEPING.contains(&path.as_str()));
        Ok(Self { manifest, files, notes, manifest_file, digest: OnceLock::new() })
    }
}

/// The files below a folder, by their paths in it, and all others.
fn below_folder(folder: &str, tree: Tree) -> (Tree, Tree) {
    let mut below = Tree::new();
    let mut others = Tree::new();
    for (path, file) in tree {
        // What stands below a folder of a parsed path parses again.
        match path.as_str().strip_prefix(folder).and_then(|rest| TreePath::parse(rest.strip_prefix('/')?).ok()) {
            Some(rest) => drop(below.insert(rest, file)),
            None => drop(others.insert(path, file)),
        }
    }
    (below, others)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::tree;

    #[test]
    fn the_files_are_those_below_the_subfolder() {
        let root = tree(&[
            ("cargo-generate.toml", "[heavy]\nsubfolder = 'template'"),
            ("README.md", "of the repository"),
            ("template/README.md", "of the project"),
        ]);
        let template = Template::from_tree(root).expect("a template");
        assert_eq!(template.files, tree(&[("README.md", "of the project")]));
    }

    #[test]
    fn without_a_subfolder_the_files_are_those_beside_the_manifest() {
        let root = tree(&[("cargo-generate.toml", "[heavy]\nsubfolder = 'gone'"), ("README.md", "of the project")]);
        let template = Template::from_tree(root).expect("a template");
        assert_eq!(template.files, tree(&[("README.md", "of the project")]));
    }

    #[test]
    fn notes_are_no_part_of_a_project() {
        for (manifest, folder) in [("subfolder = 'template'", "notes"), ("notes = 'docs/versions'", "docs/versions")] {
            let project = if manifest.contains("template") { "template/" } else { "" };
            let root = tree(&[
                ("cargo-generate.toml", &format!("[heavy]\n{manifest}")),
                (&format!("{folder}/1.0.0.md"), "new"),
                (&format!("{project}README.md"), "of the project"),
            ]);
            let template = Template::from_tree(root).expect("a template");
            assert_eq!(template.files, tree(&[("README.md", "of the project")]));
            assert_eq!(template.notes, tree(&[("1.0.0.md", "new")]));
        }
    }

    #[test]
    fn a_tree_without_manifest_is_no_template() {
        let error = Template::from_tree(tree(&[("README.md", "")])).expect_err("no manifest");
        assert_eq!(error.to_string(), "there is no `cargo-generate.toml` at the root of the template");
    }

    #[test]
    fn a_genignore_is_refused() {
        let root = tree(&[("cargo-generate.toml", ""), (".genignore", "x")]);
        assert!(Template::from_tree(root).expect_err("a refusal").to_string().contains("`.genignore`"));
    }
}
