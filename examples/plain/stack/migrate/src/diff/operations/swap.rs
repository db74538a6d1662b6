//! An index or a constraint that changes on a table in use: the new one is made beside the old one, and takes its place when
//! it is complete, so that no row comes in between that only one of them would have refused.

use super::Planner;
use super::creation::through_an_index;
use crate::diff::names::{free_name, is_taken, is_taken_in, last_part};
use crate::diff::{Step, Transaction, create};
use crate::hazard::Name;
use crate::object::{Body, Constraint, Id, Kind};

impl Planner<'_> {
    /// Whether this one is made beside what it replaces. Not if that is in the way of something else that is dropped, or
    /// others need it: those have to go first.
    pub(super) fn is_swapped(&self, id: &Id) -> bool {
        let (Some(old), Some(new)) = (self.from.get(id), self.to.get(id)) else {
            return false;
        };
        let fits = match &new.body {
            Body::Constraint(constraint) => can_be_two(constraint),
            _ => id.kind == Kind::Index,
        };
        let moves = |needed: &Id| {
            let changes = self.changes;
            self.is_dropped(needed)
                || changes.retyped.contains(needed)
                || changes.rebuilt.contains(needed)
        };
        let needs_it = |(other, needed): (&Id, &Id)| {
            needed == id && other != id && self.from.parent(other) != Some(id)
        };
        fits && old != new
            && old.parent == new.parent
            && self.changes.replaced.contains(id)
            && new
                .parent
                .as_ref()
                .is_some_and(|table| self.is_online(&table.name))
            && !self.from.needs(id).any(moves)
            && !self.from.pairs().any(needs_it)
    }

    /// The name of the new one as long as there is the old one.
    pub(super) fn name_beside(&self, id: &Id) -> String {
        let (from, to) = (self.from, self.to);
        match to.body(id) {
            Some(Body::Constraint(Constraint { table, name, .. })) => {
                let schema = table.strip_suffix(&last_part(table)).unwrap_or_default();
                free_name(name, "_new", |new| {
                    is_taken_in(table, new, from, to)
                        || is_taken(&format!("{schema}{new}"), from, to)
                })
            }
            _ => free_name(&id.name, "_new", |new| is_taken(new, from, to)),
        }
    }
}

/// Whether two of such may stand side by side.
fn can_be_two(constraint: &Constraint) -> bool {
    let definition = constraint.definition.as_str();
    let at_once = ["NOT VALID", "NOT ENFORCED"];
    let temporal = definition.contains(" PERIOD ") || definition.contains(" WITHOUT OVERLAPS");
    constraint.ty != "x" && !temporal && !at_once.iter().any(|end| definition.ends_with(end))
}

/// `create` is the statement that makes the index.
/// `new` is the name of the new one as long as there is the old one.
pub(super) fn index(id: &Id, create: &str, new: &str, not_unique: &str) -> Vec<Step> {
    let own = last_part(&id.name);
    let new = last_part(new);
    let schema = id.name.strip_suffix(&own).unwrap_or_default();
    let built = create.replacen(
        &format!(" INDEX {own} "),
        &format!(" INDEX CONCURRENTLY {new} "),
        1,
    );
    let build = Step::new(id, built).in_transaction(Transaction::Without);
    vec![
        match create.starts_with("CREATE UNIQUE ") {
            true => build.hazard(Name::MayFailOnData, not_unique),
            false => build,
        },
        Step::new(id, format!("DROP INDEX {}", id.name)),
        Step::new(id, format!("ALTER INDEX {schema}{new} RENAME TO {own}")),
    ]
}

/// `new` is the name of the new one as long as there is the old one, `what` how it may fail.
pub(super) fn constraint(id: &Id, constraint: &Constraint, new: &str, what: String) -> Vec<Step> {
    let Constraint { table, name, .. } = constraint;
    let drop = format!("ALTER TABLE {table} DROP CONSTRAINT {name}");
    if matches!(constraint.ty.as_str(), "p" | "u") {
        let [index, attach] = through_an_index(constraint, new);
        let index = Step::new(id, index).hazard(Name::MayFailOnData, what);
        return vec![
            index.in_transaction(Transaction::Without),
            Step::new(id, drop),
            Step::new(id, attach),
        ];
    }
    let renamed = Constraint {
        name: new.to_owned(),
        ..constraint.clone()
    };
    let add = create::constraint(&renamed);
    let later = |sql: String| Step::new(id, sql).in_transaction(Transaction::Later);
    vec![
        Step::new(id, format!("ALTER TABLE {table} ADD {add} NOT VALID")),
        later(format!("ALTER TABLE {table} VALIDATE CONSTRAINT {new}"))
            .hazard(Name::MayFailOnData, what),
        later(drop),
        later(format!(
            "ALTER TABLE {table} RENAME CONSTRAINT {new} TO {name}"
        )),
    ]
}
