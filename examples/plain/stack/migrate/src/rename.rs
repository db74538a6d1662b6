//! What a person says was renamed: `notes=memos`, `notes.title=headline`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::catalog::Catalog;
use crate::diff::{RenameCandidate, Step, last_part, quote};
use crate::object::{Body, Id, Kind, Object};

/// An old name and a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// `notes`, or `notes.title` of what belongs to a table; `status.open` of a label of an enum.
    pub old: String,
    /// The new name, of what belongs to a table with or without the table's.
    pub new: String,
}

impl FromStr for Rename {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((old, new)) if !old.trim().is_empty() && !new.trim().is_empty() => Ok(Self {
                old: old.trim().to_owned(),
                new: new.trim().to_owned(),
            }),
            _ => Err("write it as `old=new`: `notes=memos`, `notes.title=headline`".to_owned()),
        }
    }
}

impl fmt::Display for Rename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.old, self.new)
    }
}

impl From<&RenameCandidate> for Rename {
    fn from(candidate: &RenameCandidate) -> Self {
        Self {
            old: candidate.old.name.clone(),
            new: candidate.new.name.clone(),
        }
    }
}

impl Rename {
    /// The statements, for a database that looks like `from`; none if there is nothing of this name.
    pub(crate) fn steps(&self, from: &Catalog, to: &Catalog) -> Vec<Step> {
        let kinds = [
            Kind::Table,
            Kind::Column,
            Kind::View,
            Kind::MaterializedView,
            Kind::Enum,
            Kind::Composite,
            Kind::Domain,
            Kind::Range,
            Kind::Sequence,
            Kind::Index,
            Kind::Constraint,
            Kind::Trigger,
            Kind::Policy,
            Kind::Schema,
        ];
        let mut ids = kinds.into_iter().map(|kind| Id::new(kind, &self.old));
        match ids.find_map(|id| from.get(&id)) {
            Some(object) if lies_in_a_schema(object.id.kind) => self.moved(object, from, to),
            Some(object) => self.statement(object).into_iter().collect(),
            None => self.label(from).into_iter().collect(),
        }
    }

    /// Whether the schema has the new name, as far as that can be told: of a table, and of a column whose
    /// table it has.
    pub(crate) fn leads_to(&self, from: &Catalog, to: &Catalog) -> bool {
        if from.get(&Id::new(Kind::Table, &self.old)).is_some() {
            let id = Id::new(Kind::Table, self.new_place(Kind::Table, to));
            return to.get(&id).is_some();
        }
        match self.old.rsplit_once('.') {
            Some((table, _))
                if from.get(&Id::new(Kind::Column, &self.old)).is_some()
                    && to.get(&Id::new(Kind::Table, table)).is_some() =>
            {
                let last = last_part(&self.new);
                let id = Id::new(Kind::Column, format!("{table}.{last}"));
                to.get(&id).is_some()
            }
            _ => true,
        }
    }

    /// The new name with its schema, of what lies in one: that of the old one where none is said, if there it is.
    fn new_place(&self, kind: Kind, to: &Catalog) -> String {
        let beside = format!("{}{}", schema_of(&self.old), self.new);
        let is_there = |name: &String| to.get(&Id::new(kind, name)).is_some();
        let says_a_schema = !schema_of(&self.new).is_empty();
        if is_there(&self.new) || says_a_schema && !is_there(&beside) {
            self.new.clone()
        } else {
            beside
        }
    }

    /// Another schema, another name, or both.
    fn moved(&self, object: &Object, from: &Catalog, to: &Catalog) -> Vec<Step> {
        let place = self.new_place(object.id.kind, to);
        let (schema, name) = (schema_of(&place), last_part(&place));
        let (old_schema, old_name) = (schema_of(&self.old), last_part(&self.old));
        let Some(target) = object.target() else {
            return Vec::new();
        };
        let step = |sql: String| Step::new(&object.id, sql);
        let mut steps = Vec::new();
        let mut now = target;
        if schema != old_schema {
            let bare = schema.trim_end_matches('.');
            let id = Id::new(Kind::Schema, bare);
            if let (None, Some(Body::Definition(new))) = (from.get(&id), to.body(&id)) {
                steps.push(Step::new(&id, new.create.clone()));
            }
            let bare = if bare.is_empty() { "public" } else { bare };
            steps.push(step(format!("ALTER {now} SET SCHEMA {bare}")));
            let word = now.strip_suffix(&self.old).unwrap_or_default();
            now = format!("{word}{schema}{old_name}");
        }
        if name != old_name {
            steps.push(step(format!("ALTER {now} RENAME TO {name}")));
        }
        steps
    }

    fn statement(&self, object: &Object) -> Option<Step> {
        // Behind the last dot: `RENAME TO` takes no schema, and no table.
        let new = last_part(&self.new);
        let (word, table, name) = match &object.body {
            Body::Column(column) => ("COLUMN", &column.table, &column.name),
            Body::Constraint(constraint) => ("CONSTRAINT", &constraint.table, &constraint.name),
            _ => {
                let sql = format!("ALTER {} RENAME TO {new}", object.target()?);
                return Some(Step::new(&object.id, sql));
            }
        };
        let sql = format!("ALTER TABLE {table} RENAME {word} {name} TO {new}");
        Some(Step::new(&object.id, sql))
    }

    /// `status.open=done`: a label of an enum.
    fn label(&self, from: &Catalog) -> Option<Step> {
        let (ty, label) = self.old.rsplit_once('.')?;
        let id = Id::new(Kind::Enum, ty);
        match from.body(&id)? {
            Body::Enum(known) if known.labels.iter().any(|known| known == label) => {}
            _ => return None,
        }
        let new = self.new.strip_prefix(ty);
        let new = new.and_then(|new| new.strip_prefix('.'));
        let (label, new) = (quote(label), quote(new.unwrap_or(&self.new)));
        let sql = format!("ALTER TYPE {ty} RENAME VALUE {label} TO {new}");
        Some(Step::new(&id, sql))
    }
}

/// What `ALTER … SET SCHEMA` moves.
fn lies_in_a_schema(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Table
            | Kind::View
            | Kind::MaterializedView
            | Kind::Enum
            | Kind::Composite
            | Kind::Domain
            | Kind::Range
            | Kind::Sequence
    )
}

/// `app.` of `app.notes`; nothing of `notes`.
fn schema_of(name: &str) -> &str {
    name.strip_suffix(&last_part(name)).unwrap_or_default()
}

/// Sequences that belong to one column in both, under two names.
pub(crate) fn sequences(from: &Catalog, to: &Catalog) -> Vec<Step> {
    let wanted: BTreeMap<&Id, &Id> = owned_sequences(to).collect();
    let renamed = owned_sequences(from).filter_map(|(column, old)| {
        let new = *wanted.get(column)?;
        let free = new != old && from.get(new).is_none();
        free.then_some((old, last_part(&new.name)))
    });
    renamed
        .map(|(old, new)| {
            let sql = format!("ALTER SEQUENCE {} RENAME TO {new}", old.name);
            Step::new(old, sql)
        })
        .collect()
}

/// Each column that owns a sequence, and the sequence.
fn owned_sequences(catalog: &Catalog) -> impl Iterator<Item = (&Id, &Id)> {
    let ownerships = catalog
        .iter()
        .filter(|object| object.id.kind == Kind::Ownership);
    ownerships.filter_map(|ownership| {
        let sequence = ownership.parent.as_ref()?;
        let mut needed = catalog.needs(&ownership.id);
        Some((needed.find(|id| *id != sequence)?, sequence))
    })
}
