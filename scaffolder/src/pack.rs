//! Packs: features from somebody else, laid over a rendered template. Pure.
//!
//! A pack is a template whose manifest has `[heavy.pack]`. It is rendered by itself, and its files, lines and dependencies are
//! added to what the template renders to. So a project's pristine rendering is a function of template, packs and answers, and
//! every move stays the one operation. A pack sees what the template renders to and never another pack: so the order in which
//! packs are added does not matter, and one that is taken out leaves nothing behind.

use std::collections::BTreeMap;

use crate::answers::Answers;
use crate::error::{Error, Result};
use crate::hooks::Host;
use crate::lockfile::{LOCKFILE, Lock, PackLock};
use crate::manifest::PackManifest;
use crate::render::{check_paths, render};
use crate::template::Template;
use crate::tree::{Tree, TreePath};

mod commands;
mod dependencies;
mod insertions;
mod sensitive;

pub use commands::commands;
pub use sensitive::runs_when;

/// A pack at one version, with answers.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Its manifest and files.
    pub template: Template,
    /// The answers to its questions.
    pub answers: Answers,
    /// What `heavy.toml` says of it.
    pub lock: PackLock,
}

/// The packs of a project, by name.
pub type Packs = BTreeMap<String, Pack>;

/// A template that packs are laid over, as far as they see it.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// Where it comes from, as `heavy.toml` says it.
    pub source: &'a str,
    /// The template.
    pub template: &'a Template,
    /// The answers to its questions.
    pub answers: &'a Answers,
}

/// What one pack adds to a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addition {
    /// Its files.
    pub files: Vec<TreePath>,
    /// The lines that it puts into files of the template.
    pub lines: Vec<(TreePath, String)>,
    /// Its dependencies, as they stand in `Cargo.toml`.
    pub dependencies: Vec<String>,
}

/// What makes this template a pack.
///
/// # Errors
/// It is none.
pub fn manifest<'a>(template: &'a Template, place: &str) -> Result<&'a PackManifest> {
    template.manifest.pack.as_ref().ok_or_else(|| {
        Error::user(format!("`{place}` is no pack: its manifest has no `[heavy.pack]`"))
            .hint("a template is for `heavy new --template`, or for `heavy sync --template`")
    })
}

/// Refuses a pack where a template is needed.
///
/// # Errors
/// Of kind `User`: it is a pack. `place` is how it was named.
pub fn refuse(template: &Template, place: &str) -> Result<()> {
    let Some(pack) = &template.manifest.pack else { return Ok(()) };
    Err(Error::user(format!(
        "`{place}` is a pack, a feature for projects of the template `{}`: no project is made from it alone",
        pack.template
    ))
    .hint(format!("in a project of that template: `heavy add-feature {place}`")))
}

/// Adds packs to a rendered template, and says what each of them added.
///
/// # Errors
/// Of kind `Template`, naming the pack: it is not made for this template or this version of it, does not render, would write
/// over a file of the template or of another pack or over one that is no pack's business, or puts lines beside one that the
/// template does not have.
pub fn lay(
    tree: &mut Tree,
    ground: &Ground<'_>,
    packs: &Packs,
    host: &mut dyn Host,
) -> Result<BTreeMap<String, Addition>> {
    let mut additions = BTreeMap::new();
    if packs.is_empty() {
        return Ok(additions);
    }
    let mut files = Tree::new();
    let mut lines = insertions::Insertions::default();
    for (name, pack) in packs {
        let about = |error: Error| of_pack(name, error);
        let manifest = manifest(&pack.template, &pack.lock.source)?;
        fits(manifest, ground).map_err(about)?;
        let answers = pack.answers.seeing(ground.answers);
        let rendered = render(&pack.template, &answers, host).map_err(about)?.tree;
        let mut addition = Addition { files: rendered.keys().cloned().collect(), ..Addition::default() };
        for (path, file) in rendered {
            free(&path, tree, &files).map_err(about)?;
            files.insert(path, file);
        }
        addition.lines = lines.gather(name, manifest, &answers, tree).map_err(about)?;
        additions.insert(name.clone(), addition);
    }
    lines.apply(tree);
    for (name, pack) in packs {
        let about = |error: Error| of_pack(name, error);
        let manifest = manifest(&pack.template, &pack.lock.source)?;
        let added = dependencies::add(tree, &manifest.dependencies).map_err(about)?;
        additions.entry(name.clone()).or_default().dependencies = added;
    }
    tree.extend(files);
    check_paths(tree).map_err(|error| Error { message: format!("with its packs, {}", error.message), ..error })?;
    record(tree, packs)?;
    Ok(additions)
}

/// Whether a pack is made for the template.
fn fits(pack: &PackManifest, ground: &Ground<'_>) -> Result<()> {
    let manifest = &ground.template.manifest;
    let called = manifest.name.as_deref().unwrap_or(ground.source);
    let version = manifest.version.as_deref().unwrap_or_default();
    if pack.template != called {
        return Err(Error::user(format!(
            "it is made for the template `{}`, and this project is made from `{called}`",
            pack.template
        ))
        .hint("ask its author for one that fits this template"));
    }
    if !pack.fits(version) {
        return Err(Error::user(format!(
            "it is made for the versions {} of the template, and this would be {version}",
            pack.versions
        ))
        .hint("another version of it may fit: `URL#REV`; `heavy check` says what is new"));
    }
    Ok(())
}

/// Whether a pack may have a file at `path`.
fn free(path: &TreePath, tree: &Tree, others: &Tree) -> Result<()> {
    let refuse = |what: &str| Err(Error::template(format!("it has the file `{path}`, {what}")));
    if sensitive::is_kept(path) {
        return refuse("which no pack may write");
    }
    if tree.contains_key(path) {
        return refuse("which the template has")
            .map_err(|error| error.hint("a pack adds lines to a file by `[[heavy.pack.insert]]`"));
    }
    if others.contains_key(path) {
        return refuse("which another pack has");
    }
    Ok(())
}

/// Writes the packs into the `heavy.toml` of a rendered project.
fn record(tree: &mut Tree, packs: &Packs) -> Result<()> {
    let Some((_, file)) = tree.iter_mut().find(|(path, _)| path.as_str() == LOCKFILE) else {
        return Err(Error::template(format!("the template has no `{LOCKFILE}`, so a project of it can have no packs")));
    };
    let text = String::from_utf8_lossy(&file.bytes).into_owned();
    let mut lock = Lock::parse(&text)?;
    lock.packs = packs.iter().map(|(name, pack)| (name.clone(), pack.lock.clone())).collect();
    file.bytes = Lock::write_into(&text, &lock)?.into_bytes();
    Ok(())
}

fn of_pack(name: &str, error: Error) -> Error {
    Error { message: format!("the pack `{name}`: {}", error.message), ..error }
}

#[cfg(test)]
mod tests;
