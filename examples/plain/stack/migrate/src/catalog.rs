//! What a database looks like, read from the server's own catalog.
//!
//! Nothing is parsed here. Names, types, expressions and definitions come as the server words them
//! (`format_type`, `pg_get_expr`, `pg_get_constraintdef`, …), which is what makes two of them
//! comparable: `integer` and `int4`, or an `IN` and an `= ANY`, read the same.
//! <https://www.postgresql.org/docs/current/functions-info.html>

mod array_casts;
mod code;
mod comments;
mod constraints;
mod grants;
mod reader;
mod relations;
mod settings;
mod types;
mod unsupported;

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::PgConnection;

use crate::object::{Body, Column, Id, Kind, Object, Table};
use reader::Reader;

/// The table in which migrations are recorded: no part of anybody's schema.
pub(crate) const RECORD: &str = "_sqlx_migrations";

/// Every object of a database, and which needs which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    pub(crate) objects: BTreeMap<Id, Object>,
    /// What must be there before an object can be.
    pub(crate) needs: BTreeMap<Id, BTreeSet<Id>>,
}

impl Catalog {
    /// Reads the database that `connection` leads to. Leaves its `search_path` at `public`.
    ///
    /// # Errors
    /// The server's.
    pub async fn read(connection: &mut PgConnection) -> sqlx::Result<Self> {
        sqlx::raw_sql("set search_path = public; set quote_all_identifiers = off")
            .execute(&mut *connection)
            .await?;
        let mut reader = Reader::new(connection).await?;
        read_kinds(&mut reader).await?;
        comments::read(&mut reader).await?;
        grants::read(&mut reader).await?;
        reader.read_dependencies().await?;
        Ok(reader.catalog)
    }

    /// Takes objects out, with what is a part of them.
    pub(crate) fn leave_out(&mut self, out: impl Fn(&Id) -> bool) {
        let mut gone: BTreeSet<Id> = self.objects.keys().filter(|id| out(id)).cloned().collect();
        loop {
            let part = |object: &&Object| {
                let of = |parent: &Id| gone.contains(parent);
                object.parent.as_ref().is_some_and(of) && !gone.contains(&object.id)
            };
            let parts: Vec<Id> = self
                .objects
                .values()
                .filter(part)
                .map(|one| one.id.clone())
                .collect();
            if parts.is_empty() {
                break;
            }
            gone.extend(parts);
        }
        self.objects.retain(|id, _| !gone.contains(id));
        self.needs.retain(|id, _| !gone.contains(id));
        for needed in self.needs.values_mut() {
            needed.retain(|id| !gone.contains(id));
        }
    }

    /// The object of this name, if there is one.
    #[must_use]
    pub fn get(&self, id: &Id) -> Option<&Object> {
        self.objects.get(id)
    }

    /// Every object, by kind and name.
    pub fn iter(&self) -> impl Iterator<Item = &Object> {
        self.objects.values()
    }

    /// The names of the tables.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.objects
            .keys()
            .filter(|id| id.kind == Kind::Table)
            .map(|id| id.name.as_str())
    }

    /// What an object looks like, if it is there.
    pub(crate) fn body(&self, id: &Id) -> Option<&Body> {
        Some(&self.get(id)?.body)
    }

    /// What an object is a part of.
    pub(crate) fn parent(&self, id: &Id) -> Option<&Id> {
        self.get(id)?.parent.as_ref()
    }

    pub(crate) fn table(&self, id: &Id) -> Option<&Table> {
        match self.body(id)? {
            Body::Table(table) => Some(table),
            _ => None,
        }
    }

    pub(crate) fn column(&self, id: &Id) -> Option<&Column> {
        match self.body(id)? {
            Body::Column(column) => Some(column),
            _ => None,
        }
    }

    /// The table that this is, or is a column of.
    pub(crate) fn table_at<'c>(&'c self, id: &'c Id) -> Option<&'c str> {
        match self.body(id)? {
            Body::Table(_) => Some(&id.name),
            Body::Column(column) => Some(&column.table),
            _ => None,
        }
    }

    pub(crate) fn is_foreign_key(&self, id: &Id) -> bool {
        matches!(self.body(id), Some(Body::Constraint(constraint)) if constraint.ty == "f")
    }

    /// What `id` needs.
    pub(crate) fn needs(&self, id: &Id) -> impl Iterator<Item = &Id> {
        self.needs.get(id).into_iter().flatten()
    }

    /// Every pair: an object, and one that it needs.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&Id, &Id)> {
        self.needs
            .iter()
            .flat_map(|(id, needed)| needed.iter().map(move |needed| (id, needed)))
    }
}

/// The catalog's tables, by their numbers, which are the same in every version.
mod class {
    pub(super) const TYPE: u32 = 1247;
    pub(super) const CLASS: u32 = 1259;
    pub(super) const NAMESPACE: u32 = 2615;
}

/// What one statement makes, and the query that reads it. Parents come before what is a part of them.
const DEFINITIONS: [(Kind, &str); 15] = [
    (Kind::Schema, types::SCHEMAS),
    (Kind::Extension, types::EXTENSIONS),
    (Kind::DomainConstraint, types::DOMAIN_CONSTRAINTS),
    (Kind::Range, types::RANGES),
    (Kind::Routine, code::ROUTINES),
    (Kind::View, relations::VIEWS),
    (Kind::MaterializedView, relations::MATERIALIZED_VIEWS),
    (Kind::Ownership, relations::OWNERSHIPS),
    (Kind::Default, relations::DEFAULTS),
    (Kind::Index, constraints::INDEXES),
    (Kind::Statistics, constraints::STATISTICS),
    (Kind::Rule, code::RULES),
    (Kind::Trigger, code::TRIGGERS),
    (Kind::Policy, code::POLICIES),
    (Kind::Setting, settings::SETTINGS),
];

/// Reads every kind of object. What has a number below 16384 is the server's own.
async fn read_kinds(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    use Kind::{Column, Composite, Constraint, Domain, Enum, Sequence, Table, Unsupported};
    use constraints::CONSTRAINTS;
    use relations::{COLUMNS, SEQUENCES, TABLES};
    use types::{COMPOSITES, DOMAINS, ENUMS};
    use unsupported::UNSUPPORTED;
    reader.read(Enum, Body::Enum, ENUMS).await?;
    reader.read(Domain, Body::Domain, DOMAINS).await?;
    reader.read(Composite, Body::Composite, COMPOSITES).await?;
    reader.read(Table, Body::Table, TABLES).await?;
    reader.read(Column, Body::Column, COLUMNS).await?;
    reader.read(Sequence, Body::Sequence, SEQUENCES).await?;
    reader
        .read(Constraint, Body::Constraint, CONSTRAINTS)
        .await?;
    for (kind, query) in DEFINITIONS {
        reader.read(kind, Body::Definition, query).await?;
    }
    reader
        .read(Unsupported, Body::Unsupported, UNSUPPORTED)
        .await
}
