//! Changes become operations: an object made, altered or dropped, with the statements for it.

mod creation;

use std::collections::{BTreeMap, BTreeSet};

use super::alter::Alteration;
use super::changes::Changes;
use super::names::{aside, last_part};
use super::{Care, Hazard, Place, Step, create};
use crate::catalog::Catalog;
use crate::object::{Body, Id, Kind, Object};

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
    pub(super) held: BTreeMap<usize, Vec<Id>>,
    pub(super) rebuilt: BTreeSet<Id>,
    /// What is different, and has no statement for it.
    pub(super) silent: Vec<Id>,
    /// Names that an operation sets free, beside those of what it drops.
    pub(super) frees: Vec<(String, usize)>,
    /// Names that an operation needs, beside those of what it makes.
    pub(super) takes: Vec<(String, usize)>,
}

struct Making<'a> {
    from: &'a Catalog,
    to: &'a Catalog,
    changes: &'a Changes,
    care: &'a Care,
    /// What may not stand inside of its table's definition.
    apart: &'a BTreeSet<Id>,
}

pub(super) fn of(
    from: &Catalog,
    to: &Catalog,
    changes: &Changes,
    care: &Care,
    apart: &BTreeSet<Id>,
) -> Operations {
    let making = Making {
        from,
        to,
        changes,
        care,
        apart,
    };
    let mut all = Operations {
        rebuilt: changes.rebuilt.clone(),
        ..Operations::default()
    };
    making.drops(&mut all);
    making.alterations(&mut all);
    making.creations(&mut all);
    making.names(&mut all);
    all
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

impl Making<'_> {
    /// Whether a table must not be locked for long, as far as the server can help it: it does nothing
    /// concurrently to a partitioned one.
    fn is_careful(&self, table: &str) -> bool {
        let partitioned = |catalog: &Catalog| {
            matches!(
                catalog.objects.get(&Id::new(Kind::Table, table)).map(|table| &table.body),
                Some(Body::Table(table)) if table.partition_key.is_some()
            )
        };
        self.care.of(table) && !partitioned(self.from) && !partitioned(self.to)
    }

    fn is_dropped(&self, id: &Id) -> bool {
        self.changes.dropped.contains(id) || self.changes.replaced.contains(id)
    }

    fn is_created(&self, id: &Id) -> bool {
        self.changes.created.contains(id) || self.changes.replaced.contains(id)
    }

    fn drops(&self, all: &mut Operations) {
        let ids: Vec<&Id> = self
            .from
            .objects
            .keys()
            .filter(|id| self.is_dropped(id))
            .collect();
        for id in &ids {
            if self.dropped_with(id).is_none() {
                all.add(Action::Drop, id, vec![self.drop_of(id)]);
            }
        }
        for id in ids {
            let mut top = id.clone();
            while let Some(next) = self.dropped_with(&top) {
                top = next;
            }
            if let Some(at) = all.covered.get(&(Action::Drop, top)).copied() {
                all.covered.insert((Action::Drop, id.clone()), at);
                if self.is_foreign_key(id) {
                    all.held.entry(at).or_default().push(id.clone());
                }
            }
        }
        for id in &self.changes.rebuilt {
            let sql = format!("DROP TYPE {}", aside(&id.name));
            all.add(Action::Drop, id, vec![plain(id, sql)]);
        }
    }

    fn is_foreign_key(&self, id: &Id) -> bool {
        matches!(
            self.from.objects.get(id).map(|object| &object.body),
            Some(Body::Constraint(constraint)) if constraint.ty == 'f'
        )
    }

    /// What takes this object along when it is dropped.
    fn dropped_with(&self, id: &Id) -> Option<Id> {
        let object = self.from.objects.get(id)?;
        if self.apart.contains(id) && self.is_foreign_key(id) {
            return None;
        }
        if let Some(parent) = object
            .parent
            .as_ref()
            .filter(|parent| self.is_dropped(parent))
        {
            return Some(parent.clone());
        }
        if id.kind != Kind::Sequence {
            return None;
        }
        // A sequence goes with the column that owns it.
        let owned =
            |other: &&Object| other.id.kind == Kind::Ownership && other.parent.as_ref() == Some(id);
        let ownership = self.from.objects.values().find(owned)?;
        let owner = self.from.needs(&ownership.id).find(|owner| *owner != id)?;
        self.is_dropped(owner).then(|| owner.clone())
    }

    fn drop_of(&self, id: &Id) -> Step {
        let name = &id.name;
        let for_good = self.changes.dropped.contains(id);
        let destroys = |sql: String, what: String| Step {
            hazard: for_good.then_some(Hazard::Destroys(what)),
            ..plain(id, sql)
        };
        let Some(object) = self.from.objects.get(id) else {
            return plain(id, String::new());
        };
        match &object.body {
            Body::Table(_) => destroys(
                format!("DROP TABLE {name}"),
                format!("drops the table `{name}` with all its rows"),
            ),
            Body::Column(column) => {
                let sql = format!("ALTER TABLE {} DROP COLUMN {}", column.table, column.name);
                let computed = column.generated.is_some();
                let what = format!("drops the column `{name}` with all it holds");
                let hazard = (!computed).then_some(Hazard::Destroys(what));
                Step {
                    hazard,
                    ..plain(id, sql)
                }
            }
            Body::Sequence(_) => destroys(
                format!("DROP SEQUENCE {name}"),
                format!("drops the sequence `{name}`, which forgets how far it was"),
            ),
            Body::Enum(_) | Body::Composite(_) => plain(id, format!("DROP TYPE {name}")),
            Body::Domain(_) => plain(id, format!("DROP DOMAIN {name}")),
            Body::View(_) => plain(id, format!("DROP VIEW {name}")),
            Body::Routine(routine) => plain(id, format!("DROP {}", routine.target)),
            Body::Constraint(constraint) => plain(
                id,
                format!(
                    "ALTER TABLE {} DROP CONSTRAINT {}",
                    constraint.table, constraint.name
                ),
            ),
            Body::Definition(definition) => {
                let sql = definition.drop.clone();
                let table = object
                    .parent
                    .as_ref()
                    .map_or("", |table| table.name.as_str());
                match id.kind {
                    Kind::Index if self.is_careful(table) => {
                        let sql = sql.replacen("DROP INDEX", "DROP INDEX CONCURRENTLY", 1);
                        Step {
                            place: Place::Alone,
                            ..plain(id, sql)
                        }
                    }
                    Kind::Schema | Kind::Extension => destroys(sql, format!("drops the {id}")),
                    _ => plain(id, sql),
                }
            }
            Body::Foreign(_) => plain(id, String::new()),
        }
    }

    fn alterations(&self, all: &mut Operations) {
        for id in self.changes.altered.union(&self.changes.rebuilt) {
            let (Some(old), Some(new)) = (self.from.objects.get(id), self.to.objects.get(id))
            else {
                continue;
            };
            let default = self.to.objects.get(&Id::new(Kind::Default, &id.name));
            let default = default.and_then(|default| match &default.body {
                Body::Definition(definition) => definition.create.split_once(" SET DEFAULT "),
                _ => None,
            });
            let alteration = Alteration {
                id,
                old,
                new,
                retyped: self.changes.retyped.contains(id),
                rebuilt: self.changes.rebuilt.contains(id),
                care: self.care,
                default: default.map(|(_, expression)| expression),
            };
            let mut steps = alteration.steps();
            steps.extend(self.goes_on(id));
            if steps.is_empty() {
                all.silent.push(id.clone());
            }
            all.add(Action::Alter, id, steps);
        }
        for (new, old) in &self.changes.renamed {
            let sql = match (self.to.objects.get(new), self.from.objects.get(old)) {
                (
                    Some(Object {
                        body: Body::Constraint(new),
                        ..
                    }),
                    Some(Object {
                        body: Body::Constraint(old),
                        ..
                    }),
                ) => format!(
                    "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
                    new.table, old.name, new.name
                ),
                _ => format!(
                    "ALTER INDEX {} RENAME TO {}",
                    old.name,
                    last_part(&new.name)
                ),
            };
            let at = all.add(Action::Alter, new, vec![plain(new, sql)]);
            all.covered.insert((Action::Alter, old.clone()), at);
            all.frees.push((old.name.clone(), at));
            all.takes.push((new.name.clone(), at));
        }
    }

    /// Where a column that has rows takes its numbers from a new sequence: that goes on behind them.
    fn goes_on(&self, id: &Id) -> Option<Step> {
        let column = Id::new(Kind::Column, &id.name);
        if id.kind != Kind::Default || self.is_created(&column) {
            return None;
        }
        let Body::Column(column) = &self.from.objects.get(&column)?.body else {
            return None;
        };
        let sequence = self
            .to
            .needs(id)
            .find(|needed| needed.kind == Kind::Sequence && self.is_created(needed))?;
        let Body::Sequence(options) = &self.to.objects.get(sequence)?.body else {
            return None;
        };
        let name = format!("'{}'", sequence.name.replace('\'', "''"));
        let sql = create::behind(&name, options.start, &column.table, &column.name);
        (options.increment > 0).then(|| plain(id, sql))
    }

    /// The sequences of identity columns, which come and go with an operation on the column.
    fn names(&self, all: &mut Operations) {
        let sequence = |catalog: &Catalog, id: &Id| match &catalog.objects.get(id)?.body {
            Body::Column(column) => column.sequence.clone(),
            _ => None,
        };
        for ((action, id), at) in &all.covered {
            let (old, new) = (sequence(self.from, id), sequence(self.to, id));
            match (action, old, new) {
                (Action::Drop, Some(name), _) | (Action::Alter, Some(name), None) => {
                    all.frees.push((name, *at));
                }
                (Action::Create, _, Some(name)) | (Action::Alter, None, Some(name)) => {
                    all.takes.push((name, *at));
                }
                _ => {}
            }
        }
    }

    fn creations(&self, all: &mut Operations) {
        let created = || {
            self.to
                .objects
                .values()
                .filter(|object| self.is_created(&object.id))
        };
        for object in created() {
            if self.held_in(object).is_some() {
                continue;
            }
            let held: Vec<&Object> = created()
                .filter(|part| {
                    let mut at = self.held_in(part);
                    while let Some(holder) = at {
                        if holder == object.id {
                            return true;
                        }
                        at = self
                            .to
                            .objects
                            .get(&holder)
                            .and_then(|holder| self.held_in(holder));
                    }
                    false
                })
                .collect();
            let at = all.add(Action::Create, &object.id, self.create_of(object, &held));
            for part in held {
                all.covered.insert((Action::Create, part.id.clone()), at);
                if matches!(part.id.kind, Kind::Default | Kind::Constraint) {
                    all.held.entry(at).or_default().push(part.id.clone());
                }
            }
        }
    }

    /// Inside of which new object's definition this one stands.
    fn held_in(&self, object: &Object) -> Option<Id> {
        let parent = object
            .parent
            .as_ref()
            .filter(|parent| self.is_created(parent))?;
        let holds = match (object.id.kind, parent.kind) {
            (Kind::Column, Kind::Table) => true,
            (Kind::Default, Kind::Column) => !self.apart.contains(&object.id),
            (Kind::Constraint, Kind::Table) => {
                let partition = matches!(
                    self.to.objects.get(parent).map(|parent| &parent.body),
                    Some(Body::Table(table)) if table.partition_bound.is_some()
                );
                // `CREATE TABLE` cannot say it.
                let not_valid = matches!(
                    &object.body,
                    Body::Constraint(constraint) if constraint.definition.ends_with("NOT VALID")
                );
                !partition && !not_valid && !self.apart.contains(&object.id)
            }
            _ => false,
        };
        holds.then(|| parent.clone())
    }
}

pub(super) fn plain(id: &Id, sql: String) -> Step {
    Step {
        object: id.clone(),
        sql,
        hazard: None,
        place: Place::Together,
    }
}
