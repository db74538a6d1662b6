//! Puts operations in an order in which each finds what it needs.

mod gaps;

use std::collections::{BTreeMap, BTreeSet};

use super::Step;
use super::names::last_part;
use super::operations::{Action, Operation, Operations};
use crate::catalog::Catalog;
use crate::object::{Id, Kind};

/// Operations that wait for each other.
#[derive(Debug)]
pub(super) struct Cycle {
    pub(super) objects: BTreeSet<Id>,
    /// What could stand outside of the definitions that it stands in, which may open the cycle.
    pub(super) separate: BTreeSet<Id>,
}

/// Sorts; where nothing else decides, by what people expect to read first.
pub(super) fn sort(all: Operations, from: &Catalog, to: &Catalog) -> Result<Vec<Step>, Cycle> {
    let mut later = edges(&all, from, to);
    let last = gaps::close(&all, &mut later);
    let mut waits = vec![0_usize; all.list.len()];
    for at in later.values().flatten() {
        waits[*at] += 1;
    }
    // Columns of a table come as the schema has them.
    let place = |id: &'_ Id| {
        to.column(id)
            .map(|column| (column.table.as_str(), column.number))
    };
    let entry = |at: usize| {
        let id = &all.list[at].id;
        (
            last.contains(&at),
            rank(&all.list[at]),
            id.kind,
            place(id),
            id,
            at,
        )
    };
    let mut free: BTreeSet<_> = (0..waits.len())
        .filter(|at| waits[*at] == 0)
        .map(entry)
        .collect();
    let mut order = Vec::new();
    while let Some((.., at)) = free.pop_first() {
        order.push(at);
        for then in later.remove(&at).unwrap_or_default() {
            waits[then] -= 1;
            if waits[then] == 0 {
                free.insert(entry(then));
            }
        }
    }
    if order.len() < all.list.len() {
        let left = || (0..all.list.len()).filter(|at| waits[*at] > 0);
        return Err(Cycle {
            objects: left().map(|at| all.list[at].id.clone()).collect(),
            separate: left()
                .filter_map(|at| all.inlined.get(&at))
                .flatten()
                .cloned()
                .collect(),
        });
    }
    let mut list = all.list;
    let steps = order
        .into_iter()
        .map(|at| std::mem::take(&mut list[at].steps));
    Ok(steps.flatten().collect())
}

/// Which operations come later than which.
fn edges(all: &Operations, from: &Catalog, to: &Catalog) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut edges: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut add = |first: usize, then: usize| {
        if first != then {
            edges.entry(first).or_default().insert(then);
        }
    };
    let at = |action: Action, id: &Id| all.covered.get(&(action, id.clone())).copied();
    let made = |id: &Id| {
        [at(Action::Create, id), at(Action::Alter, id)]
            .into_iter()
            .flatten()
    };
    let becomes_filled = |id: &Id| match (from.column(id), to.column(id)) {
        (Some(old), Some(new)) => !old.not_null && new.not_null,
        _ => false,
    };
    // What is done to a default is done to those of the tables that inherit, whatever they had: theirs come after it.
    let inherits = |id: &Id, needed: &Id| id.kind == Kind::Default && needed.kind == Kind::Default;
    for (id, needed) in to.pairs() {
        for then in made(id) {
            made(needed).for_each(|first| add(first, then));
            if inherits(id, needed)
                && let Some(first) = at(Action::Drop, needed)
            {
                add(first, then);
            }
            // A table that is logged may refer only to one that already is, and a sequence follows its owner.
            if matches!(id.kind, Kind::Constraint | Kind::Ownership)
                && let Some(table) = to.parent(needed)
                && let Some(first) = at(Action::Alter, table)
            {
                add(first, then);
            }
        }
        // A column that must not be null any more is filled with its default, which may call functions.
        let column = Id::new(Kind::Column, &id.name);
        if id.kind == Kind::Default
            && column != *needed
            && becomes_filled(&column)
            && let Some(then) = at(Action::Alter, &column)
        {
            made(needed).for_each(|first| add(first, then));
        }
    }
    // A label that is added and a column that is filled disturb no view.
    let is_in_the_way = |id: &Id, needed: &Id| match needed.kind {
        Kind::Enum => all.rebuilt.contains(needed),
        Kind::Column => {
            let looks = [
                Kind::View,
                Kind::MaterializedView,
                Kind::Policy,
                Kind::Routine,
            ];
            all.retyped.contains(needed) || !looks.contains(&id.kind)
        }
        _ => true,
    };
    for (id, needed) in from.pairs() {
        let gone = at(Action::Drop, needed);
        if let (Some(altered), Some(gone)) = (at(Action::Alter, id), gone)
            && !inherits(id, needed)
        {
            add(altered, gone);
        }
        // What waits aside (`rebuilt`) is dropped when nothing uses it any more.
        if let Some(first) = at(Action::Drop, id).filter(|_| !all.rebuilt.contains(id)) {
            let parent = from
                .parent(needed)
                .filter(|parent| parent.kind == Kind::Table && *parent != id);
            let changed = at(Action::Alter, needed).filter(|_| is_in_the_way(id, needed));
            gone.into_iter()
                .chain(changed)
                .chain(parent.and_then(|table| at(Action::Alter, table)))
                .for_each(|then| add(first, then));
        }
    }
    // A domain gets no new rule while a column is an array of it.
    for ((action, rule), rules) in &all.covered {
        let domain = to.parent(rule);
        let (Action::Create, Kind::DomainConstraint, Some(domain)) = (action, rule.kind, domain)
        else {
            continue;
        };
        let users = |catalog: &'_ Catalog| -> Vec<Id> {
            let columns = catalog
                .pairs()
                .filter(|(id, needed)| id.kind == Kind::Column && *needed == domain);
            columns.map(|(id, _)| id.clone()).collect()
        };
        let other = |id: &Id| type_of(from, id) != type_of(to, id);
        for id in users(from).into_iter().filter(other) {
            let gone = [at(Action::Drop, &id), at(Action::Alter, &id)];
            gone.into_iter()
                .flatten()
                .for_each(|first| add(first, *rules));
        }
        for id in users(to).into_iter().filter(other) {
            let array = type_of(to, &id).is_some_and(|ty| ty.ends_with("[]"));
            made(&id)
                .filter(|_| array)
                .for_each(|then| add(*rules, then));
        }
    }
    for ((action, id), first) in &all.covered {
        if *action == Action::Alter && all.rebuilt.contains(id) {
            at(Action::Drop, id)
                .into_iter()
                .for_each(|then| add(*first, then));
        } else if *action == Action::Drop {
            at(Action::Create, id)
                .into_iter()
                .for_each(|then| add(*first, then));
        }
    }
    same_names(all, &mut add);
    overloads(all, &mut add);
    partitions(all, from, to, &mut add);
    edges
}

/// A partition makes room before others of its table are made.
fn partitions(all: &Operations, from: &Catalog, to: &Catalog, add: &mut impl FnMut(usize, usize)) {
    let parent = |catalog: &Catalog, id: &Id| {
        let table = catalog.table(id)?;
        table.partition_bound.as_ref()?;
        table.parents.first().cloned()
    };
    let of = |action: Action, catalog: &Catalog| -> Vec<(String, usize)> {
        let covered = all
            .covered
            .iter()
            .filter(|((known, _), _)| *known == action);
        covered
            .filter_map(|((_, id), at)| Some((parent(catalog, id)?, *at)))
            .collect()
    };
    let made = of(Action::Create, to);
    for (table, first) in of(Action::Drop, from) {
        let others = made.iter().filter(|(other, _)| *other == table);
        others.for_each(|(_, then)| add(first, *then));
    }
}

fn type_of<'c>(catalog: &'c Catalog, id: &Id) -> Option<&'c str> {
    catalog.column(id).map(|column| column.ty.as_str())
}

/// Tables, indexes, views, sequences and types share their names: what takes over a name waits until
/// it is free.
fn same_names(all: &Operations, add: &mut impl FnMut(usize, usize)) {
    let named = |wanted: Action| {
        all.covered
            .iter()
            .filter(move |((action, id), _)| *action == wanted && shares_names(id.kind))
            .map(|((_, id), at)| (id, *at))
    };
    let mut free: BTreeMap<String, Vec<(Option<&Id>, usize)>> = BTreeMap::new();
    let dropped = named(Action::Drop)
        .filter(|(id, _)| !all.rebuilt.contains(id))
        .map(|(id, at)| (&id.name, Some(id), at));
    let freed = all.frees.iter().map(|(name, at)| (name, None, *at));
    for (name, id, at) in dropped.chain(freed) {
        free.entry(last_part(name)).or_default().push((id, at));
    }
    let created = named(Action::Create).map(|(id, at)| (&id.name, Some(id), at));
    let taken = all.takes.iter().map(|(name, at)| (name, None, *at));
    for (name, id, then) in created.chain(taken) {
        for (before, first) in free.get(&last_part(name)).into_iter().flatten() {
            if id.is_none() || *before != id {
                add(*first, then);
            }
        }
    }
}

/// A function goes before another of its name comes: with both there, a call may fit the two of them.
fn overloads(all: &Operations, add: &mut impl FnMut(usize, usize)) {
    let named = |wanted: Action| {
        let covered = all.covered.iter();
        let routines =
            covered.filter(move |((action, id), _)| *action == wanted && id.kind == Kind::Routine);
        routines.map(|((_, id), at)| (id.name.split('(').next().unwrap_or_default(), *at))
    };
    let mut gone: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (name, at) in named(Action::Drop) {
        gone.entry(name).or_default().push(at);
    }
    for (name, then) in named(Action::Create) {
        for first in gone.get(name).into_iter().flatten() {
            add(*first, then);
        }
    }
}

fn shares_names(kind: Kind) -> bool {
    Kind::ALL_WITH_SHARED_NAMES.contains(&kind)
}

/// What comes first where nothing else decides: things out of the way, new types and tables, changes,
/// what stands on them, and at last what nobody needs any more.
fn rank(operation: &Operation) -> u8 {
    use Kind::{
        Column, Comment, Composite, Constraint, Default, DefaultPrivilege, Domain,
        DomainConstraint, Enum, Extension, Grant, Index, MaterializedView, Ownership, Policy,
        Range, Revoke, Routine, Rule, Schema, Sequence, Setting, Statistics, Table, Trigger,
        Unsupported, View,
    };
    match (operation.action, operation.id.kind) {
        // In files of their own: nothing is gone while they are committed.
        (Action::Alter, Enum) => 0,
        // What is made here has its own grants: these come when all of it is there, and go before.
        (Action::Drop, DefaultPrivilege) => 1,
        (Action::Drop, Grant | Revoke | Comment | Policy | Trigger | Rule) => 1,
        (Action::Drop, Setting | Ownership) => 1,
        (Action::Drop, View | MaterializedView | Statistics) => 2,
        (Action::Drop, Constraint | Index | Default | DomainConstraint) => 3,
        (Action::Create | Action::Alter, Schema | Extension) => 10,
        (Action::Create, Enum | Domain | Composite | Range | Sequence) => 12,
        (Action::Alter, Domain | Composite | Range | Sequence) => 13,
        (Action::Create, DomainConstraint) => 14,
        // As soon as what they are a part of is there.
        (Action::Create | Action::Alter, Setting) => 19,
        (Action::Create, Table) => 20,
        (Action::Alter, Table) => 21,
        (Action::Create, Column) => 22,
        (Action::Alter, Column) => 23,
        (Action::Create | Action::Alter, Routine) => 24,
        (Action::Create | Action::Alter, Default) => 25,
        (_, Constraint) => 30,
        (_, Index | Statistics) => 31,
        (Action::Create | Action::Alter, View) => 32,
        (Action::Create | Action::Alter, MaterializedView) => 33,
        (_, Rule | Trigger) => 34,
        (_, Policy) => 35,
        (_, Ownership) => 36,
        (_, Comment) => 37,
        (_, Grant | Revoke) => 38,
        (Action::Drop, Column) => 40,
        (Action::Drop, Table) => 41,
        (Action::Drop, Routine) => 42,
        (_, Sequence | Enum | Domain | Composite | Range) => 43,
        (Action::Drop, Extension) => 44,
        (Action::Drop, Schema) => 45,
        (Action::Alter, DomainConstraint) | (_, Unsupported) => 46,
        (Action::Create | Action::Alter, DefaultPrivilege) => 47,
    }
}
