//! What may have been renamed rather than dropped and made: for a person to decide.

use crate::catalog::Catalog;
use crate::object::{Body, Id, Kind};

/// Something that is dropped and something made that look alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenameCandidate {
    /// What the migrations have.
    pub old: Id,
    /// What the schema has.
    pub new: Id,
}

/// Tables with mostly the same columns, and columns of the same type in one table.
#[must_use]
pub fn rename_candidates(from: &Catalog, to: &Catalog) -> Vec<RenameCandidate> {
    let mut found = Vec::new();
    for kind in [Kind::Table, Kind::Column, Kind::Enum] {
        let mut created = only_in(to, from, kind);
        for old in only_in(from, to, kind) {
            let best = created
                .iter()
                .enumerate()
                .filter_map(|(at, new)| Some((likeness(from, to, old, new)?, at)))
                .max();
            if let Some((_, at)) = best {
                found.push(RenameCandidate {
                    old: old.clone(),
                    new: created.remove(at).clone(),
                });
            }
        }
    }
    found
}

/// The objects of a kind that one catalog has and the other has not.
fn only_in<'c>(catalog: &'c Catalog, other: &Catalog, kind: Kind) -> Vec<&'c Id> {
    let ids = catalog.objects.keys().filter(|id| id.kind == kind);
    ids.filter(|id| other.get(id).is_none()).collect()
}

/// How much two objects have in common, if it is enough to ask.
fn likeness(from: &Catalog, to: &Catalog, old: &Id, new: &Id) -> Option<usize> {
    match (from.body(old)?, to.body(new)?) {
        (Body::Table(_), Body::Table(_)) => {
            let (old, new) = (columns(from, old), columns(to, new));
            let common = old.iter().filter(|column| new.contains(column)).count();
            (common * 3 >= old.len().max(new.len()) * 2 && common > 0).then_some(common)
        }
        (Body::Column(old), Body::Column(new)) => {
            let alike =
                old.table == new.table && old.ty == new.ty && old.generated == new.generated;
            alike.then(|| {
                usize::from(old.not_null == new.not_null) + usize::from(old.number == new.number)
            })
        }
        (Body::Enum(old), Body::Enum(new)) => (old == new).then_some(old.labels.len()),
        _ => None,
    }
}

/// Name and type of each column.
fn columns(catalog: &Catalog, table: &Id) -> Vec<(String, String)> {
    let columns = catalog
        .iter()
        .filter_map(|object| catalog.column(&object.id));
    columns
        .filter(|column| column.table == table.name)
        .map(|column| (column.name.clone(), column.ty.clone()))
        .collect()
}
