//! A template in a git repository: here or behind a URL, at a branch, tag or commit.

use std::path::Path;

use gix::bstr::ByteSlice;
use gix::objs::tree::EntryKind;

use super::folder::link;
use super::limits::Limits;
use super::scope::Scope;
use crate::error::{Error, Result};
use crate::project::git::unreadable_format;
use crate::tree::{File, Tree, TreePath};

pub(super) mod history;
pub(super) mod refs;
mod transfer;
pub use transfer::clone;
pub(super) use transfer::references;

/// A template, and the commit it was read from.
#[derive(Debug)]
pub struct Found {
    /// The files of the template.
    pub tree: Tree,
    /// The full hash of the commit.
    pub commit: String,
}

/// Reads the template in the folder `below` (none: the root) of a repository on this disk, at `rev` or at its HEAD. Its work tree
/// does not matter.
///
/// # Errors
/// No repository there, no such revision, or no template in it.
pub fn open(folder: &Path, rev: Option<&str>, below: &str) -> Result<Found> {
    read(&repository(folder)?, rev, below, &folder.display().to_string())
}

/// The tag of `version` (`v1.2.3` or `1.2.3`) in the repository in which `folder` lies, with the template at it; none
/// without such a tag, or without a repository.
///
/// # Errors
/// What is tagged is no template.
pub fn tagged(folder: &Path, version: &str) -> Result<Option<(String, Found)>> {
    let Some(history) = history::History::around(folder) else { return Ok(None) };
    let tags = history.refs().tags;
    let tag = [format!("v{version}"), version.to_owned()].into_iter().find(|tag| tags.contains_key(tag));
    tag.map(|tag| Ok((tag.clone(), history.at(&tags[&tag])?))).transpose()
}

/// The repository in `folder` itself.
pub(super) fn repository(folder: &Path) -> Result<gix::Repository> {
    let format = [folder.join(".git"), folder.to_owned()].iter().find_map(|git_dir| unreadable_format(git_dir));
    if let Some(format) = format {
        return Err(Error::user(format!(
            "the repository `{}` has {format}, which cannot be read here",
            folder.display()
        ))
        .hint("leave `--rev` and `file://` out to take the folder as it is"));
    }
    gix::open(folder).map_err(|error| {
        Error::user(format!("`{}` is not a git repository", folder.display()))
            .because(error)
            .hint("leave `--rev` out to take the folder as it is")
    })
}

pub(super) fn no_revision(rev: &str, place: &str) -> Error {
    Error::user(format!("there is no branch, tag or commit `{rev}` in `{place}`"))
        .hint(format!("`git ls-remote {place}` lists what is there"))
}

/// Whether a revision looks like the hash of a commit, or the start of one.
pub(super) fn is_hash(rev: &str) -> bool {
    (7..=40).contains(&rev.len()) && rev.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn read(repository: &gix::Repository, rev: Option<&str>, below: &str, place: &str) -> Result<Found> {
    let wanted = rev.unwrap_or("HEAD");
    let commit = repository
        .rev_parse_single(wanted)
        .ok()
        .and_then(|id| id.object().ok()?.peel_to_commit().ok())
        .ok_or_else(|| no_revision(wanted, place))?;
    read_commit(&commit, below, place)
}

/// Reads the template that a commit has in the folder `below` (none: at its root).
fn read_commit(commit: &gix::Commit<'_>, below: &str, place: &str) -> Result<Found> {
    let broken = |error: gix::Error| Error::system(format!("cannot read the repository `{place}`")).because(error);
    let root = folder_of(commit, below).map_err(broken)?;
    let no_template = || {
        let at = if below.is_empty() { "at its root".to_owned() } else { format!("in its folder `{below}`") };
        Error::user(format!("`{place}` holds no template: there is no `{}` {at}", Scope::MANIFEST))
            .hint("name another repository, another folder of it (`URL#REV/FOLDER`), or another `--rev`")
    };
    let root = root.ok_or_else(no_template)?;
    let manifest = root.lookup_entry_by_path(Scope::MANIFEST).map_err(broken)?.ok_or_else(no_template)?;
    let scope = Scope::of(&manifest.object().map_err(broken)?.data);
    let mut tree = Tree::new();
    collect(&root, "", &scope, &mut tree, &mut Limits::new(), &broken)?;
    Ok(Found { tree, commit: commit.id.to_string() })
}

/// The folder `below` of a commit, or its root.
fn folder_of<'r>(commit: &gix::Commit<'r>, below: &str) -> Result<Option<gix::Tree<'r>>, gix::Error> {
    let root = commit.tree()?;
    if below.is_empty() {
        return Ok(Some(root));
    }
    let Some(entry) = root.lookup_entry_by_path(below)?.filter(|entry| entry.mode().is_tree()) else {
        return Ok(None);
    };
    Ok(Some(entry.object()?.into_tree()))
}

fn collect(
    folder: &gix::Tree<'_>,
    above: &str,
    scope: &Scope,
    tree: &mut Tree,
    limits: &mut Limits,
    broken: &dyn Fn(gix::Error) -> Error,
) -> Result<()> {
    for entry in folder.iter() {
        let entry = entry.map_err(broken)?;
        let Ok(name) = entry.filename().to_str() else {
            return Err(Error::template(format!("the name of `{above}{}` is not UTF-8", entry.filename()))
                .hint("rename the file"));
        };
        let path = format!("{above}{name}");
        if !scope.reaches(&path) {
            continue;
        }
        match entry.mode().kind() {
            EntryKind::Tree => {
                Limits::folder(&path)?;
                let below = entry.object().map_err(broken)?.into_tree();
                collect(&below, &format!("{path}/"), scope, tree, limits, broken)?;
            }
            kind @ (EntryKind::Blob | EntryKind::BlobExecutable) => {
                let parsed = TreePath::parse(&path).map_err(|problem| {
                    Error::template(format!("the path `{path}` {problem}")).hint("rename the file")
                })?;
                let header = entry.id().header().map_err(broken)?;
                limits.file(&path, usize::try_from(header.size()).unwrap_or(usize::MAX))?;
                let bytes = entry.object().map_err(broken)?.detach().data;
                tree.insert(parsed, File { bytes, executable: kind == EntryKind::BlobExecutable });
            }
            EntryKind::Link => return Err(link(&path)),
            EntryKind::Commit => {
                return Err(Error::template(format!("`{path}` is a submodule, which a template cannot hold"))
                    .hint("put its files there"));
            }
        }
    }
    Ok(())
}
