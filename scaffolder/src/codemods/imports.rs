//! `use` items: their leaves, and how they are written again.

use std::collections::BTreeMap;
use std::ops::Range;

use syn::UseTree;
use syn::spanned::Spanned;

use super::source::Source;

/// One name of a path, and where it stands.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) range: Range<usize>,
}

/// How a leaf ends.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// `a::b`
    Name,
    /// `a::b as c`
    Alias(String),
    /// `a::{self}`, with the place of `self`.
    SelfName(Range<usize>),
    /// `a::{self as c}`
    SelfAlias(String),
    /// `a::*`
    Glob,
}

/// One thing that a `use` item names.
pub(super) struct Leaf {
    /// The path; of `self` and `*` what stands before them.
    pub(super) parts: Vec<Part>,
    pub(super) kind: Kind,
    /// How many of the parts stand outside of the innermost braces, and so belong to other leaves, too.
    pub(super) shared: usize,
}

impl Leaf {
    /// What it is called in its module.
    pub(super) fn visible_name(&self) -> Option<String> {
        match &self.kind {
            Kind::Name | Kind::SelfName(_) => self.parts.last().map(|part| part.name.clone()),
            Kind::Alias(name) | Kind::SelfAlias(name) => Some(name.clone()).filter(|name| name != "_"),
            Kind::Glob => None,
        }
    }
}

pub(super) fn leaves(source: &Source<'_>, tree: &UseTree) -> Vec<Leaf> {
    let mut found = Vec::new();
    walk(source, tree, &mut Vec::new(), 0, &mut found);
    found
}

fn walk(source: &Source<'_>, tree: &UseTree, path: &mut Vec<Part>, shared: usize, found: &mut Vec<Leaf>) {
    let part = |ident: &proc_macro2::Ident| Part { name: ident.to_string(), range: source.range(ident.span()) };
    let mut leaf = |parts: Vec<Part>, kind: Kind| found.push(Leaf { parts, kind, shared });
    let with = |path: &[Part], last: Part| path.iter().cloned().chain([last]).collect::<Vec<_>>();
    match tree {
        UseTree::Path(tree) => {
            path.push(part(&tree.ident));
            walk(source, &tree.tree, path, shared, found);
            path.pop();
        }
        UseTree::Name(name) if name.ident == "self" => {
            leaf(path.clone(), Kind::SelfName(source.range(name.ident.span())))
        }
        UseTree::Name(name) => leaf(with(path, part(&name.ident)), Kind::Name),
        UseTree::Rename(name) if name.ident == "self" => leaf(path.clone(), Kind::SelfAlias(name.rename.to_string())),
        UseTree::Rename(name) => leaf(with(path, part(&name.ident)), Kind::Alias(name.rename.to_string())),
        UseTree::Glob(_) => leaf(path.clone(), Kind::Glob),
        UseTree::Group(group) => {
            for tree in &group.items {
                walk(source, tree, path, path.len(), found);
            }
        }
    }
}

/// The tree without the leaves that do not stay, counted as [`leaves`] counts them, on one line.
pub(super) fn without(source: &Source<'_>, tree: &UseTree, stays: &dyn Fn(usize) -> bool) -> Option<String> {
    remaining(source, tree, stays, &mut 0)
}

fn remaining(source: &Source<'_>, tree: &UseTree, stays: &dyn Fn(usize) -> bool, at: &mut usize) -> Option<String> {
    match tree {
        UseTree::Path(path) => Some(format!("{}::{}", path.ident, remaining(source, &path.tree, stays, at)?)),
        UseTree::Group(group) => {
            let items: Vec<String> = group.items.iter().filter_map(|tree| remaining(source, tree, stays, at)).collect();
            match items.as_slice() {
                [] => None,
                [only] if only != "self" && !only.starts_with("self as ") => Some(only.clone()),
                items => Some(format!("{{{}}}", items.join(", "))),
            }
        }
        leaf => {
            *at += 1;
            let kept = stays(*at - 1);
            kept.then(|| source.slice(source.range(leaf.span())).to_owned())
        }
    }
}

/// `use` trees for paths, those of one module together: the path, and ` as name` or nothing.
pub(super) fn grouped(paths: &[(Vec<String>, String)]) -> Vec<String> {
    let mut modules: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, alias) in paths {
        if let Some((last, module)) = path.split_last() {
            modules.entry(module.join("::")).or_default().push(format!("{last}{alias}"));
        }
    }
    let tree = |(module, mut names): (String, Vec<String>)| {
        names.sort();
        match names.as_slice() {
            [only] if module.is_empty() => only.clone(),
            [only] => format!("{module}::{only}"),
            names => format!("{module}::{{{}}}", names.join(", ")),
        }
    };
    modules.into_iter().map(tree).collect()
}
