//! What is different between an object and the one that it should become.

use crate::object::{Body, Column, Composite, Constraint, Definition, Kind, Object, Table};

/// Whether nothing is different that a migration could change; the place of a column is not.
pub(super) fn is_same(old: &Body, new: &Body) -> bool {
    match (old, new) {
        (Body::Column(old), Body::Column(new)) => {
            let number = new.number;
            *new == Column {
                number,
                ..old.clone()
            }
        }
        _ => old == new,
    }
}

/// Whether labels were only added.
pub(super) fn is_subsequence(old: &[String], new: &[String]) -> bool {
    let mut new = new.iter();
    old.iter().all(|label| new.any(|other| other == label))
}

/// Whether what stays of a composite type stands where it stood, and what is new behind it.
pub(super) fn keeps_its_order(old: &Composite, new: &Composite) -> bool {
    let kept = old.names().filter(|name| new.type_of(name).is_some());
    let come = new.names().filter(|name| old.type_of(name).is_none());
    kept.chain(come).eq(new.names())
}

/// Why a table cannot be changed into this one.
pub(super) fn is_another_table(old: &Table, new: &Table) -> Option<&'static str> {
    let partition = new.partition_bound.is_some();
    if old.partition_key != new.partition_key {
        return Some("what it is partitioned by changes; make a new table and move the rows");
    }
    if old.partition_bound.is_some() != partition {
        return Some(
            "a partition becomes a table of its own, or the other way round; write that migration by hand",
        );
    }
    if !partition && old.parents != new.parents {
        return Some(
            "it inherits from other tables than before; make a new table and move the rows",
        );
    }
    let other_method = old.access_method != new.access_method;
    other_method.then_some("its access method changes; write that migration by hand")
}

/// Whether a column is computed now and was not before, or by something else.
pub(super) fn is_computed_anew(old: &Column, new: &Column, retyped: bool) -> bool {
    match (&old.generated, &new.generated) {
        (None, None) => false,
        (Some(expression), None) => expression.ends_with(" VIRTUAL"),
        (before, after) => before != after || retyped,
    }
}

/// Whether nothing happened but that existing rows are checked too.
pub(super) fn is_only_validated(old: &Constraint, new: &Constraint) -> bool {
    old.definition.strip_suffix(" NOT VALID") == Some(&new.definition)
}

/// Whether the statement that makes the new one puts it in the place of the old one.
pub(super) fn is_put_in_place(old: &Definition, new: &Definition) -> bool {
    match (&old.keeps, &new.keeps) {
        (Some(old), Some(new)) => new.starts_with(old),
        _ => false,
    }
}

/// What an index or a constraint does, without its name.
pub(super) fn nameless(object: &Object) -> Option<String> {
    match (&object.body, object.id.kind) {
        (Body::Constraint(Constraint { definition, .. }), _) => Some(definition.clone()),
        (Body::Definition(Definition { create, .. }), Kind::Index) => {
            let (before, after) = create.split_once(" INDEX ")?;
            Some(format!("{before} INDEX {}", after.split_once(" ON ")?.1))
        }
        _ => None,
    }
}
