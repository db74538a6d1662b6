//! What happens to each object, as far as the difference itself says, and then to what depends on it.

use std::collections::{BTreeMap, BTreeSet};

use super::Gap;
use crate::catalog::Catalog;
use crate::object::{Body, Column, Constraint, Definition, Id, Kind, Object, View};

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
            Some(wanted) if wanted.body != object.body => {
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
            .chain(&self.rebuilt);
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

    /// An enum cannot be made anew while another type is made of it.
    fn find_blocked(&self, from: &Catalog, to: &Catalog, gaps: &mut Vec<Gap>) {
        for (id, needed) in from.pairs() {
            let types = [Kind::Domain, Kind::Composite, Kind::Range];
            if self.rebuilt.contains(needed)
                && types.contains(&id.kind)
                && to.objects.contains_key(id)
            {
                let reason =
                    format!("{id} is made of it, and it loses a label or changes their order");
                gaps.push(Gap {
                    object: needed.clone(),
                    reason,
                });
            }
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
