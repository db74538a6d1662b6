//! Rewrites of the user's code that a version of a template brings: what it renamed and moved, and what changed its shape. Pure.
//!
//! They stand beside the note of the version, as data: `notes/1.2.0.toml`, read by [`rules`]. Rust is changed by its syntax:
//! a name means what the `use` items and modules around it make of it ([`scope`]), and only the bytes of that name change. Whatever
//! cannot be told for certain (a macro's tokens, a receiver whose type is not written down) stays, and is a [`Remark`].
//!
//! Parsed by syn with the spans of proc-macro2, not by a tree-sitter grammar (ast-grep): it knows `use` trees, patterns and generics as types,
//! a file that is no Rust is left alone as a whole, and both crates are in the tree of any program that derives something; a grammar would
//! bring a C library. What it costs: no rewrites in a file with a syntax error, which is a remark.

use std::collections::BTreeSet;

use crate::tree::{File, Tree, TreePath};

mod edits;
mod imports;
mod methods;
mod packages;
mod paths;
mod rewriter;
pub mod rules;
mod scope;
mod source;
mod tokens;

pub use rules::Codemods;

/// Something that a person has to look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// The file.
    pub path: TreePath,
    /// The line in the file as it is afterwards, from 1; 0 for the whole file.
    pub line: usize,
    /// What is the matter.
    pub text: String,
}

/// What codemods make of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewritten {
    /// The files that change.
    pub files: Tree,
    /// What they left to a person, in the order of files and lines.
    pub remarks: Vec<Remark>,
}

/// Rewrites the files of a project that are the user's to word, version by version.
///
/// `before` is the project as the user had it: a name that a template's line imported there keeps its meaning where a merge
/// replaced that line.
#[must_use]
pub fn rewrite(
    project: &Tree,
    before: &Tree,
    is_users: impl Fn(&TreePath) -> bool,
    versions: &[Codemods],
) -> Rewritten {
    let packages = packages::Packages::of(project);
    let mut rewritten = Rewritten::default();
    let mut remarks = BTreeSet::new();
    for (path, file) in project.iter().filter(|(path, _)| path.as_str().ends_with(".rs") && is_users(path)) {
        let Ok(text) = std::str::from_utf8(&file.bytes) else { continue };
        let module = packages.module(path);
        let older = before.get(path).and_then(|file| std::str::from_utf8(&file.bytes).ok());
        let mut now = text.to_owned();
        for rules in versions.iter().filter(|rules| rules.may_concern(text)) {
            match rewriter::rewrite(&now, older, &module, rules) {
                Some(outcome) => {
                    now = outcome.text;
                    let remark = |(line, text)| Remark { path: path.clone(), line, text };
                    remarks.extend(outcome.remarks.into_iter().map(remark));
                }
                None => {
                    let text = format!("cannot be read as Rust, so names that version {} changed stay", rules.version);
                    remarks.insert(Remark { path: path.clone(), line: 0, text });
                }
            }
        }
        if now != text {
            rewritten.files.insert(path.clone(), File { bytes: now.into_bytes(), executable: file.executable });
        }
    }
    rewritten.remarks = remarks.into_iter().collect();
    rewritten
}

#[cfg(test)]
mod tests;
