//! Changes become operations: an object made, altered or dropped, with the statements for it.

mod creation;
mod in_use;
mod partitioned;
mod swap;

use std::collections::{BTreeMap, BTreeSet};

use super::alter::Alteration;
use super::changes::Changes;
use super::names::{last_part, temporary_name};
use super::{LockPolicy, Step, Transaction};
use crate::catalog::Catalog;
use crate::hazard::{Name, Volatile};
use crate::object::{Body, Id, Kind, Object, Table};

/// What is done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Action {
    Drop,
    Alter,
    Create,
}

/// One operation.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) action: Action,
    pub(super) id: Id,
    pub(super) steps: Vec<Step>,
}

/// All of them, and which of them covers which object.
#[derive(Debug, Default)]
pub(super) struct Operations {
    pub(super) list: Vec<Operation>,
    /// The place in `list` of the operation that does this to that object, by itself or because
    /// the object goes along with its parent.
    pub(super) covered: BTreeMap<(Action, Id), usize>,
    /// Defaults and constraints that stand inside of a `CREATE TABLE` and need not.
    pub(super) inlined: BTreeMap<usize, Vec<Id>>,
    pub(super) rebuilt: BTreeSet<Id>,
    /// Columns that get another type.
    pub(super) retyped: BTreeSet<Id>,
    /// What is different, and has no statement for it.
    pub(super) unhandled: Vec<Id>,
    /// Names that an operation sets free, beside those of what it drops.
    pub(super) frees: Vec<(String, usize)>,
    /// Names that an operation needs, beside those of what it makes.
    pub(super) takes: Vec<(String, usize)>,
}

/// Makes operations of changes.
pub(super) struct Planner<'a> {
    pub(super) from: &'a Catalog,
    pub(super) to: &'a Catalog,
    pub(super) changes: &'a Changes,
    pub(super) locks: &'a LockPolicy,
    pub(super) volatile: &'a Volatile,
    /// What may not stand inside of its table's definition.
    pub(super) separate: &'a BTreeSet<Id>,
}

impl Operations {
    fn add(&mut self, action: Action, id: &Id, steps: Vec<Step>) -> usize {
        let at = self.list.len();
        self.list.push(Operation {
            action,
            id: id.clone(),
            steps,
        });
        self.covered.insert((action, id.clone()), at);
        at
    }
}

impl Planner<'_> {
    pub(super) fn operations(&self) -> Operations {
        let mut all = Operations {
            rebuilt: self.changes.rebuilt.clone(),
            retyped: self.changes.retyped.clone(),
            ..Operations::default()
        };
        self.drops(&mut all);
        self.alterations(&mut all);
        self.creations(&mut all);
        self.names(&mut all);
        all
    }

    /// Whether a table must not be locked for long, as far as the server can help it: it does nothing
    /// concurrently to a partitioned one.
    fn is_online(&self, table: &str) -> bool {
        let id = Id::new(Kind::Table, table);
        let tables = [self.from.table(&id), self.to.table(&id)];
        let partitioned = |table: &Table| table.partition_key.is_some();
        self.locks.is_online(table) && !tables.into_iter().flatten().any(partitioned)
    }

    fn is_dropped(&self, id: &Id) -> bool {
        self.changes.dropped.contains(id) || self.changes.replaced.contains(id)
    }

    fn is_created(&self, id: &Id) -> bool {
        self.changes.created.contains(id) || self.changes.replaced.contains(id)
    }

    fn drops(&self, all: &mut Operations) {
        let dropped = || {
            self.from
                .iter()
                .filter(|object| self.is_dropped(&object.id))
        };
        for object in dropped() {
            if self.dropped_with(&object.id).is_none() {
                let steps = match self.is_swapped(&object.id) {
                    true => Vec::new(),
                    false => vec![self.drop_of(object)],
                };
                all.add(Action::Drop, &object.id, steps);
            }
        }
        for Object { id, .. } in dropped() {
            let mut top = id.clone();
            while let Some(next) = self.dropped_with(&top) {
                top = next;
            }
            if let Some(at) = all.covered.get(&(Action::Drop, top)).copied() {
                all.covered.insert((Action::Drop, id.clone()), at);
                if self.from.is_foreign_key(id) {
                    all.inlined.entry(at).or_default().push(id.clone());
                }
            }
        }
        for id in &self.changes.rebuilt {
            let sql = format!("DROP TYPE {}", temporary_name(&id.name, self.from, self.to));
            all.add(Action::Drop, id, vec![Step::new(id, sql)]);
        }
    }

    /// What takes this object along when it is dropped.
    fn dropped_with(&self, id: &Id) -> Option<Id> {
        if self.separate.contains(id) && self.from.is_foreign_key(id) {
            return None;
        }
        let parent = self.from.parent(id);
        if let Some(parent) = parent.filter(|parent| self.is_dropped(parent)) {
            return Some(parent.clone());
        }
        if id.kind != Kind::Sequence {
            return None;
        }
        // A sequence goes with the column that owns it.
        let owned =
            |other: &&Object| other.id.kind == Kind::Ownership && other.parent.as_ref() == Some(id);
        let ownership = self.from.iter().find(owned)?;
        let owner = self.from.needs(&ownership.id).find(|owner| *owner != id)?;
        self.is_dropped(owner).then(|| owner.clone())
    }

    fn drop_of(&self, object: &Object) -> Step {
        let (id, name) = (&object.id, &object.id.name);
        let sql = object.drop_sql();
        // One that is made again goes together with what it stood on.
        if id.kind == Kind::Index
            && self.changes.dropped.contains(id)
            && let Some(table) = &object.parent
            && self.is_online(&table.name)
        {
            let sql = sql.replacen("DROP INDEX", "DROP INDEX CONCURRENTLY", 1);
            return Step::new(id, sql).in_transaction(Transaction::Without);
        }
        let for_good = self.changes.dropped.contains(id);
        let what = match &object.body {
            Body::Table(_) => format!("drops the table `{name}` with all its rows"),
            Body::Column(column) if column.generated.is_none() => {
                format!("drops the column `{name}` with all it holds")
            }
            Body::Sequence(_) => {
                format!("drops the sequence `{name}`, which forgets how far it was")
            }
            _ if matches!(id.kind, Kind::Schema | Kind::Extension) => format!("drops the {id}"),
            _ => return Step::new(id, sql),
        };
        // A column that is made anew loses what it inlined.
        if for_good || id.kind == Kind::Column {
            Step::new(id, sql).hazard(Name::DataLoss, what)
        } else {
            Step::new(id, sql)
        }
    }

    fn alterations(&self, all: &mut Operations) {
        for id in self.changes.altered.union(&self.changes.rebuilt) {
            let (Some(old), Some(new)) = (self.from.get(id), self.to.get(id)) else {
                continue;
            };
            let default_id = Id::new(Kind::Default, &id.name);
            let default = self.to.get(&default_id);
            let is_set = default == self.from.get(&default_id) && !self.is_dropped(&default_id);
            let alteration = Alteration {
                id,
                old,
                new,
                retyped: self.changes.retyped.contains(id),
                rebuilt: self.changes.rebuilt.contains(id),
                locks: self.locks,
                from: self.from,
                to: self.to,
                default: default.and_then(Object::default_expression),
                set_default: match default.map(|default| &default.body) {
                    Some(Body::Definition(definition)) if !is_set => {
                        Some(definition.create.as_str())
                    }
                    _ => None,
                },
            };
            let mut steps = alteration.steps();
            steps.extend(self.continue_sequence(id));
            if steps.is_empty() {
                all.unhandled.push(id.clone());
            }
            all.add(Action::Alter, id, steps);
        }
        for (new, old) in &self.changes.renamed {
            let to = last_part(&new.name);
            let sql = match self.from.body(old) {
                Some(Body::Constraint(old)) => {
                    let (table, name) = (&old.table, &old.name);
                    format!("ALTER TABLE {table} RENAME CONSTRAINT {name} TO {to}")
                }
                _ => format!("ALTER INDEX {} RENAME TO {to}", old.name),
            };
            let at = all.add(Action::Alter, new, vec![Step::new(new, sql)]);
            all.covered.insert((Action::Alter, old.clone()), at);
            all.frees.push((old.name.clone(), at));
            all.takes.push((new.name.clone(), at));
        }
    }

    /// The sequences of identity columns, which come and go with an operation on the column.
    fn names(&self, all: &mut Operations) {
        for ((action, id), at) in &all.covered {
            let sequence = |catalog: &Catalog| catalog.column(id)?.sequence_name.clone();
            let (old, new) = (sequence(self.from), sequence(self.to));
            let renamed = *action == Action::Alter && old != new;
            if let Some(name) = old
                && (renamed || *action == Action::Drop)
            {
                all.frees.push((name, *at));
            }
            if let Some(name) = new
                && (renamed || *action == Action::Create)
            {
                all.takes.push((name, *at));
            }
        }
    }

    fn creations(&self, all: &mut Operations) {
        let created = || self.to.iter().filter(|object| self.is_created(&object.id));
        let mut parts: BTreeMap<&Id, Vec<&Object>> = BTreeMap::new();
        for part in created() {
            if let Some(holder) = self.outermost(part) {
                parts.entry(holder).or_default().push(part);
            }
        }
        for object in created().filter(|object| self.inlined_in(object).is_none()) {
            let inlined = parts.remove(&object.id).unwrap_or_default();
            let at = all.add(Action::Create, &object.id, self.create_of(object, &inlined));
            for part in inlined {
                all.covered.insert((Action::Create, part.id.clone()), at);
                if matches!(part.id.kind, Kind::Default | Kind::Constraint) {
                    all.inlined.entry(at).or_default().push(part.id.clone());
                }
            }
        }
    }

    /// The object of a statement of its own inside of which this one stands.
    fn outermost<'a>(&'a self, object: &'a Object) -> Option<&'a Id> {
        let mut holder = self.inlined_in(object)?;
        while let Some(next) = self.to.get(holder).and_then(|it| self.inlined_in(it)) {
            holder = next;
        }
        Some(holder)
    }

    /// Inside of which new object's definition this one stands.
    fn inlined_in<'a>(&self, object: &'a Object) -> Option<&'a Id> {
        let parent = object.parent.as_ref()?;
        if !self.is_created(parent) || self.separate.contains(&object.id) {
            return None;
        }
        let holds = match (&object.body, parent.kind) {
            (Body::Column(_), Kind::Table) => true,
            // That there is none where a parent has one is a statement of its own.
            (Body::Definition(_), Kind::Column) => object.default_expression().is_some(),
            (Body::Constraint(constraint), Kind::Table) => {
                let table = self.to.table(parent);
                let partition = table.is_some_and(|table| table.partition_bound.is_some());
                // `CREATE TABLE` cannot say it.
                let not_valid = constraint.definition.ends_with("NOT VALID");
                !partition && !not_valid
            }
            _ => false,
        };
        holds.then_some(parent)
    }
}
