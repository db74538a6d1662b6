//! Whether a file names a table's types or modules, and not others of the same names.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{ImplItemType, Item, ItemUse, UseTree, Variant};

use super::source_code;

/// Where the modules of tables are, and the words that lead there.
const FOLDERS: [&str; 11] =
    ["api", "app", "common", "crate", "factories", "http", "pages", "repositories", "self", "services", "super"];

/// Whether Rust code names one of the types, or has a path through one of the modules called `module`.
pub(super) fn mention(text: &str, types: &BTreeSet<String>, module: &str) -> bool {
    let code = source_code::without_comments(text);
    if has_path(&code, module) || types.iter().any(|name| has_model(&code, name)) {
        return true;
    }
    let words = source_code::words(&code);
    let named: Vec<&String> = words.iter().filter(|word| types.contains(*word)).collect();
    if named.is_empty() {
        return false;
    }
    let others = others(text);
    named.iter().any(|name| !others.contains(*name))
}

/// Whether the type is named by a path through the models.
fn has_model(code: &str, name: &str) -> bool {
    let path = format!("models::{name}");
    let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    code.match_indices(&path).any(|(at, _)| !goes_on(&code[at + path.len()..]))
}

/// Whether the module is named as a whole word, alone or behind one in which it may be.
fn has_path(code: &str, module: &str) -> bool {
    let module = format!("{module}::");
    code.match_indices(&module).any(|(at, _)| {
        let before = &code[..at];
        let last_word =
            |text: &str| text.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("").to_owned();
        match before.strip_suffix("::") {
            Some(before) => FOLDERS.contains(&&*last_word(before)),
            None => last_word(before).is_empty(),
        }
    })
}

/// The types that a file declares, or imports from somewhere that has no models.
fn others(text: &str) -> BTreeSet<String> {
    let mut others = Others::default();
    if let Ok(file) = syn::parse_file(text) {
        others.visit_file(&file);
    }
    others.0
}

#[derive(Default)]
struct Others(BTreeSet<String>);

impl Others {
    fn import(&mut self, tree: &UseTree, is_models: bool) {
        match tree {
            // What `super` is, the file does not say.
            UseTree::Path(path) => {
                self.import(&path.tree, is_models || ["models", "self", "super"].iter().any(|name| path.ident == name))
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, is_models)),
            UseTree::Name(name) if !is_models => drop(self.0.insert(name.ident.to_string())),
            UseTree::Rename(name) if !is_models => drop(self.0.insert(name.rename.to_string())),
            _ => {}
        }
    }
}

impl<'ast> Visit<'ast> for Others {
    fn visit_item(&mut self, item: &'ast Item) {
        let name = match item {
            Item::Enum(item) => Some(&item.ident),
            Item::Struct(item) => Some(&item.ident),
            Item::Trait(item) => Some(&item.ident),
            Item::Type(item) => Some(&item.ident),
            Item::Union(item) => Some(&item.ident),
            _ => None,
        };
        self.0.extend(name.map(ToString::to_string));
        visit::visit_item(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.import(&item.tree, false);
    }

    fn visit_impl_item_type(&mut self, item: &'ast ImplItemType) {
        self.0.insert(item.ident.to_string());
    }

    fn visit_variant(&mut self, variant: &'ast Variant) {
        self.0.insert(variant.ident.to_string());
        visit::visit_variant(self, variant);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_of_the_same_name_from_elsewhere_is_no_mention() {
        let types = BTreeSet::from(["Command".to_owned(), "CommandDraft".to_owned()]);
        let named = |text: &str| mention(text, &types, "commands");
        for text in [
            "use stack_live::{Command, Target};\nfn f(command: Command) {}",
            "use std::process::Command;",
            "use crate::components::{Command};",
            "enum Command { Serve }\nfn f(command: Command) {}",
            "impl Deref for X {\n    type Command = Y;\n}",
            "enum Verb { Command(String) }",
            "use clap::commands::Parser;\nfn f() { clap::commands::run() }",
            "// Command\nfn f() { subcommands::run() }",
        ] {
            assert!(!named(text), "{text}");
        }
        for text in [
            "use crate::models::{Command, Note};",
            "use crate::{error::Result, models::Command};",
            "use super::*;\nfn f(command: Command) {}",
            "use stack_live::Command;\nuse crate::models::CommandDraft;",
            "use stack_live::Command;\nfn f(command: &crate::models::Command) {}",
            "fn f() { pages::commands::index() }",
            "fn f() { crate::services::commands::create() }",
            "use crate::http::commands;\nfn f() { commands::list() }",
            "use super::commands::list;",
        ] {
            assert!(named(text), "{text}");
        }
    }
}
