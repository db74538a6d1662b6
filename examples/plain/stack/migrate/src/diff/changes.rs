//! What happens to each object, as far as the difference itself says, and then to what depends on it.

use std::collections::{BTreeMap, BTreeSet};

use super::Gap;
use crate::catalog::Catalog;
use crate::object::{Body, Column, Constraint, Definition, Id, Kind, Object, Table, View};

/// What happens to the objects of two catalogs.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Are made.
    pub(super) created: BTreeSet<Id>,
    /// Are dropped.
    pub(super) dropped: BTreeSet<Id>,
    /// Are dropped and made again.
    pub(super) replaced: BTreeSet<Id>,
    /// Are changed where they are.
    pub(super) altered: BTreeSet<Id>,
    /// Columns whose type changes, also if it is only the type itself that is made anew.
    pub(super) retyped: BTreeSet<Id>,
    /// Enums that lose a label, or whose labels change places.
    pub(super) rebuilt: BTreeSet<Id>,
    /// The new name to the old one, of indexes and constraints that changed nothing else.
    pub(super) renamed: BTreeMap<Id, Id>,
}

pub(super) fn find(from: &Catalog, to: &Catalog) -> Result<Changes, Vec<Gap>> {
    let mut changes = Changes::default();
    let mut gaps = Vec::new();
    for (id, object) in &from.objects {
        match to.objects.get(id) {
            None => drop(changes.dropped.insert(id.clone())),
            Some(wanted) if !is_same(&object.body, &wanted.body) => {
                if let Some(reason) = changes.compare(object, wanted) {
                    gaps.push(Gap {
                        object: id.clone(),
                        reason,
                    });
                }
            }
            // The same text, but part of something else.
            Some(wanted) if wanted.parent != object.parent => {
                changes.replaced.insert(id.clone());
            }
            Some(_) => {}
        }
    }
    let new = to
        .objects
        .keys()
        .filter(|id| !from.objects.contains_key(id));
    changes.created = new.cloned().collect();
    changes.find_renamed(from, to);
    changes.find_persistence(from, to);
    changes.spread(from, to);
    changes.find_blocked(from, to, &mut gaps);
    let foreign = changes
        .created
        .iter()
        .chain(&changes.dropped)
        .filter(|id| id.kind == Kind::Foreign);
    gaps.extend(foreign.map(|id| {
        let place = if changes.created.contains(id) {
            "the schema"
        } else {
            "the migrations"
        };
        let reason = format!("only {place} has it; write that migration by hand");
        Gap {
            object: id.clone(),
            reason,
        }
    }));
    if gaps.is_empty() {
        Ok(changes)
    } else {
        Err(gaps)
    }
}

/// Whether nothing is different that a migration could change; the place of a column is not.
fn is_same(old: &Body, new: &Body) -> bool {
    match (old, new) {
        (Body::Column(old), Body::Column(new)) if old.number != new.number => {
            let mut moved = (**old).clone();
            moved.number = new.number;
            moved == **new
        }
        _ => old == new,
    }
}

impl Changes {
    /// Decides what happens to an object that looks different. Returns why nothing can.
    fn compare(&mut self, old: &Object, new: &Object) -> Option<String> {
        let id = old.id.clone();
        let how = match (&old.body, &new.body) {
            (Body::Enum(old), Body::Enum(new)) if !is_subsequence(old, new) => &mut self.rebuilt,
            (Body::Domain(old), Body::Domain(new)) if old.base != new.base => {
                return Some(format!(
                    "its type changes from `{}` to `{}`; make a domain of another name, and give it to the columns",
                    old.base, new.base
                ));
            }
            (Body::Composite(old), Body::Composite(new)) if !keeps_its_order(old, new) => {
                return Some(
                    "its attributes change places; make a type of another name".to_owned(),
                );
            }
            (Body::Table(old), Body::Table(new)) => {
                if old.partition_key != new.partition_key {
                    return Some(
                        "what it is partitioned by changes; make a new table and move the rows"
                            .to_owned(),
                    );
                }
                let partition = |table: &Table| table.partition_bound.is_some();
                if partition(old) != partition(new) {
                    return Some(
                        "a partition becomes a table of its own, or the other way round; write that migration by hand"
                            .to_owned(),
                    );
                }
                if !partition(old) && old.parents != new.parents {
                    return Some(
                        "it inherits from other tables than before; make a new table and move the rows"
                            .to_owned(),
                    );
                }
                if old.access_method != new.access_method {
                    return Some(
                        "its access method changes; write that migration by hand".to_owned(),
                    );
                }
                &mut self.altered
            }
            (Body::Column(old), Body::Column(new)) => {
                if is_generated_anew(old, new) {
                    &mut self.replaced
                } else {
                    if old.ty != new.ty || old.collation != new.collation {
                        self.retyped.insert(id.clone());
                    }
                    &mut self.altered
                }
            }
            (Body::Constraint(old), Body::Constraint(new)) if is_only_validated(old, new) => {
                &mut self.altered
            }
            (Body::View(old), Body::View(new)) if grows(old, new) => &mut self.altered,
            (Body::Routine(old), Body::Routine(new)) if old.signature == new.signature => {
                &mut self.altered
            }
            (Body::Enum(_), Body::Enum(_))
            | (Body::Domain(_), Body::Domain(_))
            | (Body::Composite(_), Body::Composite(_))
            | (Body::Sequence(_), Body::Sequence(_)) => &mut self.altered,
            (Body::Foreign(_), _) => {
                return Some("it looks different; write that migration by hand".to_owned());
            }
            // A comment is written over.
            (Body::Definition(_), Body::Definition(_)) if id.kind == Kind::Comment => {
                &mut self.altered
            }
            (Body::Definition(_), Body::Definition(_)) if id.kind == Kind::Default => {
                &mut self.altered
            }
            _ => &mut self.replaced,
        };
        how.insert(id);
        None
    }

    /// Indexes and constraints of tables that stay, which changed nothing but their name.
    fn find_renamed(&mut self, from: &Catalog, to: &Catalog) {
        for new in self.created.clone() {
            let Some(wanted) = to.objects.get(&new) else {
                continue;
            };
            let same = |old: &&Id| {
                from.objects.get(*old).is_some_and(|old| {
                    old.parent == wanted.parent
                        && nameless(old).is_some_and(|old| Some(old) == nameless(wanted))
                })
            };
            if let Some(old) = self.dropped.iter().find(same).cloned() {
                self.dropped.remove(&old);
                self.created.remove(&new);
                self.renamed.insert(new, old);
            }
        }
    }

    /// What is logged and what is not cannot refer to each other, not even between two statements: where
    /// that changes, foreign keys step aside, and sequences, which would go along.
    fn find_persistence(&mut self, from: &Catalog, to: &Catalog) {
        let unlogged = |catalog: &Catalog, id: &Id| match catalog.objects.get(id).map(|o| &o.body) {
            Some(Body::Table(table)) => Some(table.unlogged),
            _ => None,
        };
        let changed = |id: &Id| {
            let (old, new) = (unlogged(from, id), unlogged(to, id));
            old.is_some() && new.is_some() && old != new
        };
        for (id, needed) in from.pairs() {
            let foreign_key = matches!(
                from.objects.get(id).map(|object| &object.body),
                Some(Body::Constraint(constraint)) if constraint.ty == 'f'
            );
            let table = from
                .objects
                .get(needed)
                .and_then(|object| object.parent.as_ref());
            let concerned = changed(needed) || table.is_some_and(&changed);
            let stepping = foreign_key || id.kind == Kind::Ownership;
            if stepping && concerned && to.objects.contains_key(id) {
                self.altered.remove(id);
                self.replaced.insert(id.clone());
            }
        }
    }

    /// Makes anew what cannot stay while something that it needs is made anew or changes its type.
    fn spread(&mut self, from: &Catalog, to: &Catalog) {
        let mut dependents: BTreeMap<&Id, Vec<&Id>> = BTreeMap::new();
        for (id, needed) in from.pairs() {
            dependents.entry(needed).or_default().push(id);
        }
        let first = self
            .dropped
            .iter()
            .chain(&self.replaced)
            .chain(&self.retyped)
            .chain(&self.rebuilt)
            // Which is given to inherited columns too, whatever they had.
            .chain(self.altered.iter().filter(|id| id.kind == Kind::Default));
        let mut open: Vec<Id> = first.cloned().collect();
        while let Some(moved) = open.pop() {
            for &id in dependents.get(&moved).into_iter().flatten() {
                let stays = to.objects.contains_key(id) && !self.replaced.contains(id);
                if stays && self.is_disturbed(from, id, &moved) {
                    open.push(id.clone());
                }
            }
        }
    }

    /// Notes what becomes of `id`, which stays, now that `moved`, which it needs, does not stay as it
    /// is. Returns whether that in turn concerns others.
    fn is_disturbed(&mut self, from: &Catalog, id: &Id, moved: &Id) -> bool {
        if moved.kind == Kind::Default {
            return id.kind == Kind::Default && self.altered.insert(id.clone());
        }
        let retyped = self.retyped.contains(moved) && !self.replaced.contains(moved);
        let foreign_key = matches!(
            from.objects.get(id).map(|object| &object.body),
            Some(Body::Constraint(constraint)) if constraint.ty == 'f'
        );
        match id.kind {
            Kind::View
            | Kind::MaterializedView
            | Kind::Rule
            | Kind::Trigger
            | Kind::Policy
            | Kind::Routine
            | Kind::Statistics
            | Kind::Default => {}
            // The server makes them anew by itself when a column changes its type.
            Kind::Constraint | Kind::Index if retyped && !foreign_key => return false,
            Kind::Constraint | Kind::Index | Kind::DomainConstraint => {}
            Kind::Comment | Kind::Grant | Kind::Revoke | Kind::Setting | Kind::Ownership => {
                // They go along with what they are about, and have to be said again.
                if retyped || self.rebuilt.contains(moved) && id.kind == Kind::Ownership {
                    return false;
                }
            }
            Kind::Column => {
                let generated = matches!(
                    from.objects.get(id).map(|object| &object.body),
                    Some(Body::Column(column)) if column.generated.is_some()
                );
                let is_parent = moved.kind == Kind::Table;
                if generated && !is_parent {
                    self.altered.remove(id);
                    return self.replaced.insert(id.clone());
                }
                if self.rebuilt.contains(moved) {
                    self.altered.insert(id.clone());
                    return self.retyped.insert(id.clone());
                }
                return false;
            }
            _ => return false,
        }
        self.altered.remove(id);
        self.renamed.remove(id);
        self.replaced.insert(id.clone())
    }

    /// What the server does not do while something else is as it is.
    fn find_blocked(&self, from: &Catalog, to: &Catalog, gaps: &mut Vec<Gap>) {
        for (id, needed) in from.pairs() {
            if let Some(reason) = self.blocks(from, to, id, needed) {
                let object = needed.clone();
                gaps.push(Gap { object, reason });
            }
        }
        for id in self.created.union(&self.replaced) {
            let Some(Body::Column(column)) = to.objects.get(id).map(|object| &object.body) else {
                continue;
            };
            let inherits = |object: &&Object| match &object.body {
                Body::Table(table) => {
                    table.partition_bound.is_none() && table.parents.contains(&column.table)
                }
                _ => false,
            };
            if column.identity.is_some()
                && let Some(child) = from.objects.values().find(inherits)
                && to.objects.contains_key(&child.id)
            {
                let reason = format!(
                    "{} inherits from its table, which can be given no identity column then",
                    child.id
                );
                gaps.push(Gap {
                    object: id.clone(),
                    reason,
                });
            }
        }
    }

    /// Why `needed` cannot change while `id`, which stays, is made of it.
    fn blocks(&self, from: &Catalog, to: &Catalog, id: &Id, needed: &Id) -> Option<String> {
        let (old, new) = (from.objects.get(needed)?, to.objects.get(needed)?);
        let user = from.objects.get(id)?;
        if !to.objects.contains_key(id) {
            return None;
        }
        match (&old.body, &new.body) {
            // An enum cannot be made anew while another type is made of it.
            (Body::Enum(_), _) if self.rebuilt.contains(needed) => {
                let types = [Kind::Domain, Kind::Composite, Kind::Range];
                types.contains(&id.kind).then(|| {
                    format!("{id} is made of it, and it loses a label or changes their order")
                })
            }
            (Body::Composite(old), Body::Composite(new)) if id.kind == Kind::Column => {
                let other = |(name, ty): &&(String, String)| {
                    new.iter().any(|(other, new)| other == name && new != ty)
                };
                let (name, _) = old.iter().find(other)?;
                Some(format!(
                    "its attribute `{name}` gets another type, and {id} is made of it; make a type of another name"
                ))
            }
            (Body::Domain(domain), Body::Domain(wanted)) => {
                let Body::Column(column) = &user.body else {
                    return None;
                };
                let rule = self.created.union(&self.replaced).any(|rule| {
                    rule.kind == Kind::DomainConstraint
                        && to.objects.get(rule).and_then(|rule| rule.parent.as_ref())
                            == Some(needed)
                });
                let stricter = rule || !domain.not_null && wanted.not_null;
                (stricter && column.ty.ends_with("[]")).then(|| {
                    format!("{id} is an array of it, and the server checks no new rule of a domain in there")
                })
            }
            _ => None,
        }
    }
}

/// Whether labels were only added.
fn is_subsequence(old: &[String], new: &[String]) -> bool {
    let mut new = new.iter();
    old.iter().all(|label| new.any(|other| other == label))
}

/// Whether what stays of a composite type stands where it stood, and what is new behind it.
fn keeps_its_order(old: &[(String, String)], new: &[(String, String)]) -> bool {
    let has = |list: &[(String, String)], name: &str| list.iter().any(|(known, _)| known == name);
    let kept = old.iter().filter(|(name, _)| has(new, name));
    let come = new.iter().filter(|(name, _)| !has(old, name));
    kept.chain(come)
        .map(|(name, _)| name)
        .eq(new.iter().map(|(name, _)| name))
}

/// Whether a column is computed now and was not before, or by something else.
fn is_generated_anew(old: &Column, new: &Column) -> bool {
    match (&old.generated, &new.generated) {
        (_, None) => old
            .generated
            .as_ref()
            .is_some_and(|(kind, _)| kind == "VIRTUAL"),
        (old_expression, _) => {
            *old_expression != new.generated || (old.ty != new.ty || old.collation != new.collation)
        }
    }
}

/// Whether nothing happened but that existing rows are checked too.
fn is_only_validated(old: &Constraint, new: &Constraint) -> bool {
    old.definition.strip_suffix(" NOT VALID") == Some(&new.definition)
}

/// Whether every column stays and new ones stand behind them: what `CREATE OR REPLACE VIEW` can do.
fn grows(old: &View, new: &View) -> bool {
    new.columns.starts_with(&old.columns) && old.options == new.options
}

/// What an index or a constraint does, without its name.
fn nameless(object: &Object) -> Option<String> {
    match (&object.body, object.id.kind) {
        (Body::Constraint(Constraint { definition, .. }), _) => Some(definition.clone()),
        (Body::Definition(Definition { create, .. }), Kind::Index) => {
            let (before, after) = create.split_once(" INDEX ")?;
            Some(format!("{before} INDEX {}", after.split_once(" ON ")?.1))
        }
        _ => None,
    }
}
