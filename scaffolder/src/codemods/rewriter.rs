//! One file, rewritten by the rules of one version.
//!
//! 1. Calls get their new arguments, from the outside in, until there is none left.
//! 2. Names are counted: an import may get another name only where every mention of it is understood. Otherwise it is imported `as` what
//!    it was called, which is right in macros, in modules that look at this one, and beside variables of that name.
//! 3. Names are rewritten, and what is left is remarked on.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Item, PathArguments, PathSegment, Stmt, Type};

use super::edits::Edits;
use super::imports::{Kind, grouped, without};
use super::methods::Variables;
use super::paths::{Written, spelled};
use super::rules::{CallRule, Codemods, Segments};
use super::scope::{Head, Imported, Scopes};
use super::source::Source;
use super::tokens;

/// What became of a file.
pub(super) struct Outcome {
    pub(super) text: String,
    /// By line.
    pub(super) remarks: BTreeSet<(usize, String)>,
}

/// Rewrites a file; nothing if it is no Rust. `older` is the file before the merge, and `module` which one it is.
pub(super) fn rewrite(text: &str, older: Option<&str>, module: &Segments, rules: &Codemods) -> Option<Outcome> {
    let ghosts = older.and_then(|older| imported_by(older, module)).unwrap_or_default();
    let mut text = text.to_owned();
    let mut remarks = Remarks::new();
    // Without a rule for calls their run would find what the one for names does.
    let goals = [Goal::Calls, Goal::Names].into_iter().filter(|goal| *goal == Goal::Names || !rules.calls.is_empty());
    for goal in goals {
        // Each run does at least one; a call within a call's arguments is a run of its own.
        for number in 0..MOST_RUNS {
            let (edits, found) = run(&text, &ghosts, module, rules, goal)?;
            let is_last = edits.is_empty();
            let places: Vec<usize> = remarks.iter().chain(&found).map(|(at, _)| *at).collect();
            let (new, places) = edits.apply(&text, &places);
            text = new;
            // A macro's names are remarked on by what they meant, calls by what is left of them.
            let is_heard = if goal == Goal::Names { number == 0 } else { is_last };
            let found = found.into_iter().filter(|_| is_heard);
            remarks =
                places.into_iter().zip(remarks.into_iter().chain(found)).map(|(at, (_, text))| (at, text)).collect();
            if is_last {
                break;
            }
        }
    }
    let line = |at: usize| text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1;
    let remarks = remarks.into_iter().map(|(at, remark)| (line(at), remark)).collect();
    Some(Outcome { text, remarks })
}

/// What is remarked on, by its place in the text.
type Remarks = BTreeSet<(usize, String)>;

/// Nobody nests calls of one function deeper.
const MOST_RUNS: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Goal {
    Calls,
    Names,
}

/// The names that a file imports at its root.
fn imported_by(text: &str, module: &Segments) -> Option<BTreeMap<String, Segments>> {
    let source = Source::parse(text)?;
    let mut scopes = Scopes::default();
    let items: Vec<&Item> = source.file.items.iter().collect();
    let imported = scopes.enter(Some(module.clone()), &items, &source);
    let names =
        imported.into_iter().flatten().filter_map(|imported| Some((imported.leaf.visible_name()?, imported.full)));
    Some(names.collect())
}

fn run(
    text: &str,
    ghosts: &BTreeMap<String, Segments>,
    module: &Segments,
    rules: &Codemods,
    goal: Goal,
) -> Option<(Edits, Remarks)> {
    let source = Source::parse(text)?;
    let mut ghosts = ghosts.clone();
    let mut bindings = Variables::default();
    bindings.visit_file(&source.file);
    ghosts.retain(|name, _| !bindings.0.contains_key(name));
    let mut rewriter = Rewriter::new(&source, rules, goal, ghosts.clone(), BTreeMap::new());
    rewriter.file(module);
    let renamed = rewriter.renamed_imports();
    let mut rewriter = Rewriter::new(&source, rules, goal, ghosts, renamed);
    rewriter.file(module);
    Some((rewriter.edits, rewriter.remarks))
}

struct Rewriter<'a> {
    source: &'a Source<'a>,
    rules: &'a Codemods,
    goal: Goal,
    scopes: Scopes,
    /// The imports that get another name.
    renamed: BTreeMap<usize, String>,
    /// How often each import is mentioned where that is understood.
    understood: BTreeMap<usize, usize>,
    /// The variables of the functions around.
    variables: Vec<BTreeMap<String, Option<Segments>>>,
    /// Where the function's path begins in the call that is being visited.
    callee: Option<usize>,
    edits: Edits,
    remarks: Remarks,
}

impl<'a> Rewriter<'a> {
    fn new(
        source: &'a Source<'a>,
        rules: &'a Codemods,
        goal: Goal,
        ghosts: BTreeMap<String, Segments>,
        renamed: BTreeMap<usize, String>,
    ) -> Self {
        Self {
            source,
            rules,
            goal,
            scopes: Scopes::with_ghosts(ghosts),
            renamed,
            understood: BTreeMap::new(),
            variables: Vec::new(),
            callee: None,
            edits: Edits::default(),
            remarks: Remarks::new(),
        }
    }

    fn file(&mut self, module: &Segments) {
        let source = self.source;
        self.within(Some(module.clone()), &source.file.items.iter().collect::<Vec<_>>(), |this| {
            visit::visit_file(this, &source.file);
        });
    }

    fn within(&mut self, module: Option<Segments>, items: &[&Item], visit: impl FnOnce(&mut Self)) {
        let imported = self.scopes.enter(module, items, self.source);
        let uses = items.iter().filter_map(|item| if let Item::Use(item) = item { Some(item) } else { None });
        for (item, imported) in uses.zip(&imported) {
            self.use_item(item, imported);
        }
        visit(self);
        self.scopes.leave();
    }

    fn remark(&mut self, at: usize, text: String) {
        self.remarks.insert((at, text));
    }

    /// Which imports can have their new name: every mention of the old one is understood, and nobody uses the new one.
    fn renamed_imports(&self) -> BTreeMap<usize, String> {
        let mut mentions: BTreeMap<String, usize> = BTreeMap::new();
        tokens::identifiers(&self.source.tokens, &mut |ident| *mentions.entry(ident.to_string()).or_default() += 1);
        let mut strings = String::new();
        tokens::strings(&self.source.tokens, &mut |text| strings.push_str(text));
        let has_modules =
            self.source.file.items.iter().any(|item| matches!(item, Item::Mod(module) if module.content.is_none()));
        let count = |name: &str| mentions.get(name).copied().unwrap_or_default();
        let mut renamed = BTreeMap::new();
        for (id, import) in self.scopes.imports.iter().enumerate() {
            let Some((_, full)) = self.rules.renamed(&import.full) else { continue };
            let is_called_so = import.full.last() == Some(&import.name);
            let Some(new) = full.last().filter(|new| is_called_so && **new != import.name) else { continue };
            let understood = self.understood.get(&id).copied().unwrap_or_default() + import.own_mentions;
            // A format string may mention a constant: `{MOST}`.
            let is_in_a_string = strings.contains(&format!("{{{}", import.name));
            if import.is_private
                && !has_modules
                && count(&import.name) == understood
                && count(new) == 0
                && !is_in_a_string
            {
                renamed.insert(id, new.clone());
            }
        }
        renamed
    }

    fn use_item(&mut self, item: &syn::ItemUse, imported: &[Imported]) {
        let at = self.source.range(item.use_token.span()).start;
        for imported in imported {
            if let Some(rule) = self.rules.removed(&imported.full) {
                let text = format!("`{}` is gone: {}", imported.full.join("::"), rule.instead);
                self.remark(imported.leaf.parts.first().map_or(at, |part| part.range.start), text);
            }
        }
        if self.goal == Goal::Calls {
            return;
        }
        for glob in imported.iter().filter(|imported| imported.is_glob()) {
            self.brought_by_glob(at, &glob.full);
        }
        let changes: Vec<_> = imported.iter().map(|imported| self.rules.renamed(&imported.full)).collect();
        if changes.iter().all(Option::is_none) || self.shared_prefix(imported) {
            return;
        }
        let mut leaving = BTreeSet::new();
        for (number, (imported, change)) in imported.iter().zip(&changes).enumerate() {
            let Some((rule, _)) = change else { continue };
            let names: Vec<String> = imported.leaf.parts.iter().map(|part| part.name.clone()).collect();
            let written = Written { names: &names, full: &imported.full };
            let own = self.scopes.own_crate();
            let in_place = written
                .respelled(rule.from.len(), &rule.to, &own)
                .filter(|(range, _)| {
                    range.start >= imported.leaf.shared
                        && !matches!(imported.leaf.kind, Kind::SelfName(_) | Kind::SelfAlias(_))
                })
                // An extern crate's path stays one; ours is no longer behind `::`.
                .filter(|(range, text)| {
                    range.start > 0 || item.leading_colon.is_none() || !text.starts_with("crate::")
                });
            match in_place {
                Some((range, text)) => {
                    let is_last = range.end == names.len();
                    let alias = if is_last { self.alias(imported, rule.to.last()) } else { String::new() };
                    let parts = &imported.leaf.parts;
                    self.edits
                        .replace(parts[range.start].range.start..parts[range.end - 1].range.end, text + alias.as_str());
                }
                None => drop(leaving.insert(number)),
            }
        }
        if !leaving.is_empty() {
            self.split(item, imported, &leaving);
        }
    }

    /// Names of a module that was imported whole: whether a mention is one of them, the file does not say.
    fn brought_by_glob(&mut self, at: usize, module: &[String]) {
        for rule in &self.rules.paths {
            let Some((name, _)) = rule.from.split_last().filter(|(_, above)| *above == module) else { continue };
            let mut is_mentioned = false;
            tokens::identifiers(&self.source.tokens, &mut |ident| is_mentioned |= ident == name);
            let (from, to) = (rule.from.join("::"), rule.to.join("::"));
            if is_mentioned && self.scopes.resolve(std::slice::from_ref(name), false).is_none() {
                self.remark(at, format!("if `{name}` comes from this `*`: `{from}` is `{to}` now"));
            }
        }
    }

    /// ` as old` where an import keeps the name that it is called by here.
    fn alias(&self, imported: &Imported, now: Option<&String>) -> String {
        let keeps = matches!(imported.leaf.kind, Kind::Name | Kind::SelfName(_));
        match (imported.leaf.visible_name(), now) {
            (Some(name), Some(now))
                if keeps && name != *now && imported.import.is_none_or(|id| !self.renamed.contains_key(&id)) =>
            {
                format!(" as {name}")
            }
            _ => String::new(),
        }
    }

    /// Rewrites what stands before the braces, if one rule is about all of it and no other about a leaf.
    fn shared_prefix(&mut self, imported: &[Imported]) -> bool {
        let Some(first) = imported.first() else { return false };
        let shared = imported.iter().map(|imported| imported.leaf.shared).min().unwrap_or_default();
        let Some((rule, _)) = self.rules.renamed(&first.full).filter(|_| shared > 0 && imported.len() > 1) else {
            return false;
        };
        let matched = rule.from.len();
        let is_about = |imported: &Imported| {
            let depth = imported.full.len() - (imported.leaf.parts.len() - shared);
            self.rules.renamed(&imported.full).is_some_and(|(other, _)| std::ptr::eq(other, rule)) && matched <= depth
        };
        if !imported.iter().all(is_about) {
            return false;
        }
        let names: Vec<String> = first.leaf.parts[..shared].iter().map(|part| part.name.clone()).collect();
        let full = &first.full[..first.full.len() - (first.leaf.parts.len() - shared)];
        let written = Written { names: &names, full };
        let Some((range, text)) = written.respelled(matched, &rule.to, &self.scopes.own_crate()) else { return false };
        let parts = &first.leaf.parts;
        self.edits.replace(parts[range.start].range.start..parts[range.end - 1].range.end, text);
        let is_whole = matched == full.len();
        for imported in imported {
            if let (Kind::SelfName(place), true) =
                (&imported.leaf.kind, is_whole && imported.leaf.parts.len() == shared)
            {
                let alias = self.alias(imported, rule.to.last());
                self.edits.replace(place.end..place.end, alias);
            }
        }
        true
    }

    /// Writes an item as several: what stays in its braces, and what is elsewhere now.
    fn split(&mut self, item: &syn::ItemUse, imported: &[Imported], leaving: &BTreeSet<usize>) {
        let range = self.source.range(item.use_token.span()).start..self.source.range(item.semi_token.span()).end;
        let text = self.source.slice(range.clone());
        if text.contains("//") || text.contains("/*") {
            let gone = leaving.iter().filter_map(|number| self.rules.renamed(&imported[*number].full));
            let gone: Vec<String> =
                gone.map(|(rule, _)| format!("`{}` is `{}` now", rule.from.join("::"), rule.to.join("::"))).collect();
            self.remark(range.start, format!("{}; there are comments in this `use`, so it stays", gone.join(", ")));
            return;
        }
        // All that change leave together: edits within the item would be lost.
        let changes = |number: usize| self.rules.renamed(&imported[number].full);
        let colon = if item.leading_colon.is_some() { "::" } else { "" };
        let stays = without(self.source, &item.tree, &|number| changes(number).is_none());
        let mut trees: Vec<String> = stays.map(|tree| format!("{colon}{tree}")).into_iter().collect();
        let own = self.scopes.own_crate();
        let moved: Vec<(Segments, String)> = (0..imported.len())
            .filter_map(|number| {
                let (_, full) = changes(number)?;
                let path: Segments = spelled(&full, &own).split("::").map(str::to_owned).collect();
                let imported = &imported[number];
                match &imported.leaf.kind {
                    Kind::Glob => Some(([path, vec!["*".to_owned()]].concat(), String::new())),
                    Kind::Alias(name) | Kind::SelfAlias(name) => Some((path, format!(" as {name}"))),
                    Kind::Name | Kind::SelfName(_) => Some((path, self.alias(imported, full.last()))),
                }
            })
            .collect();
        trees.extend(grouped(&moved));
        let start = self.source.range(item.span()).start.min(range.start);
        let before = self.source.slice(start..range.start);
        let between = format!("{}{}{before}", self.source.newline(), self.source.indentation(start));
        let items: Vec<String> = trees.into_iter().map(|tree| format!("use {tree};")).collect();
        self.edits.replace(range, items.join(&between));
    }

    /// A path somewhere in the code; `limit` is how many segments of it are one.
    fn path(&mut self, segments: &Punctuated<PathSegment, syn::Token![::]>, leading_colon: bool, limit: usize) {
        let names: Vec<String> = segments.iter().take(limit).map(|segment| segment.ident.to_string()).collect();
        let Some(resolved) = self.scopes.resolve(&names, leading_colon) else { return };
        let full = &resolved.full;
        let place = |number: usize| self.source.range(segments[number].ident.span());
        let start = place(0).start;
        if let Head::Import(import) = resolved.head {
            *self.understood.entry(import).or_default() += 1;
        }
        if let Some(rule) = self.rules.removed(full) {
            let text = format!("`{}` is gone: {}", rule.path.join("::"), rule.instead);
            self.remark(start, text);
        }
        if self.goal == Goal::Calls {
            let is_called = self.callee == Some(start);
            if let Some(rule) = self.rules.calls.iter().find(|rule| rule.path == *full && !is_called) {
                self.remark(start, format!("`{}` takes `{}` now", rule.path.join("::"), rule.to));
            }
            return;
        }
        let Some((rule, _)) = self.rules.renamed(full) else { return };
        let own = self.scopes.own_crate();
        let written = Written { names: &names, full };
        let edit = match resolved.head {
            Head::Plain => written.respelled(rule.from.len(), &rule.to, &own),
            Head::Import(import) => {
                let imported = &self.scopes.imports[import];
                let name = self.renamed.get(&import).unwrap_or(&imported.name);
                if rule.from.len() <= imported.full.len() {
                    Some((0..1, name.clone())).filter(|_| *name != names[0])
                } else {
                    let now = self.rules.renamed(&imported.full).map_or_else(|| imported.full.clone(), |(_, now)| now);
                    let text = match rule.to.strip_prefix(now.as_slice()) {
                        Some(rest) if !rest.is_empty() => format!("{name}::{}", rest.join("::")),
                        _ => spelled(&rule.to, &own),
                    };
                    written.covering(rule.from.len()).map(|end| (0..end, text))
                }
            }
            Head::Ghost => {
                let head = full.len() - names.len() + 1;
                let (end, to) = match written.covering(rule.from.len()) {
                    Some(end) => (end, rule.to.clone()),
                    // The rule is about what the name stands for.
                    None => (1, [&rule.to, &full[rule.from.len()..head]].concat()),
                };
                let import = self.scopes.import_above(&to);
                let text = import.map_or_else(
                    || spelled(&to, &own),
                    |import| [std::slice::from_ref(&import.name), &to[import.full.len()..]].concat().join("::"),
                );
                Some((0..end, text))
            }
        };
        let Some((range, text)) = edit else { return };
        let plain = |number: usize| matches!(segments[number].arguments, PathArguments::None);
        if (range.start..range.end.saturating_sub(1)).all(plain) && !(leading_colon && text.starts_with("crate::")) {
            let places = place(range.start).start..place(range.end - 1).end;
            self.edits.replace(places, text);
        } else {
            self.remark(start, format!("`{}` is `{}` now", rule.from.join("::"), rule.to.join("::")));
        }
    }

    /// What stands in a macro is not rewritten.
    fn tokens(&mut self, stream: &TokenStream) {
        let mut found: Vec<(usize, String)> = Vec::new();
        let at = |ident: &Ident| self.source.range(ident.span()).start;
        tokens::paths(stream, &mut |path, after_dot| {
            let names: Vec<String> = path.iter().map(ToString::to_string).collect();
            if after_dot {
                found.extend(self.maybe_method(&names[0]).map(|text| (at(&path[0]), text)));
                return;
            }
            let Some(resolved) = self.scopes.resolve(&names, false) else { return };
            if let Some(rule) = self.rules.removed(&resolved.full) {
                found.push((at(&path[0]), format!("`{}` is gone: {}", rule.path.join("::"), rule.instead)));
            }
            if let Some(rule) = self.rules.calls.iter().find(|rule| rule.path == resolved.full) {
                found.push((at(&path[0]), format!("`{}` takes `{}` now", rule.path.join("::"), rule.to)));
            }
            let Some((rule, _)) = self.rules.renamed(&resolved.full) else { return };
            let keeps_its_name = matches!(resolved.head, Head::Import(import) if rule.from.len() <= self.scopes.imports[import].full.len());
            if !keeps_its_name {
                let (from, to) = (rule.from.join("::"), rule.to.join("::"));
                found.push((at(&path[0]), format!("`{from}` is `{to}` now, and macros are not rewritten")));
            }
        });
        for (at, text) in found {
            self.remark(at, text);
        }
    }

    /// What to say of a method whose receiver's type is not known, in a file that names the type.
    fn maybe_method(&self, method: &str) -> Option<String> {
        let rule = self.rules.methods.iter().find(|rule| rule.from == method)?;
        let owner = rule.owner.last()?;
        let mut is_named = false;
        tokens::identifiers(&self.source.tokens, &mut |ident| is_named |= ident == owner);
        is_named.then(|| format!("if `.{method}(…)` is that of `{owner}`, it is `.{}(…)` now", rule.to))
    }

    /// The type of a receiver, if it is written down: nothing if it is not.
    fn type_of(&self, receiver: &Expr) -> Option<Segments> {
        match receiver {
            Expr::Paren(inner) => self.type_of(&inner.expr),
            Expr::Reference(inner) => self.type_of(&inner.expr),
            Expr::Path(path) if path.path.is_ident("self") => self.scopes.self_types.last()?.clone(),
            Expr::Path(path) => self.variables.last()?.get(&path.path.get_ident()?.to_string())?.clone(),
            _ => None,
        }
    }

    fn path_of_type(&self, found: &Type) -> Option<Segments> {
        let Type::Path(path) = found else { return None };
        let names: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let resolved = self.scopes.resolve(&names, path.path.leading_colon.is_some());
        path.qself.is_none().then(|| resolved.map_or(names, |resolved| resolved.full))
    }

    /// Visits a function with what is known of its variables.
    fn function(&mut self, variables: Variables<'_>, visit: impl FnOnce(&mut Self)) {
        let known =
            variables.0.into_iter().map(|(name, found)| (name, found.and_then(|found| self.path_of_type(found))));
        let known = known.collect();
        self.variables.push(known);
        visit(self);
        self.variables.pop();
    }

    fn call(&mut self, call: &syn::ExprCall, rule: &CallRule) {
        let range = self.source.range(call.paren_token.span.join());
        let arguments: Vec<_> = call.args.iter().map(|argument| self.source.range(argument.span())).collect();
        if arguments.len() != rule.from.len() {
            if Some(arguments.len()) != tokens::arguments(&rule.to) {
                self.remark(range.start, format!("`{}` takes `{}` now", rule.path.join("::"), rule.to));
            }
            return;
        }
        let inside = range.start + 1..range.end - 1;
        let mut between = String::new();
        let mut at = inside.start;
        for argument in &arguments {
            between.push_str(self.source.slice(at..argument.start));
            at = argument.end;
        }
        between.push_str(self.source.slice(at..inside.end));
        if between.contains('/') {
            self.remark(
                range.start,
                format!("`{}` takes `{}` now; there are comments, so it stays", rule.path.join("::"), rule.to),
            );
            return;
        }
        let value = |name: &str| {
            let number = rule.from.iter().position(|from| from == name);
            number.map(|number| self.source.slice(arguments[number].clone()).to_owned()).unwrap_or_default()
        };
        self.edits.replace(inside, tokens::fill(&rule.to, value));
    }
}

impl<'ast> Visit<'ast> for Rewriter<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if let Some((_, items)) = &item.content {
            let path = [self.scopes.module(), vec![item.ident.to_string()]].concat();
            self.within(Some(path), &items.iter().collect::<Vec<_>>(), |this| visit::visit_item_mod(this, item));
        }
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        let items: Vec<&Item> =
            block.stmts.iter().filter_map(|stmt| if let Stmt::Item(item) = stmt { Some(item) } else { None }).collect();
        self.within(None, &items, |this| visit::visit_block(this, block));
    }

    /// Rewritten where its scope begins.
    fn visit_item_use(&mut self, _: &'ast syn::ItemUse) {}

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let owner = item.trait_.as_ref().and_then(|(path, _)| {
            let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.scopes.resolve(&names, path.leading_colon.is_some())
        });
        for function in
            item.items.iter().filter_map(|item| if let syn::ImplItem::Fn(item) = item { Some(item) } else { None })
        {
            let is_meant =
                |rule: &&super::rules::MethodRule| owner.as_ref().is_some_and(|owner| owner.full == rule.owner);
            let rule = self.rules.methods.iter().filter(is_meant).find(|rule| function.sig.ident == rule.from);
            if let Some(rule) = rule.filter(|_| self.goal == Goal::Names) {
                self.edits.replace(self.source.range(function.sig.ident.span()), rule.to.clone());
            }
        }
        let own = self.path_of_type(&item.self_ty);
        self.scopes.self_types.push(own);
        visit::visit_item_impl(self, item);
        self.scopes.self_types.pop();
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.scopes.self_types.push(None);
        visit::visit_item_trait(self, item);
        self.scopes.self_types.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let mut variables = Variables::default();
        variables.visit_item_fn(item);
        self.function(variables, |this| visit::visit_item_fn(this, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let mut variables = Variables::default();
        variables.visit_impl_item_fn(item);
        self.function(variables, |this| visit::visit_impl_item_fn(this, item));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.path(&path.segments, path.leading_colon.is_some(), path.segments.len());
        visit::visit_path(self, path);
    }

    fn visit_expr_path(&mut self, expr: &'ast syn::ExprPath) {
        match &expr.qself {
            None => self.visit_path(&expr.path),
            Some(qself) => self.qualified(qself, &expr.path),
        }
    }

    fn visit_type_path(&mut self, found: &'ast syn::TypePath) {
        match &found.qself {
            None => self.visit_path(&found.path),
            Some(qself) => self.qualified(qself, &found.path),
        }
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.visit_path(&called.path);
        self.tokens(&called.tokens);
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        self.visit_path(&list.path);
        self.tokens(&list.tokens);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(function) = &*call.func {
            let path = &function.path;
            let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            let resolved =
                self.scopes.resolve(&names, path.leading_colon.is_some()).filter(|_| function.qself.is_none());
            let rule = resolved.and_then(|resolved| self.rules.calls.iter().find(|rule| rule.path == resolved.full));
            if let Some(rule) = rule.filter(|_| self.goal == Goal::Calls) {
                self.call(call, rule);
                self.callee = path.segments.first().map(|segment| self.source.range(segment.ident.span()).start);
            }
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let method = call.method.to_string();
        if self.goal == Goal::Names && self.rules.methods.iter().any(|rule| rule.from == method) {
            let place = self.source.range(call.method.span());
            let found = self.type_of(&call.receiver);
            let rule =
                self.rules.methods.iter().find(|rule| rule.from == method && found.as_ref() == Some(&rule.owner));
            match (rule, found) {
                (Some(rule), _) => self.edits.replace(place, rule.to.clone()),
                (None, None) => {
                    if let Some(text) = self.maybe_method(&method) {
                        self.remark(place.start, text);
                    }
                }
                // Another type's.
                (None, Some(_)) => {}
            }
        }
        visit::visit_expr_method_call(self, call);
    }
}

impl Rewriter<'_> {
    /// `<Type as a::Trait>::name`: the path ends within the brackets.
    fn qualified(&mut self, qself: &syn::QSelf, path: &syn::Path) {
        self.visit_type(&qself.ty);
        if qself.position > 0 {
            self.path(&path.segments, path.leading_colon.is_some(), qself.position);
        }
        for segment in &path.segments {
            self.visit_path_arguments(&segment.arguments);
        }
    }
}
