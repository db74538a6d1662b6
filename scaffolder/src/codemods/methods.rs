//! Which variables of a function have a type that is written down.

use std::collections::BTreeMap;

use syn::visit::{self, Visit};
use syn::{Pat, PatType, Type};

/// The type of each variable of a function, by its name: none if it is not written down, or the name is used twice.
#[derive(Default)]
pub(super) struct Variables<'ast>(pub(super) BTreeMap<String, Option<&'ast Type>>);

impl<'ast> Variables<'ast> {
    fn add(&mut self, name: String, found: Option<&'ast Type>) {
        self.0.entry(name).and_modify(|known| *known = None).or_insert(found);
    }
}

impl<'ast> Visit<'ast> for Variables<'ast> {
    fn visit_pat_type(&mut self, typed: &'ast PatType) {
        match &*typed.pat {
            Pat::Ident(pattern) if pattern.subpat.is_none() => {
                self.add(pattern.ident.to_string(), Some(without_references(&typed.ty)))
            }
            _ => visit::visit_pat_type(self, typed),
        }
    }

    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        self.add(pattern.ident.to_string(), None);
        visit::visit_pat_ident(self, pattern);
    }
}

fn without_references(mut found: &Type) -> &Type {
    while let Type::Reference(reference) = found {
        found = &reference.elem;
    }
    found
}
