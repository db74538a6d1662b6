//! Which module of which crate a file is.

use std::collections::BTreeMap;

use super::rules::Segments;
use crate::tree::{Tree, TreePath};

/// The packages of a project.
pub(super) struct Packages<'a> {
    tree: &'a Tree,
    /// The name of the library, by the folder of the package; the root's is empty.
    names: BTreeMap<&'a str, String>,
}

impl<'a> Packages<'a> {
    pub(super) fn of(tree: &'a Tree) -> Self {
        let manifests = tree.iter().filter(|(path, _)| path.file_name() == "Cargo.toml");
        let names = manifests.filter_map(|(path, file)| {
            let manifest: toml::Table = std::str::from_utf8(&file.bytes).ok()?.parse().ok()?;
            let name = |table: &str| manifest.get(table)?.get("name")?.as_str();
            let name = name("lib").or_else(|| name("package"))?.replace('-', "_");
            Some((path.folders().next().unwrap_or_default(), name))
        });
        Self { tree, names: names.collect() }
    }

    /// The path of a file's module. In a program, a test or an example its first segment is empty: no other crate can name it.
    pub(super) fn module(&self, path: &TreePath) -> Segments {
        let folders = path.folders().chain([""]);
        let Some((folder, name)) = folders.into_iter().find_map(|folder| Some((folder, self.names.get(folder)?)))
        else {
            return vec![String::new()];
        };
        let inside = path.as_str().strip_prefix(folder).unwrap_or(path.as_str()).trim_start_matches('/');
        let is_library = |file: &str| inside == file || (inside.starts_with("src/") && !inside.starts_with("src/bin/"));
        let slash = if folder.is_empty() { "" } else { "/" };
        let has_library = || self.tree.keys().any(|file| file.as_str() == format!("{folder}{slash}src/lib.rs"));
        if !is_library("src/lib.rs") || (inside == "src/main.rs" && has_library()) {
            return vec![String::new()];
        }
        let parts = inside.trim_start_matches("src/").trim_end_matches(".rs").split('/');
        let mut module = vec![name.clone()];
        module.extend(parts.filter(|part| !["lib", "main", "mod"].contains(part)).map(str::to_owned));
        module
    }
}
