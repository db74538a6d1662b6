//! The functions of a project's crates, and what a path in one of them leads to.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Attribute, Block, Expr, ExprLit, ImplItem, Item, ItemUse, Lit, Meta, Signature, Stmt, UseTree};

use super::{Place, Position};
use crate::tree::{Tree, TreePath};

/// A module's path, or that of something in it. The crate of the project itself is the empty path, another one is called as its folder.
pub(super) type Path = Vec<String>;

/// How often a path is followed from one `use` to the next.
const MOST_STEPS: usize = 8;

/// A file of the project.
pub(super) struct SourceFile {
    path: String,
    module: Path,
    /// How many parts of the module's path name the crate.
    crate_depth: usize,
    syntax: syn::File,
}

/// A function or method.
pub(super) struct Function<'a> {
    pub(super) file: &'a str,
    pub(super) module: Path,
    crate_depth: usize,
    /// The type whose method it is.
    owner: Option<String>,
    pub(super) signature: &'a Signature,
    pub(super) block: &'a Block,
    uses: Uses,
}

impl Function<'_> {
    /// Whether this is the type of a parameter or result that carries routes.
    pub(super) fn returns_router(&self) -> bool {
        matches!(&self.signature.output, syn::ReturnType::Type(_, result) if is_router(result))
    }
}

/// Whether a type is a router by its name, as `Router<AppState>`, `Option<Router>` and `OpenApiRouter` are.
pub(super) fn is_router(kind: &syn::Type) -> bool {
    use syn::spanned::Spanned as _;
    kind.span().source_text().is_some_and(|text| text.contains("Router"))
}

/// What `use` lines make known.
#[derive(Default)]
struct Uses {
    names: BTreeMap<String, Path>,
    globs: Vec<Path>,
}

/// Every file of a project's crates that is compiled without its tests.
#[derive(Default)]
pub(super) struct Source {
    files: Vec<SourceFile>,
    /// Files that are no Rust.
    pub(super) unread: Vec<Place>,
}

impl Source {
    /// Follows the `mod` lines of every crate, `stack/` aside.
    pub(super) fn read(tree: &Tree) -> Self {
        let mut source = Self::default();
        let mut seen = BTreeSet::new();
        let is_root = |path: &str| {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let source = folder.strip_suffix("/bin").unwrap_or(folder);
            (source == "src" || source.ends_with("/src"))
                && (source != folder || matches!(name, "lib.rs" | "main.rs"))
                && path.ends_with(".rs")
        };
        // `lib.rs` goes before `main.rs`, which may name the same modules.
        for root in tree.keys().map(TreePath::as_str).filter(|path| is_root(path)) {
            let prefix = root.split("src/").next().unwrap_or_default().trim_end_matches('/');
            if prefix == "stack" || prefix.starts_with("stack/") || prefix.split('/').any(|part| part == "tests") {
                continue;
            }
            let name = prefix.rsplit('/').next().unwrap_or_default().replace('-', "_");
            let module: Path = if name.is_empty() { Vec::new() } else { vec![name] };
            source.follow(tree, root, &module, module.len(), &mut seen);
        }
        source
    }

    fn follow(&mut self, tree: &Tree, path: &str, module: &[String], crate_depth: usize, seen: &mut BTreeSet<String>) {
        let Some(file) = TreePath::parse(path).ok().and_then(|path| tree.get(&path)) else { return };
        if !seen.insert(path.to_owned()) {
            return;
        }
        let text = String::from_utf8_lossy(&file.bytes);
        match syn::parse_file(&text) {
            Ok(syntax) => {
                let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
                let below = match name {
                    "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
                    _ if folder.ends_with("/bin") && module.len() == crate_depth => folder.to_owned(),
                    _ => format!("{folder}/{}", name.trim_end_matches(".rs")),
                };
                let mut modules = Vec::new();
                declared(&syntax.items, folder, &below, module, &mut modules);
                self.files.push(SourceFile { path: path.to_owned(), module: module.to_vec(), crate_depth, syntax });
                for (candidates, module) in modules {
                    let there = |path: &&String| TreePath::parse(path).is_ok_and(|path| tree.contains_key(&path));
                    if let Some(path) = candidates.iter().find(there) {
                        self.follow(tree, path, &module, crate_depth, seen);
                    }
                }
            }
            Err(error) => {
                let position = Position { file: path.to_owned(), line: error.span().start().line };
                self.unread.push(Place::new(position, &format!("no Rust: {error}")));
            }
        }
    }

    /// What can be called and named in all of the files.
    pub(super) fn functions(&self) -> Functions<'_> {
        let mut functions = Functions::default();
        for file in &self.files {
            functions.add_items(file, &file.module, &file.syntax.items);
        }
        functions
    }
}

/// The files of the modules that these items declare, each with the module's path.
fn declared(items: &[Item], folder: &str, below: &str, module: &[String], found: &mut Vec<(Vec<String>, Path)>) {
    for item in items {
        let Item::Mod(item) = item else { continue };
        if is_for_tests(&item.attrs) {
            continue;
        }
        let name = plain(&item.ident);
        let path = [module, std::slice::from_ref(&name)].concat();
        match &item.content {
            Some((_, items)) => declared(items, folder, &format!("{below}/{name}"), &path, found),
            None => {
                let named =
                    item.attrs.iter().find_map(path_attribute).map(|named| normal(&format!("{folder}/{named}")));
                let usual = [format!("{below}/{name}.rs"), format!("{below}/{name}/mod.rs")];
                found.push((named.map_or_else(|| usual.to_vec(), |named| vec![named]), path));
            }
        }
    }
}

/// A name without the `r#` of a keyword.
fn plain(name: &syn::Ident) -> String {
    let name = name.to_string();
    name.strip_prefix("r#").map(str::to_owned).unwrap_or(name)
}

/// What `#[path = "…"]` says.
fn path_attribute(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else { return None };
    if pair.path.is_ident("path") { literal_text(&pair.value) } else { None }
}

/// The text of an expression that is one in quotes.
pub(super) fn literal_text(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

/// A path without `.` and `..`.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// `#[test]`, `#[tokio::test]`, or only compiled with the tests.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        meta => meta.path().segments.last().is_some_and(|last| last.ident == "test"),
    })
}

/// The functions of a project, found by their paths.
#[derive(Default)]
pub(super) struct Functions<'a> {
    pub(super) all: Vec<Function<'a>>,
    by_path: BTreeMap<Path, usize>,
    texts: BTreeMap<Path, String>,
    modules: BTreeMap<Path, Uses>,
}

impl<'a> Functions<'a> {
    fn add_items(&mut self, file: &'a SourceFile, module: &[String], items: &'a [Item]) {
        self.modules.entry(module.to_vec()).or_default();
        for item in items {
            match item {
                Item::Fn(item) if !is_for_tests(&item.attrs) => {
                    self.add(file, module, None, &item.sig, &item.block);
                }
                Item::Impl(item) if !is_for_tests(&item.attrs) => {
                    let syn::Type::Path(owner) = &*item.self_ty else { continue };
                    let Some(owner) = owner.path.segments.last().map(|last| plain(&last.ident)) else { continue };
                    for item in &item.items {
                        if let ImplItem::Fn(method) = item {
                            self.add(file, module, Some(&owner), &method.sig, &method.block);
                        }
                    }
                }
                Item::Const(item) => self.add_text(module, &item.ident, &item.expr),
                Item::Static(item) => self.add_text(module, &item.ident, &item.expr),
                Item::Use(item) => self.modules.entry(module.to_vec()).or_default().add(item),
                Item::Mod(item) if !is_for_tests(&item.attrs) => {
                    let path = [module, &[plain(&item.ident)]].concat();
                    match &item.content {
                        Some((_, items)) => self.add_items(file, &path, items),
                        None => drop(self.modules.entry(path).or_default()),
                    }
                }
                _ => {}
            }
        }
    }

    fn add(
        &mut self,
        file: &'a SourceFile,
        module: &[String],
        owner: Option<&String>,
        signature: &'a Signature,
        block: &'a Block,
    ) {
        let mut uses = Uses::default();
        for statement in &block.stmts {
            if let Stmt::Item(Item::Use(item)) = statement {
                uses.add(item);
            }
        }
        let name = plain(&signature.ident);
        let path: Path = module.iter().chain(owner).chain([&name]).cloned().collect();
        // Where `cfg` chooses between two of a name, the first stands for both.
        self.by_path.entry(path).or_insert(self.all.len());
        let (module, owner) = (module.to_vec(), owner.cloned());
        let crate_depth = file.crate_depth;
        self.all.push(Function { file: &file.path, module, crate_depth, owner, signature, block, uses });
    }

    fn add_text(&mut self, module: &[String], name: &syn::Ident, value: &Expr) {
        if let Some(text) = literal_text(value) {
            self.texts.insert([module, &[plain(name)]].concat(), text);
        }
    }

    /// The function that a path in `from` leads to.
    pub(super) fn find(&self, from: &Function<'_>, path: &syn::Path) -> Option<usize> {
        self.by_path.get(&self.resolve(from, path)).copied()
    }

    /// The text of the constant that a path in `from` leads to.
    pub(super) fn text(&self, from: &Function<'_>, path: &syn::Path) -> Option<&str> {
        self.texts.get(&self.resolve(from, path)).map(String::as_str)
    }

    /// The one method of this name that returns a router.
    pub(super) fn router_method(&self, name: &syn::Ident) -> Option<usize> {
        let is_it = |function: &Function<'_>| {
            function.owner.is_some() && function.signature.ident == *name && function.returns_router()
        };
        let mut found = self.all.iter().enumerate().filter(|(_, function)| is_it(function));
        found.next().map(|(index, _)| index).filter(|_| found.next().is_none())
    }

    /// A path in `from`, from the crate's root on as far as `use` lines tell; that of another crate stays as it is.
    pub(super) fn resolve(&self, from: &Function<'_>, path: &syn::Path) -> Path {
        let mut path: Path = path.segments.iter().map(|segment| plain(&segment.ident)).collect();
        if let (Some(first), Some(owner)) = (path.first_mut().filter(|first| *first == "Self"), &from.owner) {
            owner.clone_into(first);
        }
        if let Some(used) = from.uses.names.get(&path[0]) {
            path.splice(..1, used.iter().cloned());
        } else if let Some(found) = self.through_globs(&from.module, from.crate_depth, &from.uses.globs, &path) {
            return self.exported(found, from.crate_depth);
        }
        let path = self.absolute(&from.module, from.crate_depth, path);
        self.exported(path, from.crate_depth)
    }

    fn absolute(&self, module: &[String], crate_depth: usize, mut path: Path) -> Path {
        for _ in 0..MOST_STEPS {
            match path.first().map(String::as_str) {
                Some("crate") => return [&module[..crate_depth.min(module.len())], &path[1..]].concat(),
                Some("self") => return [module, &path[1..]].concat(),
                Some("super") => {
                    let up = path.iter().take_while(|part| *part == "super").count();
                    let kept = module.len().saturating_sub(up);
                    return [&module[..kept], &path[up..]].concat();
                }
                None => return path,
                Some(first) => {
                    let child = [module, &[first.to_owned()]].concat();
                    let whole = [module, &path].concat();
                    if self.modules.contains_key(&child) || self.is_known(&whole) {
                        return whole;
                    }
                    let uses = self.modules.get(module);
                    let used = uses.and_then(|uses| uses.names.get(first)).filter(|used| used[..] != path[..1]);
                    match (used, uses) {
                        (Some(used), _) => drop(path.splice(..1, used.iter().cloned())),
                        (None, Some(uses)) => {
                            return self.through_globs(module, crate_depth, &uses.globs, &path).unwrap_or(path);
                        }
                        (None, None) => return path,
                    }
                }
            }
        }
        path
    }

    fn is_known(&self, path: &[String]) -> bool {
        self.by_path.contains_key(path) || self.texts.contains_key(path)
    }

    /// What `use other::*` makes known.
    fn through_globs(&self, module: &[String], crate_depth: usize, globs: &[Path], path: &[String]) -> Option<Path> {
        globs.iter().find_map(|glob| {
            // A glob that leads back here through another one ends the search.
            let folder = if glob.len() == 1 && !["crate", "self", "super"].contains(&glob[0].as_str()) {
                [module, glob].concat()
            } else {
                match glob[0].as_str() {
                    "crate" | "self" | "super" => self.absolute(module, crate_depth, glob.clone()),
                    first => match self.modules.get(module).and_then(|uses| uses.names.get(first)) {
                        Some(used) if used[0] == "crate" => {
                            self.absolute(module, crate_depth, [&used[..], &glob[1..]].concat())
                        }
                        _ => [module, glob].concat(),
                    },
                }
            };
            let whole = [&folder[..], path].concat();
            let child = [&folder[..], &path[..1]].concat();
            (self.is_known(&whole) || self.modules.contains_key(&child)).then_some(whole)
        })
    }

    /// Follows `pub use` from where something is named to where it is.
    fn exported(&self, mut path: Path, crate_depth: usize) -> Path {
        for _ in 0..MOST_STEPS {
            if self.is_known(&path) {
                break;
            }
            // The longest part of the path that is a module.
            let modules = (0..path.len()).rev().find(|end| self.modules.contains_key(&path[..*end]));
            let Some(end) = modules.filter(|end| *end > 0) else { break };
            let (module, rest) = (path[..end].to_vec(), path[end..].to_vec());
            let next = self.absolute(&module, crate_depth, rest.clone());
            if next == rest || next == path {
                break;
            }
            path = next;
        }
        path
    }

    /// Where a function begins.
    pub(super) fn position(&self, index: usize) -> Position {
        let function = &self.all[index];
        Position { file: function.file.to_owned(), line: function.signature.ident.span().start().line }
    }
}

impl Uses {
    fn add(&mut self, item: &ItemUse) {
        let mut open: Vec<(Path, &UseTree)> = vec![(Vec::new(), &item.tree)];
        while let Some((mut path, tree)) = open.pop() {
            match tree {
                UseTree::Path(part) => {
                    path.push(plain(&part.ident));
                    open.push((path, &part.tree));
                }
                UseTree::Group(group) => open.extend(group.items.iter().map(|item| (path.clone(), item))),
                UseTree::Glob(_) if !path.is_empty() => self.globs.push(path),
                UseTree::Glob(_) => {}
                UseTree::Name(name) if name.ident == "self" => {
                    if let Some(last) = path.last().cloned() {
                        self.names.insert(last, path);
                    }
                }
                UseTree::Name(name) => {
                    let name = plain(&name.ident);
                    path.push(name.clone());
                    self.names.insert(name, path);
                }
                UseTree::Rename(rename) => {
                    if rename.ident != "self" {
                        path.push(plain(&rename.ident));
                    }
                    self.names.insert(plain(&rename.rename), path);
                }
            }
        }
    }
}
