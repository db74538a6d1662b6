//! Packs the template for the binary: that of the checkout this crate lies in, or else the archive in the package.
#![allow(dead_code, unreachable_pub, reason = "the modules are the crate's own, and this script uses a part of them")]
#![allow(clippy::print_stdout, reason = "this is how a build script talks to cargo")]

use std::path::Path;
use std::{env, fs};

#[path = "src/archive.rs"]
mod archive;
#[path = "src/disk"]
mod disk {
    pub(crate) mod mode;
}
#[path = "src/error.rs"]
mod error;
#[path = "src/tree.rs"]
mod tree;

#[path = "src/source"]
mod source {
    pub(crate) mod folder;
    pub(crate) mod limits;
    pub(crate) mod scope;
}

fn main() {
    let here = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let out = Path::new(&env::var_os("OUT_DIR").expect("cargo sets it")).join("template.tar");
    let repository = Path::new(&here).join("..");
    let packed = if repository.join("cargo-generate.toml").is_file() && repository.join("template").is_dir() {
        let tree = source::folder::read(&repository).unwrap_or_else(|error| panic!("{}", described(&error)));
        watch(&repository, &tree);
        archive::pack(&tree).unwrap_or_else(|error| panic!("{}", described(&error)))
    } else {
        println!("cargo::rerun-if-changed=template.tar");
        fs::read(Path::new(&here).join("template.tar")).expect("the package holds the template's archive")
    };
    fs::write(out, packed).expect("cargo's own folder can be written to");
}

/// Runs again when a file of the template changes, or one comes or goes.
fn watch(repository: &Path, tree: &tree::Tree) {
    let mut folders = std::collections::BTreeSet::new();
    for path in tree.keys() {
        println!("cargo::rerun-if-changed={}", repository.join(path.as_str()).display());
        folders.extend(path.as_str().rmatch_indices('/').map(|(end, _)| &path.as_str()[..end]));
    }
    for folder in folders {
        println!("cargo::rerun-if-changed={}", repository.join(folder).display());
    }
}

fn described(error: &error::Error) -> String {
    std::iter::once(error.message.as_str())
        .chain(error.causes.iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join(": ")
}
