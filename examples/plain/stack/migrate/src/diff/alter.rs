//! The statements that change an object where it is.

use super::create::{self, changed_options, column_settings};
use super::names::{aside, bare, last_part, quote, quote_name};
use super::type_changes::{Wider, is_castable, is_wider};
use super::{Care, Hazard, Place, Step};
use crate::object::{Body, Column, Domain, Id, Object, Sequence, Table};

/// What was and what is wanted, and what one has to know besides.
pub(super) struct Alteration<'a> {
    pub(super) id: &'a Id,
    pub(super) old: &'a Object,
    pub(super) new: &'a Object,
    /// The type of this column is made anew under the same name.
    pub(super) retyped: bool,
    /// The enum's labels are not only more.
    pub(super) rebuilt: bool,
    pub(super) care: &'a Care,
    /// The column's default as it will be.
    pub(super) default: Option<&'a str>,
}

impl Alteration<'_> {
    pub(super) fn steps(&self) -> Vec<Step> {
        match (&self.old.body, &self.new.body) {
            (Body::Enum(old), Body::Enum(new)) if self.rebuilt => self.rebuild(old, new),
            (Body::Enum(old), Body::Enum(new)) => self.add_labels(old, new),
            (Body::Domain(old), Body::Domain(new)) => self.domain(old, new),
            (Body::Composite(old), Body::Composite(new)) => self.composite(old, new),
            (Body::Sequence(old), Body::Sequence(new)) => self.sequence(old, new),
            (Body::Table(old), Body::Table(new)) => self.table(old, new),
            (Body::Column(old), Body::Column(new)) => self.column(old, new),
            (Body::Constraint(new), _) => {
                let name = &new.name;
                vec![self.plain(format!(
                    "ALTER TABLE {} VALIDATE CONSTRAINT {name}",
                    new.table
                ))]
            }
            (_, Body::View(new)) => vec![self.plain(create::view(self.id, new, true))],
            (_, Body::Routine(new)) => vec![self.plain(new.create.clone())],
            (_, Body::Definition(new)) => vec![self.plain(new.create.clone())],
            _ => Vec::new(),
        }
    }

    fn plain(&self, sql: impl Into<String>) -> Step {
        Step {
            object: self.id.clone(),
            sql: sql.into(),
            hazard: None,
            place: Place::Together,
        }
    }

    fn destroys(&self, sql: impl Into<String>, what: impl Into<String>) -> Step {
        Step {
            hazard: Some(Hazard::Destroys(what.into())),
            ..self.plain(sql)
        }
    }

    fn warns(&self, sql: impl Into<String>, what: impl Into<String>) -> Step {
        Step {
            hazard: Some(Hazard::Warns(what.into())),
            ..self.plain(sql)
        }
    }

    /// A new label cannot be used before it is committed, so each stands in a file of its own.
    fn add_labels(&self, old: &[String], new: &[String]) -> Vec<Step> {
        let mut steps = Vec::new();
        let is_there = |label: &String, upto: usize| {
            old.contains(label) || new.get(..upto).is_some_and(|new| new.contains(label))
        };
        for (at, label) in new
            .iter()
            .enumerate()
            .filter(|(_, label)| !old.contains(label))
        {
            let place = match at.checked_sub(1).and_then(|before| new.get(before)) {
                Some(before) => format!("AFTER {}", quote(before)),
                None => new
                    .iter()
                    .find(|label| is_there(label, at))
                    .map_or_else(String::new, |after| format!("BEFORE {}", quote(after))),
            };
            let last = new
                .get(at + 1..)
                .is_some_and(|rest| rest.iter().all(|label| !old.contains(label)));
            let place = if last {
                String::new()
            } else {
                format!(" {place}")
            };
            let sql = format!(
                "ALTER TYPE {} ADD VALUE {}{place}",
                self.id.name,
                quote(label)
            );
            steps.push(Step {
                place: Place::Alone,
                ..self.plain(sql)
            });
        }
        steps
    }

    /// The old type steps aside; what uses it is moved over, and then it is dropped.
    fn rebuild(&self, old: &[String], new: &[String]) -> Vec<Step> {
        let labels: Vec<String> = new.iter().map(|label| quote(label)).collect();
        let gone: Vec<&String> = old.iter().filter(|label| !new.contains(label)).collect();
        let what = match gone.as_slice() {
            [] => "rewrites every table with a column of this type".to_owned(),
            gone => {
                let gone: Vec<String> = gone.iter().map(|label| format!("`{label}`")).collect();
                format!("fails if a row holds {}", gone.join(" or "))
            }
        };
        let aside = last_part(&aside(&self.id.name));
        vec![
            self.destroys(
                format!("ALTER TYPE {} RENAME TO {aside}", self.id.name),
                what,
            ),
            self.plain(format!(
                "CREATE TYPE {} AS ENUM ({})",
                self.id.name,
                labels.join(", ")
            )),
        ]
    }

    fn domain(&self, old: &Domain, new: &Domain) -> Vec<Step> {
        let alter = format!("ALTER DOMAIN {}", self.id.name);
        let mut steps = Vec::new();
        if old.default != new.default {
            steps.push(self.plain(match &new.default {
                Some(default) => format!("{alter} SET DEFAULT {default}"),
                None => format!("{alter} DROP DEFAULT"),
            }));
        }
        if old.not_null && !new.not_null {
            steps.push(self.plain(format!("{alter} DROP NOT NULL")));
        }
        if !old.not_null && new.not_null {
            let what = format!(
                "fails if a column of the domain `{}` holds a null",
                self.id.name
            );
            steps.push(self.destroys(format!("{alter} SET NOT NULL"), what));
        }
        steps
    }

    fn composite(&self, old: &[(String, String)], new: &[(String, String)]) -> Vec<Step> {
        let alter = format!("ALTER TYPE {}", self.id.name);
        let find = |list: &[(String, String)], name: &str| {
            list.iter()
                .find(|(known, _)| known == name)
                .map(|(_, ty)| ty.clone())
        };
        let mut steps = Vec::new();
        for (name, _) in old.iter().filter(|(name, _)| find(new, name).is_none()) {
            let what = format!(
                "drops the attribute `{}.{name}` with all it holds",
                self.id.name
            );
            steps.push(self.destroys(format!("{alter} DROP ATTRIBUTE {name}"), what));
        }
        for (name, ty) in new {
            match find(old, name) {
                None => steps.push(self.plain(format!("{alter} ADD ATTRIBUTE {name} {ty}"))),
                Some(before) if before != *ty => {
                    let what = format!("changes the attribute `{}.{name}` to `{ty}`", self.id.name);
                    steps.push(
                        self.destroys(format!("{alter} ALTER ATTRIBUTE {name} TYPE {ty}"), what),
                    );
                }
                Some(_) => {}
            }
        }
        steps
    }

    fn sequence(&self, old: &Sequence, new: &Sequence) -> Vec<Step> {
        let ty = (old.ty != new.ty).then(|| format!("AS {}", new.ty));
        // A position outside of the new bounds cannot stay. It only ever moves on.
        let outside = !(new.min..=new.max).contains(&old.start);
        let moves_on =
            old.increment > 0 && new.increment > 0 && (old.min..=old.max).contains(&new.min);
        let name = &self.id.name;
        let mut steps = Vec::new();
        if outside && moves_on {
            let least = new.min;
            steps.push(self.plain(format!(
                "SELECT setval('{}', greatest(last_value, {least}), is_called AND last_value >= {least}) FROM {name}",
                name.replace('\'', "''")
            )));
        }
        let back = outside && !moves_on;
        let restart = back.then(|| format!("RESTART WITH {}", new.start));
        let clauses: Vec<String> = ty
            .into_iter()
            .chain(changed_options(old, new))
            .chain(restart)
            .collect();
        let alter = format!("ALTER SEQUENCE {name}");
        if !clauses.is_empty() {
            let sql = format!("{alter} {}", clauses.join(" "));
            let what = format!("sets the sequence `{name}` back, which may give a number twice");
            steps.push(if back {
                self.destroys(sql, what)
            } else {
                self.plain(sql)
            });
        }
        if old.unlogged != new.unlogged {
            let set = if new.unlogged { "UNLOGGED" } else { "LOGGED" };
            steps.push(self.plain(format!("{alter} SET {set}")));
        }
        steps
    }

    fn table(&self, old: &Table, new: &Table) -> Vec<Step> {
        let name = &self.id.name;
        let alter = format!("ALTER TABLE {name}");
        let mut steps = Vec::new();
        if old.partition_bound != new.partition_bound {
            if let (Some(_), Some(parent)) = (&old.partition_bound, old.parents.first()) {
                steps.push(self.plain(format!("ALTER TABLE {parent} DETACH PARTITION {name}")));
            }
            if let (Some(bound), Some(parent)) = (&new.partition_bound, new.parents.first()) {
                let sql = format!("ALTER TABLE {parent} ATTACH PARTITION {name} {bound}");
                steps
                    .push(self.warns(sql, "fails if a row lies outside of the partition's bounds"));
            }
        }
        if old.unlogged != new.unlogged {
            let set = if new.unlogged { "UNLOGGED" } else { "LOGGED" };
            steps.push(self.warns(format!("{alter} SET {set}"), "rewrites the table"));
        }
        let key = |option: &String| option.split('=').next().unwrap_or_default().to_owned();
        let kept: Vec<String> = new.options.iter().map(key).collect();
        let gone: Vec<String> = old
            .options
            .iter()
            .map(key)
            .filter(|key| !kept.contains(key))
            .collect();
        let come: Vec<String> = new
            .options
            .iter()
            .filter(|o| !old.options.contains(o))
            .cloned()
            .collect();
        if !gone.is_empty() {
            steps.push(self.plain(format!("{alter} RESET ({})", gone.join(", "))));
        }
        if !come.is_empty() {
            steps.push(self.plain(format!("{alter} SET ({})", come.join(", "))));
        }
        for (old, new, word) in [
            (old.row_security, new.row_security, ["DISABLE", "ENABLE"]),
            (
                old.force_row_security,
                new.force_row_security,
                ["NO FORCE", "FORCE"],
            ),
        ] {
            if old != new {
                let word = word.get(usize::from(new)).copied().unwrap_or_default();
                steps.push(self.plain(format!("{alter} {word} ROW LEVEL SECURITY")));
            }
        }
        steps
    }

    fn column(&self, old: &Column, new: &Column) -> Vec<Step> {
        let alter = format!("ALTER TABLE {} ALTER COLUMN {}", new.table, new.name);
        let only = format!("ALTER TABLE ONLY {} ALTER COLUMN {}", new.table, new.name);
        let mut steps = Vec::new();
        if old.generated.is_some() && new.generated.is_none() {
            steps.push(self.plain(format!("{alter} DROP EXPRESSION")));
        }
        if old.identity.is_some() && new.identity.is_none() {
            steps.push(self.plain(format!("{alter} DROP IDENTITY")));
        }
        if old.not_null && !new.not_null {
            steps.push(self.plain(format!("{alter} DROP NOT NULL")));
        }
        if old.ty != new.ty || old.collation != new.collation || self.retyped {
            steps.push(self.column_type(old, new, &alter));
        }
        if !old.not_null && new.not_null {
            steps.extend(self.not_null(new, &alter));
        }
        match (&old.identity, &new.identity) {
            (None, Some((always, sequence))) => {
                let options = create::identity_options(new, sequence);
                steps.push(self.plain(format!(
                    "{alter} ADD GENERATED {always} AS IDENTITY{options}"
                )));
                let name = format!(
                    "pg_get_serial_sequence('{}', '{}')",
                    new.table.replace('\'', "''"),
                    bare(&new.name).replace('\'', "''")
                );
                if sequence.increment > 0 {
                    let sql = create::behind(&name, sequence.start, &new.table, &new.name);
                    steps.push(self.plain(sql));
                }
            }
            (Some((was, old)), Some((always, new))) => {
                let mut sets = changed_options(old, new);
                if was != always {
                    sets.insert(0, format!("GENERATED {always}"));
                }
                if !sets.is_empty() {
                    let sets: Vec<String> = sets.iter().map(|set| format!("SET {set}")).collect();
                    steps.push(self.plain(format!("{alter} {}", sets.join(" "))));
                }
            }
            _ => {}
        }
        if old.storage != new.storage && new.storage.is_none() {
            steps.push(self.plain(format!("{alter} SET STORAGE {}", new.usual_storage)));
        }
        if old.statistics.is_some() && new.statistics.is_none() {
            steps.push(self.plain(format!("{only} SET STATISTICS -1")));
        }
        // A new type begins with its own storage and compression.
        let retyped = old.ty != new.ty || old.collation != new.collation || self.retyped;
        if old.compression != new.compression || retyped && new.compression.is_some() {
            let compression = new.compression.as_deref().unwrap_or("default");
            steps.push(self.plain(format!("{alter} SET COMPRESSION {compression}")));
        }
        let key = |option: &String| option.split('=').next().unwrap_or_default().to_owned();
        let kept: Vec<String> = new.options.iter().map(key).collect();
        let gone: Vec<String> = old
            .options
            .iter()
            .map(key)
            .filter(|key| !kept.contains(key))
            .collect();
        if !gone.is_empty() {
            steps.push(self.plain(format!("{only} RESET ({})", gone.join(", "))));
        }
        let before = column_settings(old);
        let settings = column_settings(new).into_iter().filter(|setting| {
            !before.contains(setting) || retyped && setting.contains(" SET STORAGE ")
        });
        steps.extend(settings.map(|setting| self.plain(setting)));
        steps
    }

    fn column_type(&self, old: &Column, new: &Column, alter: &str) -> Step {
        // Without one it is the new type's own.
        let collation = new.collation.as_ref();
        let collate = collation.map_or_else(String::new, |name| format!(" COLLATE {name}"));
        let set = format!("{alter} TYPE {}{collate}", new.ty);
        if old.ty == new.ty && !self.retyped {
            return self.warns(set, "rewrites the indexes of the column");
        }
        if old.ty == new.ty {
            // The same name, another enum.
            let text = if new.ty.ends_with("[]") {
                "text[]"
            } else {
                "text"
            };
            return self.plain(format!("{set} USING {}::{text}::{}", new.name, new.ty));
        }
        match is_wider(&old.ty, &new.ty) {
            Wider::InPlace => self.plain(set),
            Wider::Rewritten => self.warns(set, "rewrites the table"),
            Wider::No => {
                let what = format!(
                    "changes the column `{}` from `{}` to `{}`, which may fail or lose part of a value",
                    self.id.name, old.ty, new.ty
                );
                let through = if is_castable(&old.ty, &new.ty) {
                    ""
                } else {
                    "::text"
                };
                self.destroys(
                    format!("{set} USING {}{through}::{}", new.name, new.ty),
                    what,
                )
            }
        }
    }

    fn not_null(&self, new: &Column, alter: &str) -> Vec<Step> {
        let set = format!("{alter} SET NOT NULL");
        let (table, name) = (&new.table, &new.name);
        let fill = self.default.map(|default| {
            let sql = format!("UPDATE {table} SET {name} = {default} WHERE {name} IS NULL");
            self.warns(
                sql,
                format!("gives every row without `{}` its default", self.id.name),
            )
        });
        let filled = fill.is_some();
        let mut steps: Vec<Step> = fill.into_iter().collect();
        let what = format!("fails if a row has no `{}`", self.id.name);
        if self.care.of(table) {
            // A validated check spares `SET NOT NULL` its own look at every row under a lock.
            let check = format!("{}_not_null_check", bare(name));
            let constraint = quote_name(&check);
            let add = format!(
                "ALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK ({name} IS NOT NULL) NOT VALID"
            );
            steps.push(if filled {
                self.plain(add)
            } else {
                self.destroys(add, what)
            });
            for sql in [
                format!("ALTER TABLE {table} VALIDATE CONSTRAINT {constraint}"),
                set,
                format!("ALTER TABLE {table} DROP CONSTRAINT {constraint}"),
            ] {
                steps.push(Step {
                    place: Place::Afterwards,
                    ..self.plain(sql)
                });
            }
        } else {
            steps.push(if filled {
                self.plain(set)
            } else {
                self.destroys(set, what)
            });
        }
        steps
    }
}
