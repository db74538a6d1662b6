//! What a name means where it stands.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Item, UseTree, Visibility};

use super::imports::{Kind, Leaf, leaves};
use super::rules::Segments;
use super::source::Source;

/// A module or a block, and what is declared in it.
pub(super) struct Scope {
    /// The module's path; none for a block, which sees what is around it.
    module: Option<Segments>,
    items: BTreeSet<String>,
    /// By the name that they have here: which of [`Scopes::imports`].
    imports: BTreeMap<String, usize>,
}

/// A name that a `use` item brings in.
pub(super) struct Import {
    /// What it is called here.
    pub(super) name: String,
    /// The path of what it is.
    pub(super) full: Segments,
    /// Whether no other module can see it.
    pub(super) is_private: bool,
    /// How often its name stands in its own `use` item.
    pub(super) own_mentions: usize,
}

/// The scopes around a place, and every import of the file so far.
#[derive(Default)]
pub(super) struct Scopes {
    stack: Vec<Scope>,
    pub(super) imports: Vec<Import>,
    /// What the file imported before the merge, for the root.
    pub(super) ghosts: BTreeMap<String, Segments>,
    /// What `Self` is, from the outermost `impl` on.
    pub(super) self_types: Vec<Option<Segments>>,
}

/// The full path of a name, and what its first part is.
pub(super) struct Resolved {
    pub(super) full: Segments,
    pub(super) head: Head,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// An import of this file.
    Import(usize),
    /// What was imported before the merge, and is not any more.
    Ghost,
    /// `crate`, `self`, `super`, `Self`, another crate, or an item beside it.
    Plain,
}

/// A leaf of a `use` item, with the path of what it names.
pub(super) struct Imported {
    pub(super) leaf: Leaf,
    pub(super) full: Segments,
    /// Which of [`Scopes::imports`]; none for `*` and `_`.
    pub(super) import: Option<usize>,
}

impl Scopes {
    pub(super) fn with_ghosts(ghosts: BTreeMap<String, Segments>) -> Self {
        Self { ghosts, ..Self::default() }
    }

    /// Enters a module (or a block) with these items; what its `use` items name, in their order.
    pub(super) fn enter(
        &mut self,
        module: Option<Segments>,
        items: &[&Item],
        source: &Source<'_>,
    ) -> Vec<Vec<Imported>> {
        let names = items.iter().filter_map(|item| name(item)).collect();
        self.stack.push(Scope { module, items: names, imports: BTreeMap::new() });
        let uses: Vec<_> =
            items.iter().filter_map(|item| if let Item::Use(item) = item { Some(item) } else { None }).collect();
        let mut all: Vec<Vec<Imported>> = Vec::new();
        // A `use` may start with the name that another one brings in.
        for round in 0..2 {
            let mut found = Vec::new();
            for item in &uses {
                let leaves = leaves(source, &item.tree).into_iter().map(|leaf| {
                    let names: Vec<String> = leaf.parts.iter().map(|part| part.name.clone()).collect();
                    let full = self.resolve_use(&names, item.leading_colon.is_some());
                    let import = leaf.visible_name().filter(|_| round == 1).map(|name| {
                        let own_mentions = mentions(&item.tree, &name);
                        let is_private = matches!(item.vis, Visibility::Inherited);
                        self.imports.push(Import { name, full: full.clone(), is_private, own_mentions });
                        self.imports.len() - 1
                    });
                    Imported { leaf, full, import }
                });
                found.push(leaves.collect::<Vec<_>>());
            }
            for imported in found.iter().flatten() {
                if let (Some(name), Some(scope)) = (imported.leaf.visible_name(), self.stack.last_mut()) {
                    match imported.import {
                        Some(import) => drop(scope.imports.insert(name, import)),
                        // Only to resolve the second round by.
                        None if round == 0 => {
                            let import = Import {
                                name: name.clone(),
                                full: imported.full.clone(),
                                is_private: true,
                                own_mentions: 0,
                            };
                            self.imports.push(import);
                            scope.imports.insert(name, self.imports.len() - 1);
                        }
                        None => {}
                    }
                }
            }
            all = found;
        }
        all
    }

    pub(super) fn leave(&mut self) {
        self.stack.pop();
    }

    /// The path of the module around.
    pub(super) fn module(&self) -> Segments {
        self.stack.iter().rev().find_map(|scope| scope.module.clone()).unwrap_or_default()
    }

    /// The crate that the file belongs to.
    pub(super) fn own_crate(&self) -> String {
        self.module().into_iter().next().unwrap_or_default()
    }

    fn resolve_use(&self, names: &[String], leading_colon: bool) -> Segments {
        let head = names.first().map(String::as_str).unwrap_or_default();
        let is_own = self
            .stack
            .last()
            .and_then(|scope| scope.imports.get(head))
            .is_some_and(|import| self.imports[*import].full.as_slice() == names);
        if is_own {
            return names.to_vec();
        }
        // What was imported before the merge is of no import's concern.
        let resolved = self.resolve(names, leading_colon).filter(|resolved| resolved.head != Head::Ghost);
        resolved.map_or_else(|| names.to_vec(), |resolved| resolved.full)
    }

    /// What a path means; nothing for a single name that is no import.
    pub(super) fn resolve(&self, names: &[String], leading_colon: bool) -> Option<Resolved> {
        let (head, rest) = names.split_first()?;
        let plain = |full: Segments| Some(Resolved { full, head: Head::Plain });
        if leading_colon {
            return plain(names.to_vec());
        }
        match head.as_str() {
            "crate" => return plain([&self.module()[..1], rest].concat()),
            "self" | "super" => {
                let mut module = self.module();
                let mut rest = names;
                while let Some((first, after)) =
                    rest.split_first().filter(|(name, _)| matches!(name.as_str(), "self" | "super"))
                {
                    if first == "super" {
                        module.pop().filter(|_| !module.is_empty())?;
                    }
                    rest = after;
                }
                return plain([module.as_slice(), rest].concat());
            }
            "Self" => return plain([self.self_types.last()?.as_ref()?.as_slice(), rest].concat()),
            _ => {}
        }
        for scope in self.stack.iter().rev() {
            if let Some(import) = scope.imports.get(head) {
                let full = [self.imports[*import].full.as_slice(), rest].concat();
                return Some(Resolved { full, head: Head::Import(*import) });
            }
            if scope.items.contains(head) {
                // What a block declares has no path.
                return plain([scope.module.as_ref()?.as_slice(), names].concat());
            }
            if scope.module.is_some() {
                break;
            }
        }
        let is_root = self.stack.iter().filter(|scope| scope.module.is_some()).count() == 1;
        if let Some(ghost) = self.ghosts.get(head).filter(|_| is_root) {
            return Some(Resolved { full: [ghost.as_slice(), rest].concat(), head: Head::Ghost });
        }
        if rest.is_empty() { None } else { plain(names.to_vec()) }
    }

    /// The import of the module around that a path is, or is below of: the longest.
    pub(super) fn import_above(&self, path: &[String]) -> Option<&Import> {
        let scopes = self.stack.iter().rev();
        let imports = scopes.flat_map(|scope| scope.imports.values()).map(|import| &self.imports[*import]);
        imports.filter(|import| path.starts_with(&import.full)).max_by_key(|import| import.full.len())
    }
}

/// The name that an item gives to its module.
fn name(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::ExternCrate(item) => item.rename.as_ref().map_or(&item.ident, |(_, name)| name),
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Mod(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

/// How often a name stands in a `use` tree.
fn mentions(tree: &UseTree, name: &str) -> usize {
    match tree {
        UseTree::Path(path) => usize::from(path.ident == name) + mentions(&path.tree, name),
        UseTree::Name(leaf) => usize::from(leaf.ident == name),
        UseTree::Rename(leaf) => usize::from(leaf.ident == name) + usize::from(leaf.rename == name),
        UseTree::Glob(_) => 0,
        UseTree::Group(group) => group.items.iter().map(|tree| mentions(tree, name)).sum(),
    }
}

impl Imported {
    pub(super) fn is_glob(&self) -> bool {
        matches!(self.leaf.kind, Kind::Glob)
    }
}
