//! What may have been renamed rather than dropped and made: for a person to decide.

use crate::catalog::Catalog;
use crate::object::{Body, Id, Kind};

/// Something that is dropped and something made that look alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookAlike {
    /// What the migrations have.
    pub old: Id,
    /// What the schema has.
    pub new: Id,
}

/// Tables with mostly the same columns, and columns of the same type in one table.
#[must_use]
pub fn look_alikes(from: &Catalog, to: &Catalog) -> Vec<LookAlike> {
    let mut found = Vec::new();
    let gone = |kind: Kind| {
        from.objects
            .values()
            .filter(move |object| object.id.kind == kind && !to.objects.contains_key(&object.id))
    };
    let come = |kind: Kind| {
        to.objects
            .values()
            .filter(move |object| object.id.kind == kind && !from.objects.contains_key(&object.id))
    };
    for kind in [Kind::Table, Kind::Column, Kind::Enum] {
        let mut taken: Vec<&Id> = Vec::new();
        for old in gone(kind) {
            let best = come(kind)
                .filter(|new| !taken.contains(&&new.id))
                .filter_map(|new| Some((likeness(from, to, &old.id, &new.id)?, &new.id)))
                .max_by_key(|(likeness, _)| *likeness);
            if let Some((_, new)) = best {
                taken.push(new);
                found.push(LookAlike {
                    old: old.id.clone(),
                    new: new.clone(),
                });
            }
        }
    }
    found
}

/// How much two objects have in common, if it is enough to ask.
fn likeness(from: &Catalog, to: &Catalog, old: &Id, new: &Id) -> Option<usize> {
    match (&from.objects.get(old)?.body, &to.objects.get(new)?.body) {
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
        (Body::Enum(old), Body::Enum(new)) => (old == new).then_some(old.len()),
        _ => None,
    }
}

/// Name and type of each column.
fn columns(catalog: &Catalog, table: &Id) -> Vec<(String, String)> {
    catalog
        .objects
        .values()
        .filter_map(|object| match &object.body {
            Body::Column(column) if column.table == table.name => {
                Some((column.name.clone(), column.ty.clone()))
            }
            _ => None,
        })
        .collect()
}
