//! The three-way merge of trees: (base, ours, theirs) → tree and conflicts. Pure.
//!
//! *Base* is the pristine rendering that the project was last moved to, *ours* what the user has, *theirs* the pristine
//! rendering where it should go. One merge is four steps:
//!
//! 1. `renames` finds what each side renamed since the base, `folders` which folders moved with it.
//! 2. `placement` brings together what is one file in the three trees (`entries`) and decides where it goes;
//!    `collisions` are those that want the same place.
//! 3. `content` merges each file: a driver, then lines (`lines`, in the user's own line endings: `text`), then sets (`sets`) and keys
//!    (`structure`: `toml`, `json`; never at the price of a line: `preservation`).
//! 4. `outcome` puts it into the tree and names what is left to decide; `side_files` finds names for the template's
//!    version of a file where the user's stays.
//!
//! Three laws hold for all trees (tests in `laws`): merge(b, o, b) = o, merge(b, b, t) = t, merge(b, x, x) = x. And no
//! line that the user wrote is ever missing from the result.

use serde::{Deserialize, Serialize};

use crate::tree::{File, Tree, TreePath};

mod additions;
mod collisions;
mod content;
mod entries;
mod folders;
mod json;
mod lines;
mod outcome;
mod paths;
mod placement;
mod preservation;
mod renames;
mod sets;
pub(crate) mod side_files;
mod structure;
mod text;
mod toml;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod laws;

/// Merges what the template changed (`base` → `theirs`) into what the user has. It cannot fail: what it cannot decide is
/// a [`Conflict`], and then both versions are in it.
#[must_use]
pub fn merge(base: &Tree, ours: &Tree, theirs: &Tree, labels: &Labels, driver: &dyn Driver) -> Merged {
    let entries = placement::place_files(base, ours, theirs);
    outcome::merged(&entries, ours, theirs, &content::Merger { labels, driver })
}

/// Merges one file, which all three sides have. `Err` is what it is with what is left to decide: markers, or, where there
/// can be none, the user's as it was.
///
/// # Errors
/// Both sides changed the same.
pub fn merge_file(
    path: &TreePath,
    base: &[u8],
    ours: &[u8],
    theirs: &[u8],
    labels: &Labels,
) -> Result<Vec<u8>, Vec<u8>> {
    let [base, ours, theirs] = [base, ours, theirs].map(File::new);
    let merger = content::Merger { labels, driver: &NoDriver };
    let merged = merger.merge(path, Some(&base), &ours, &theirs);
    if merged.conflict.is_none() { Ok(merged.file.bytes) } else { Err(merged.file.bytes) }
}

/// How conflicts are marked, and what the sides are called there: `<<<<<<< yours`, `>>>>>>> template 0.2.0`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    /// The user's side.
    pub yours: String,
    /// The template's side.
    pub template: String,
    /// What both sides come from, where the style shows it.
    #[serde(default)]
    pub base: String,
    /// What stands between the markers, if there are any.
    #[serde(default)]
    pub style: Style,
    /// How long the markers are at least.
    #[serde(default = "Labels::usual_size")]
    pub size: u8,
}

impl Labels {
    /// The usual markers, with these names.
    pub fn new(yours: impl Into<String>, template: impl Into<String>) -> Self {
        let (yours, template) = (yours.into(), template.into());
        Self { yours, template, base: "base".to_owned(), style: Style::default(), size: Self::usual_size() }
    }

    const fn usual_size() -> u8 {
        7
    }
}

/// What becomes of what both sides changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// Both versions stand between markers.
    #[default]
    Merge,
    /// And between them what both come from.
    Diff3,
    /// The same, without the lines at the edges that both sides share.
    Zdiff3,
    /// The user's version stands there, without markers: it is decided.
    Ours,
    /// The template's version stands there, without markers: it is decided.
    Theirs,
}

impl Style {
    /// The style that git's `merge.conflictStyle` names; nothing if there is none of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "merge" => Self::Merge,
            "diff3" => Self::Diff3,
            "zdiff3" => Self::Zdiff3,
            _ => return None,
        })
    }

    /// Whether what both changed is decided without a person.
    #[must_use]
    pub const fn decides(self) -> bool {
        matches!(self, Self::Ours | Self::Theirs)
    }
}

/// A merged project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The files, conflict markers and side files included.
    pub tree: Tree,
    /// What the person has to decide, by path.
    pub conflicts: Vec<Conflict>,
    /// Files that the template changed and the user had deleted. They stay deleted.
    pub kept_deleted: Vec<TreePath>,
    /// Files that stand elsewhere now because the template moved them or the folder they are in: (from, to).
    pub moved: Vec<(TreePath, TreePath)>,
}

/// One thing that the merge cannot decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Where it stands in the merged tree, or would stand.
    pub path: TreePath,
    /// What it is about.
    pub kind: ConflictKind,
    /// The file as it was in the base (stage 1 of git's index).
    pub base: Option<File>,
    /// The user's (stage 2).
    pub ours: Option<File>,
    /// The template's (stage 3).
    pub theirs: Option<File>,
    /// Where the template's version stands in the merged tree, if it could not be put into the file itself.
    pub side_file: Option<TreePath>,
}

/// Why a conflict is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConflictKind {
    /// Both changed the same lines; the file has markers.
    Content,
    /// Both added a file here; the file has markers, or the template's stands beside it.
    BothAdded,
    /// The template deleted it, the user edited it; the user's stays.
    DeletedByTemplate,
    /// Both changed a file that is not text, or that git's attributes say not to merge; the user's stays, the template's
    /// stands beside it.
    Binary,
    /// The template's file cannot stand here: a folder, a file in the place of its folder, or a link is in its way.
    Blocked,
    /// Both moved it, to different places.
    MovedApart,
    /// The base is not known, and the file differs from the template's.
    UnknownBase,
}

/// A merge of one file's content by somebody else: a merge driver that the user configured in git.
pub trait Driver {
    /// Merges one file, or says that it is not responsible (`None`). `Err` is a merge with markers in it.
    fn merge(
        &self,
        path: &TreePath,
        base: Option<&[u8]>,
        ours: &[u8],
        theirs: &[u8],
        labels: &Labels,
    ) -> Option<Result<Vec<u8>, Vec<u8>>>;
}

/// No driver at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDriver;

impl Driver for NoDriver {
    fn merge(
        &self,
        _: &TreePath,
        _: Option<&[u8]>,
        _: &[u8],
        _: &[u8],
        _: &Labels,
    ) -> Option<Result<Vec<u8>, Vec<u8>>> {
        None
    }
}
