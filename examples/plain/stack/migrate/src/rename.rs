//! What a person says was renamed: `notes=memos`, `notes.title=headline`.

use std::fmt;
use std::str::FromStr;

use crate::catalog::Catalog;
use crate::diff::{LookAlike, Place, Step, last_part};
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

impl From<&LookAlike> for Rename {
    fn from(alike: &LookAlike) -> Self {
        Self {
            old: alike.old.name.clone(),
            new: alike.new.name.clone(),
        }
    }
}

impl Rename {
    /// The statement, for a database that looks like `from`; none if there is nothing of this name.
    pub(crate) fn step(&self, from: &Catalog) -> Option<Step> {
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
        let ids = kinds.map(|kind| Id::new(kind, &self.old));
        let found = ids.iter().find(|id| from.objects.contains_key(id));
        let (id, sql) = match found {
            Some(id) => (id.clone(), self.statement(id)?),
            None => self.label(from)?,
        };
        Some(Step {
            object: id,
            sql,
            hazard: None,
            place: Place::Together,
        })
    }

    /// Whether the schema has the new name, as far as that can be told: of a table, and of a column whose
    /// table it has.
    pub(crate) fn leads_to(&self, from: &Catalog, to: &Catalog) -> bool {
        let last = self.new.rsplit('.').next().unwrap_or_default();
        if from.objects.contains_key(&Id::new(Kind::Table, &self.old)) {
            return to.tables().any(|table| last_part(table) == last);
        }
        match self.old.rsplit_once('.') {
            Some((table, _))
                if from.objects.contains_key(&Id::new(Kind::Column, &self.old))
                    && to.objects.contains_key(&Id::new(Kind::Table, table)) =>
            {
                to.objects
                    .contains_key(&Id::new(Kind::Column, format!("{table}.{last}")))
            }
            _ => true,
        }
    }

    fn statement(&self, id: &Id) -> Option<String> {
        let old = &self.old;
        // Behind the last dot: `RENAME TO` takes no schema, and no table.
        let new = self.new.rsplit('.').next()?;
        let of_table = |what: &str| {
            let (table, name) = old.rsplit_once('.')?;
            Some(format!("ALTER TABLE {table} RENAME {what} {name} TO {new}"))
        };
        let on_table = |what: &str| {
            let (table, name) = old.rsplit_once('.')?;
            Some(format!("ALTER {what} {name} ON {table} RENAME TO {new}"))
        };
        Some(match id.kind {
            Kind::Table => format!("ALTER TABLE {old} RENAME TO {new}"),
            Kind::Column => of_table("COLUMN")?,
            Kind::Constraint => of_table("CONSTRAINT")?,
            Kind::Trigger => on_table("TRIGGER")?,
            Kind::Policy => on_table("POLICY")?,
            Kind::View => format!("ALTER VIEW {old} RENAME TO {new}"),
            Kind::MaterializedView => format!("ALTER MATERIALIZED VIEW {old} RENAME TO {new}"),
            Kind::Domain => format!("ALTER DOMAIN {old} RENAME TO {new}"),
            Kind::Sequence => format!("ALTER SEQUENCE {old} RENAME TO {new}"),
            Kind::Index => format!("ALTER INDEX {old} RENAME TO {new}"),
            Kind::Schema => format!("ALTER SCHEMA {old} RENAME TO {new}"),
            _ => format!("ALTER TYPE {old} RENAME TO {new}"),
        })
    }

    /// `status.open=done`: a label of an enum.
    fn label(&self, from: &Catalog) -> Option<(Id, String)> {
        let (ty, label) = self.old.rsplit_once('.')?;
        let id = Id::new(Kind::Enum, ty);
        match &from.objects.get(&id)?.body {
            Body::Enum(labels) if labels.iter().any(|known| known == label) => {}
            _ => return None,
        }
        let new = self
            .new
            .strip_prefix(ty)
            .and_then(|new| new.strip_prefix('.'))
            .unwrap_or(&self.new);
        let quote = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let sql = format!(
            "ALTER TYPE {ty} RENAME VALUE {} TO {}",
            quote(label),
            quote(new)
        );
        Some((id, sql))
    }
}

/// Sequences that belong to one column in both, under two names.
pub(crate) fn sequences(from: &Catalog, to: &Catalog) -> Vec<Step> {
    let owned = |catalog: &Catalog| -> Vec<(Id, Id)> {
        let ownerships = catalog
            .objects
            .values()
            .filter(|o| o.id.kind == Kind::Ownership);
        let pair = |ownership: &Object| {
            let sequence = ownership.parent.clone()?;
            let owner = catalog
                .needs(&ownership.id)
                .find(|id| **id != sequence)?
                .clone();
            Some((owner, sequence))
        };
        ownerships.filter_map(pair).collect()
    };
    let wanted = owned(to);
    let mut steps = Vec::new();
    for (owner, old) in owned(from) {
        let new = wanted
            .iter()
            .find(|(other, _)| *other == owner)
            .map(|(_, new)| new);
        let free = |new: &&Id| **new != old && !from.objects.contains_key(new);
        if let Some(new) = new.filter(free) {
            let sql = format!(
                "ALTER SEQUENCE {} RENAME TO {}",
                old.name,
                last_part(&new.name)
            );
            steps.push(Step {
                object: old,
                sql,
                hazard: None,
                place: Place::Together,
            });
        }
    }
    steps
}
