//! A template in a folder.
//!
//! Also compiled into build.rs, which packs the checkout's template into the binary: both must see the same files.

use std::fs;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use crate::disk::mode::is_executable;
use crate::error::{Error, Result};
use crate::source::limits::Limits;
use crate::source::scope::Scope;
use crate::tree::{File, Tree, TreePath};

/// Reads the template in `folder`: its manifest, and the folders that the manifest speaks of.
///
/// `.git` and folders marked as caches (`CACHEDIR.TAG`, as cargo marks `target/`) are passed by; in a git work tree
/// also whatever its `.gitignore` files name. The user's own ignore file does not count: what it names may be part of
/// the template.
///
/// # Errors
/// No manifest; something that cannot be read; a symbolic link, which cargo-generate would silently leave out.
pub fn read(folder: &Path) -> Result<Tree> {
    let manifest = folder.join(Scope::MANIFEST);
    let bytes = fs::read(&manifest).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Error::user(format!("`{}` holds no template: there is no `{}`", folder.display(), Scope::MANIFEST))
                .hint("name the folder that holds it, or leave `--template` out for the built-in template")
        }
        _ => Error::io("read", &manifest, &error).hint("a template has a file of this name that everybody can read"),
    })?;
    let scope = Scope::of(&bytes);
    let mut tree = Tree::new();
    let mut limits = Limits::new();
    for path in files(folder, &scope)? {
        let relative = tree_path(&path, folder)?;
        let size = fs::metadata(&path).map_err(|error| Error::io("read", &path, &error))?.len();
        limits.file(relative.as_str(), usize::try_from(size).unwrap_or(usize::MAX))?;
        Limits::folder(relative.as_str())?;
        let bytes = fs::read(&path).map_err(|error| Error::io("read", &path, &error))?;
        tree.insert(relative, File { bytes, executable: is_executable(&path)? });
    }
    Ok(tree)
}

/// The files of a template, in no particular order.
fn files(folder: &Path, scope: &Scope) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let root = folder.to_owned();
    let inside = scope.clone();
    let wanted = move |entry: &DirEntry| {
        let path = entry.path();
        let relative = path.strip_prefix(&root).ok().and_then(Path::to_str).unwrap_or_default();
        entry.depth() == 0
            || entry.file_name() != ".git"
                && inside.reaches(&relative.replace('\\', "/"))
                && !path.join("CACHEDIR.TAG").exists()
    };
    let walk = WalkBuilder::new(folder)
        .hidden(false)
        .ignore(false)
        .git_global(false)
        .follow_links(false)
        .filter_entry(wanted)
        .build();
    for entry in walk {
        let entry = entry.map_err(|error| {
            Error::system(format!("cannot read the template in `{}`", folder.display())).because(error)
        })?;
        let Some(kind) = entry.file_type() else { continue };
        if kind.is_symlink() {
            return Err(link(&entry.path().strip_prefix(folder).unwrap_or(entry.path()).display().to_string()));
        }
        if kind.is_file() {
            found.push(entry.into_path());
        } else if !kind.is_dir() {
            return Err(Error::template(format!("`{}` is neither a file nor a folder", entry.path().display()))
                .hint("remove it from the template"));
        }
    }
    Ok(found)
}

/// A symbolic link where only files can be.
pub(super) fn link(path: &str) -> Error {
    Error::template(format!("`{path}` is a symbolic link, which a template cannot hold"))
        .hint("put the file itself there")
}

fn tree_path(path: &Path, folder: &Path) -> Result<TreePath> {
    let relative = path.strip_prefix(folder).unwrap_or(path);
    let Some(text) = relative.to_str() else {
        return Err(
            Error::template(format!("the name of `{}` is not UTF-8", relative.display())).hint("rename the file")
        );
    };
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text.to_owned() };
    TreePath::parse(&text)
        .map_err(|problem| Error::template(format!("the path `{text}` {problem}")).hint("rename the file"))
}
