//! What happens to each object, as far as the difference itself says, and then to what depends on it.

use std::collections::{BTreeMap, BTreeSet};

use super::{LockPolicy, UnsupportedChange, compare};
use crate::catalog::Catalog;
use crate::object::{Body, Id, Kind, Object};

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

pub(super) fn find(
    from: &Catalog,
    to: &Catalog,
    locks: &LockPolicy,
) -> Result<Changes, Vec<UnsupportedChange>> {
    let mut changes = Changes::default();
    let mut gaps = Vec::new();
    for (id, object) in &from.objects {
        match to.objects.get(id) {
            None => drop(changes.dropped.insert(id.clone())),
            Some(wanted) if !compare::is_same(&object.body, &wanted.body) => {
                if let Some(reason) = changes.compare(object, wanted) {
                    gaps.push(UnsupportedChange::new(id, reason));
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
    changes.propagate(from, to, locks);
    changes.find_blocked(from, to, &mut gaps);
    for (ids, place) in [
        (&changes.created, "the schema"),
        (&changes.dropped, "the migrations"),
    ] {
        let reason = format!("only {place} has it; write that migration by hand");
        let unsupported = ids.iter().filter(|id| id.kind == Kind::Unsupported);
        gaps.extend(unsupported.map(|id| UnsupportedChange::new(id, &reason)));
    }
    if gaps.is_empty() {
        Ok(changes)
    } else {
        Err(gaps)
    }
}

impl Changes {
    /// Decides what happens to an object that looks different. Returns why nothing can.
    fn compare(&mut self, old: &Object, new: &Object) -> Option<String> {
        let id = &old.id;
        let how = match (&old.body, &new.body) {
            (Body::Enum(old), Body::Enum(new))
                if !compare::is_subsequence(&old.labels, &new.labels) =>
            {
                &mut self.rebuilt
            }
            (Body::Domain(old), Body::Domain(new)) if old.base != new.base => {
                return Some(format!(
                    "its type changes from `{}` to `{}`; make a domain of another name, and give it to the columns",
                    old.base, new.base
                ));
            }
            (Body::Composite(old), Body::Composite(new)) if !compare::keeps_its_order(old, new) => {
                return Some(
                    "its attributes change places; make a type of another name".to_owned(),
                );
            }
            (Body::Table(old), Body::Table(new)) => {
                if let Some(reason) = compare::is_another_table(old, new) {
                    return Some(reason.to_owned());
                }
                &mut self.altered
            }
            (Body::Column(old), Body::Column(new)) => {
                let retyped = old.ty != new.ty || old.collation != new.collation;
                if compare::is_computed_anew(old, new, retyped) {
                    &mut self.replaced
                } else {
                    if retyped {
                        self.retyped.insert(id.clone());
                    }
                    &mut self.altered
                }
            }
            (Body::Constraint(old), Body::Constraint(new))
                if compare::is_only_validated(old, new) =>
            {
                &mut self.altered
            }
            (Body::Definition(old), Body::Definition(new))
                if compare::is_put_in_place(old, new) =>
            {
                &mut self.altered
            }
            (Body::Constraint(_) | Body::Definition(_), _) => &mut self.replaced,
            (Body::Unsupported(_), _) => {
                return Some("it looks different; write that migration by hand".to_owned());
            }
            _ => &mut self.altered,
        };
        how.insert(id.clone());
        None
    }

    /// Indexes and constraints of tables that stay, which changed nothing but their name.
    fn find_renamed(&mut self, from: &Catalog, to: &Catalog) {
        let mut dropped: BTreeMap<&Id, Vec<&Object>> = BTreeMap::new();
        for old in self.dropped.iter().filter_map(|id| from.get(id)) {
            if let Some(table) = &old.parent {
                dropped.entry(table).or_default().push(old);
            }
        }
        for new in self.created.iter().filter_map(|id| to.get(id)) {
            let others = new.parent.as_ref().and_then(|table| dropped.get_mut(table));
            let (Some(others), Some(does)) = (others, compare::nameless(new)) else {
                continue;
            };
            let same = |old: &&Object| compare::nameless(old).as_ref() == Some(&does);
            if let Some(at) = others.iter().position(same) {
                let old = others.remove(at);
                self.renamed.insert(new.id.clone(), old.id.clone());
            }
        }
        for (new, old) in &self.renamed {
            self.created.remove(new);
            self.dropped.remove(old);
        }
    }

    /// What is logged and what is not cannot refer to each other, not even between two statements: where
    /// that changes, foreign keys step aside, and sequences, which would go along.
    fn find_persistence(&mut self, from: &Catalog, to: &Catalog) {
        let changed = |id: &Id| match (from.table(id), to.table(id)) {
            (Some(old), Some(new)) => old.unlogged != new.unlogged,
            _ => false,
        };
        for (id, needed) in from.pairs() {
            let stepping = from.is_foreign_key(id) || id.kind == Kind::Ownership;
            let concerned = changed(needed) || from.parent(needed).is_some_and(changed);
            if stepping && concerned && to.get(id).is_some() {
                self.altered.remove(id);
                self.replaced.insert(id.clone());
            }
        }
    }

    /// Makes anew what cannot stay while something that it needs is made anew or changes its type.
    fn propagate(&mut self, from: &Catalog, to: &Catalog, locks: &LockPolicy) {
        let mut dependents: BTreeMap<&Id, Vec<&Id>> = BTreeMap::new();
        for (id, needed) in from.pairs() {
            dependents.entry(needed).or_default().push(id);
        }
        let is_default = |id: &&Id| id.kind == Kind::Default;
        let first = self
            .dropped
            .iter()
            .chain(&self.replaced)
            .chain(&self.retyped)
            .chain(&self.rebuilt)
            // Which is given to inherited columns too, whatever they had.
            .chain(self.altered.iter().filter(is_default))
            .chain(self.created.iter().filter(is_default));
        let mut open: Vec<Id> = first.cloned().collect();
        while let Some(moved) = open.pop() {
            for &id in dependents.get(&moved).into_iter().flatten() {
                let stays = to.objects.contains_key(id) && !self.replaced.contains(id);
                if stays && self.is_affected(from, id, &moved, locks) {
                    open.push(id.clone());
                }
            }
        }
    }

    /// Notes what becomes of `id`, which stays, now that `moved`, which it needs, does not stay as it
    /// is. Returns whether that in turn concerns others.
    fn is_affected(&mut self, from: &Catalog, id: &Id, moved: &Id, locks: &LockPolicy) -> bool {
        if moved.kind == Kind::Default {
            return id.kind == Kind::Default && self.altered.insert(id.clone());
        }
        let retyped = self.retyped.contains(moved) && !self.replaced.contains(moved);
        match id.kind {
            Kind::View
            | Kind::MaterializedView
            | Kind::Rule
            | Kind::Trigger
            | Kind::Policy
            | Kind::Routine
            | Kind::Statistics
            | Kind::Default => {}
            // The server makes them anew by itself when a column changes its type. A check is tried on every row meanwhile.
            Kind::Constraint | Kind::Index
                if retyped
                    && !from.is_foreign_key(id)
                    && !matches!(from.body(id), Some(Body::Constraint(check))
                        if check.ty == "c" && locks.is_online(&check.table)) =>
            {
                return false;
            }
            Kind::Constraint | Kind::Index | Kind::DomainConstraint => {}
            // A new type begins with its own storage.
            Kind::Setting if retyped && id.name.ends_with(": storage") => {
                self.altered.insert(id.clone());
                return false;
            }
            Kind::Comment | Kind::Grant | Kind::Revoke | Kind::Setting | Kind::Ownership => {
                // They go along with what they are about, and have to be said again.
                if retyped || self.rebuilt.contains(moved) && id.kind == Kind::Ownership {
                    return false;
                }
            }
            Kind::Column => {
                let generated = from
                    .column(id)
                    .is_some_and(|column| column.generated.is_some());
                if generated && moved.kind != Kind::Table {
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
    fn find_blocked(&self, from: &Catalog, to: &Catalog, gaps: &mut Vec<UnsupportedChange>) {
        for (id, needed) in from.pairs() {
            if let Some(reason) = self.blocks(from, to, id, needed) {
                gaps.push(UnsupportedChange::new(needed, reason));
            }
        }
        // One that inherits, by the table that it inherits from.
        let mut heirs: BTreeMap<&str, &Id> = BTreeMap::new();
        for child in from.iter().filter(|child| to.get(&child.id).is_some()) {
            let table = from.table(&child.id);
            let table = table.filter(|table| table.partition_bound.is_none());
            for parent in table.into_iter().flat_map(|table| &table.parents) {
                heirs.entry(parent).or_insert(&child.id);
            }
        }
        for id in self.created.union(&self.replaced) {
            let column = to.column(id).filter(|column| column.identity.is_some());
            if let Some(child) = column.and_then(|column| heirs.get(column.table.as_str())) {
                let reason = format!(
                    "{child} inherits from its table, which can be given no identity column then"
                );
                gaps.push(UnsupportedChange::new(id, reason));
            }
        }
    }

    /// Why `needed` cannot change while `id`, which stays, is made of it.
    fn blocks(&self, from: &Catalog, to: &Catalog, id: &Id, needed: &Id) -> Option<String> {
        let (old, new) = (from.body(needed)?, to.body(needed)?);
        to.get(id)?;
        match (old, new) {
            // An enum cannot be made anew while another type is made of it.
            (Body::Enum(_), _) if self.rebuilt.contains(needed) => {
                let types = [Kind::Domain, Kind::Composite, Kind::Range];
                types.contains(&id.kind).then(|| {
                    format!("{id} is made of it, and it loses a label or changes their order")
                })
            }
            (Body::Composite(old), Body::Composite(new)) if id.kind == Kind::Column => {
                let other = |(name, ty): &&(String, String)| {
                    new.type_of(name).is_some_and(|wanted| wanted != ty)
                };
                let (name, _) = old.attributes.iter().find(other)?;
                Some(format!(
                    "its attribute `{name}` gets another type, and {id} is made of it; make a type of another name"
                ))
            }
            (Body::Domain(domain), Body::Domain(wanted)) => {
                let column = from.column(id)?;
                let rule = self.created.union(&self.replaced).any(|rule| {
                    rule.kind == Kind::DomainConstraint && to.parent(rule) == Some(needed)
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
