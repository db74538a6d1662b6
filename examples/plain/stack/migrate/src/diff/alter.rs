//! The statements that change an object where it is.

mod backfill;
mod column;

use super::create::{self, changed_options};
use super::names::{last_part, quote, temporary_name};
use super::{LockPolicy, Step, Transaction};
use crate::catalog::Catalog;
use crate::hazard::Name;
use crate::object::{Body, Column, Composite, Domain, Id, Object, Sequence, Table};

/// What was and what is wanted, and what one has to know besides.
pub(super) struct Alteration<'a> {
    pub(super) id: &'a Id,
    pub(super) old: &'a Object,
    pub(super) new: &'a Object,
    /// The type of this column is made anew under the same name.
    pub(super) retyped: bool,
    /// The enum's labels are not only more.
    pub(super) rebuilt: bool,
    pub(super) locks: &'a LockPolicy,
    pub(super) from: &'a Catalog,
    pub(super) to: &'a Catalog,
    /// The column's default as it will be.
    pub(super) default: Option<&'a str>,
    /// The statement that sets it, if it is not set yet.
    pub(super) set_default: Option<&'a str>,
}

/// A new column of a table in use, with a default that is another one for each row: the rows that are there get theirs in batches.
pub(super) fn added_online(
    object: &Object,
    column: &Column,
    default: &str,
    locks: &LockPolicy,
    [from, to]: [&Catalog; 2],
) -> Vec<Step> {
    let alter = format!("ALTER TABLE {} ALTER COLUMN {}", column.table, column.name);
    let set_default = format!("{alter} SET DEFAULT {default}");
    let alteration = Alteration {
        id: &object.id,
        old: object,
        new: object,
        retyped: false,
        rebuilt: false,
        locks,
        from,
        to,
        default: Some(default),
        set_default: Some(&set_default),
    };
    let nullable = Column {
        not_null: false,
        ..column.clone()
    };
    let definition = create::column(&nullable, None);
    let add = format!("ALTER TABLE {} ADD COLUMN {definition}", column.table);
    let mut steps = vec![alteration.step(add)];
    steps.extend(match column.not_null {
        true => alteration.not_null_online(column, &alter, |sql| alteration.step(sql)),
        false => alteration.filled_online(column, default),
    });
    steps
}

impl Alteration<'_> {
    pub(super) fn steps(&self) -> Vec<Step> {
        match (&self.old.body, &self.new.body) {
            (Body::Enum(old), Body::Enum(new)) if self.rebuilt => {
                self.rebuild(&old.labels, &new.labels)
            }
            (Body::Enum(old), Body::Enum(new)) => self.add_labels(&old.labels, &new.labels),
            (Body::Domain(old), Body::Domain(new)) => self.domain(old, new),
            (Body::Composite(old), Body::Composite(new)) => self.composite(old, new),
            (Body::Sequence(old), Body::Sequence(new)) => self.sequence(old, new),
            (Body::Table(old), Body::Table(new)) => self.table(old, new),
            (Body::Column(old), Body::Column(new)) => self.column(old, new),
            (Body::Constraint(new), _) => {
                let (table, name) = (&new.table, &new.name);
                vec![self.step(format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name}"))]
            }
            // Only a view says how else it is made where there is one.
            (_, Body::Definition(new)) => {
                let sql = new.create.clone();
                vec![self.step(match sql.strip_prefix("CREATE VIEW ") {
                    Some(rest) => format!("CREATE OR REPLACE VIEW {rest}"),
                    None => sql,
                })]
            }
            _ => Vec::new(),
        }
    }

    fn step(&self, sql: impl Into<String>) -> Step {
        Step::new(self.id, sql)
    }

    /// A new label cannot be used before it is committed, so each stands in a file of its own.
    fn add_labels(&self, old: &[String], new: &[String]) -> Vec<Step> {
        let name = &self.id.name;
        let is_new = |label: &&String| !old.contains(label);
        let mut steps = Vec::new();
        for (at, label) in new.iter().enumerate() {
            if !is_new(&label) {
                continue;
            }
            let (before, rest) = new.split_at(at);
            let at_the_end = rest.iter().all(|label| is_new(&label));
            let place = match before.last() {
                _ if at_the_end => String::new(),
                Some(label) => format!(" AFTER {}", quote(label)),
                None => old
                    .first()
                    .map_or_else(String::new, |label| format!(" BEFORE {}", quote(label))),
            };
            let sql = format!("ALTER TYPE {name} ADD VALUE {}{place}", quote(label));
            steps.push(self.step(sql).in_transaction(Transaction::Without));
        }
        steps
    }

    /// The old type steps aside; what uses it is moved over, and then it is dropped.
    fn rebuild(&self, old: &[String], new: &[String]) -> Vec<Step> {
        let name = &self.id.name;
        let labels: Vec<String> = new.iter().map(|label| quote(label)).collect();
        let gone = old.iter().filter(|label| !new.contains(label));
        let gone: Vec<String> = gone.map(|label| format!("`{label}`")).collect();
        let (name_of_hazard, what) = if gone.is_empty() {
            let what = "rewrites every table with a column of this type".to_owned();
            (Name::Rewrite, what)
        } else {
            let what = format!("fails if a row holds {}", gone.join(" or "));
            (Name::FailsOnData, what)
        };
        let aside = last_part(&temporary_name(name, self.from, self.to));
        let labels = labels.join(", ");
        vec![
            self.step(format!("ALTER TYPE {name} RENAME TO {aside}"))
                .hazard(name_of_hazard, what),
            self.step(format!("CREATE TYPE {name} AS ENUM ({labels})")),
        ]
    }

    fn domain(&self, old: &Domain, new: &Domain) -> Vec<Step> {
        let alter = format!("ALTER DOMAIN {}", self.id.name);
        let mut steps = Vec::new();
        if old.default != new.default {
            steps.push(self.step(match &new.default {
                Some(default) => format!("{alter} SET DEFAULT {default}"),
                None => format!("{alter} DROP DEFAULT"),
            }));
        }
        if old.not_null && !new.not_null {
            steps.push(self.step(format!("{alter} DROP NOT NULL")));
        }
        if !old.not_null && new.not_null {
            let name = &self.id.name;
            let what = format!("fails if a column of the domain `{name}` holds a null");
            let step = self.step(format!("{alter} SET NOT NULL"));
            steps.push(step.hazard(Name::FailsOnData, what));
        }
        steps
    }

    fn composite(&self, old: &Composite, new: &Composite) -> Vec<Step> {
        let name = &self.id.name;
        let alter = format!("ALTER TYPE {name}");
        let mut steps = Vec::new();
        for (attribute, _) in &old.attributes {
            if new.type_of(attribute).is_none() {
                let what = format!("drops the attribute `{name}.{attribute}` with all it holds");
                let step = self.step(format!("{alter} DROP ATTRIBUTE {attribute}"));
                steps.push(step.hazard(Name::DataLoss, what));
            }
        }
        for (attribute, ty) in &new.attributes {
            match old.type_of(attribute) {
                None => steps.push(self.step(format!("{alter} ADD ATTRIBUTE {attribute} {ty}"))),
                Some(before) if before != ty => {
                    let what = format!("changes the attribute `{name}.{attribute}` to `{ty}`");
                    let step = self.step(format!("{alter} ALTER ATTRIBUTE {attribute} TYPE {ty}"));
                    steps.push(step.hazard(Name::DataLoss, what));
                }
                Some(_) => {}
            }
        }
        steps
    }

    fn sequence(&self, old: &Sequence, new: &Sequence) -> Vec<Step> {
        // A position outside of the new bounds cannot stay. It only ever moves on.
        let outside = !(new.min..=new.max).contains(&old.start);
        let moves_on =
            old.increment > 0 && new.increment > 0 && (old.min..=old.max).contains(&new.min);
        let name = &self.id.name;
        let mut steps = Vec::new();
        if outside && moves_on {
            let (sequence, least) = (quote(name), new.min);
            steps.push(self.step(format!(
                "SELECT setval({sequence}, greatest(last_value, {least}), is_called AND last_value >= {least}) FROM {name}"
            )));
        }
        let back = outside && !moves_on;
        let ty = (old.ty != new.ty).then(|| format!("AS {}", new.ty));
        let restart = back.then(|| format!("RESTART WITH {}", new.start));
        let mut clauses: Vec<String> = ty.into_iter().collect();
        clauses.extend(changed_options(old, new));
        clauses.extend(restart);
        let alter = format!("ALTER SEQUENCE {name}");
        if !clauses.is_empty() {
            let step = self.step(format!("{alter} {}", clauses.join(" ")));
            let what = format!("sets the sequence `{name}` back, which may give a number twice");
            steps.push(if back {
                step.hazard(Name::FailsOnData, what)
            } else {
                step
            });
        }
        if old.unlogged != new.unlogged {
            steps.push(self.step(format!("{alter} SET {}", logged(new.unlogged))));
        }
        steps
    }

    fn table(&self, old: &Table, new: &Table) -> Vec<Step> {
        let name = &self.id.name;
        let mut steps = Vec::new();
        if old.partition_bound != new.partition_bound {
            if let (Some(_), Some(parent)) = (&old.partition_bound, old.parents.first()) {
                steps.push(self.step(format!("ALTER TABLE {parent} DETACH PARTITION {name}")));
            }
            if let (Some(bound), Some(parent)) = (&new.partition_bound, new.parents.first()) {
                let sql = format!("ALTER TABLE {parent} ATTACH PARTITION {name} {bound}");
                let what = "fails if a row lies outside of the partition's bounds";
                steps.push(self.step(sql).hazard(Name::MayFailOnData, what));
            }
        }
        if old.unlogged != new.unlogged {
            let sql = format!("ALTER TABLE {name} SET {}", logged(new.unlogged));
            steps.push(self.step(sql));
        }
        steps
    }
}

fn logged(unlogged: bool) -> &'static str {
    if unlogged { "UNLOGGED" } else { "LOGGED" }
}
