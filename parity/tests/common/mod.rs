//! What the tests share.

use std::path::{Path, PathBuf};

use heavy_parity::{Engine, Output, read};
use heavy_stack::tree::{File, Tree, TreePath};

/// cargo-generate as this workspace compiles it.
pub(crate) fn library() -> Engine {
    Engine { program: PathBuf::from(env!("CARGO_BIN_EXE_cargo-generate-lib")), by_git: false }
}

/// This repository, as far as cargo-generate sees it: the template, its scripts, and something else.
#[allow(dead_code, reason = "not every test is about this repository")]
pub(crate) fn repository() -> Tree {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    let mut tree = Tree::new();
    for folder in ["template", "hooks"] {
        let Output { tree: files, .. } = read(&root.join(folder)).expect("its files");
        tree.extend(files.into_iter().map(|(path, file)| (at(&format!("{folder}/{path}")), file)));
    }
    let manifest = std::fs::read(root.join("cargo-generate.toml")).expect("the manifest");
    tree.insert(at("cargo-generate.toml"), File::new(manifest));
    tree.insert(at("README.md"), File::new("# The repository, not the {{ project }}\n"));
    tree.insert(at("scaffolder/src/main.rs"), File::new("fn main() {}\n"));
    tree
}

pub(crate) fn at(path: &str) -> TreePath {
    TreePath::parse(path).expect("a path")
}
