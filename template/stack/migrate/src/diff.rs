//! From one catalog to another: which statements, in which order. Pure.
//!
//! 1. [`changes`]: each object is made, dropped, altered, or made anew, and so is what depends on it
//!    where the server asks for that (a view whose column gets another type).
//! 2. [`operations`]: changes become statements; what belongs into a `CREATE TABLE` goes there.
//! 3. [`order`]: nothing is made before what it needs, nothing dropped before what needs it.

mod alter;
mod changes;
mod compare;
mod create;
mod names;
mod operations;
mod order;
mod renames;
mod type_changes;

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::object::Id;

use operations::Planner;

pub(crate) use names::{last_part, quote};
pub use renames::{LookAlike, look_alikes};

/// One statement of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is about.
    pub object: Id,
    /// The statement, without a semicolon at its end.
    pub sql: String,
    /// What it may do to a database that holds data.
    pub hazard: Option<Hazard>,
    /// Where it has to stand.
    pub place: Place,
}

impl Step {
    pub(crate) fn new(object: &Id, sql: impl Into<String>) -> Self {
        Self {
            object: object.clone(),
            sql: sql.into(),
            hazard: None,
            place: Place::Together,
        }
    }

    /// See [`Hazard::Destroys`].
    pub(crate) fn destroys(self, what: impl Into<String>) -> Self {
        let hazard = Some(Hazard::Destroys(what.into()));
        Self { hazard, ..self }
    }

    /// See [`Hazard::Warns`].
    pub(crate) fn warns(self, what: impl Into<String>) -> Self {
        let hazard = Some(Hazard::Warns(what.into()));
        Self { hazard, ..self }
    }

    pub(crate) fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }
}

/// What a step may do to a database that holds data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hazard {
    /// It takes data away, or fails on data that there may be: only on request. As the end of a
    /// sentence: "drops the column `notes.body` with all it holds".
    Destroys(String),
    /// It takes long or locks, or fails on data that breaks a new rule.
    Warns(String),
}

/// Where a step has to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a transaction with its neighbours.
    Together,
    /// In a file without a transaction, alone.
    Alone,
    /// In a transaction that begins after the others are committed.
    Afterwards,
}

/// How careful a migration has to be.
#[derive(Clone, Debug, Default)]
pub struct Care {
    /// Without locking tables for long: all of them.
    pub online: bool,
    /// Without locking these tables for long.
    pub large: BTreeSet<String>,
}

impl Care {
    /// Whether this table must not be locked for long.
    pub(crate) fn of(&self, table: &str) -> bool {
        self.online || self.large.contains(table)
    }
}

/// What a migration cannot do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// What it is about.
    pub object: Id,
    /// Why not, and what a person can do, as a sentence.
    pub reason: String,
}

impl Gap {
    fn new(object: &Id, reason: impl Into<String>) -> Self {
        Self {
            object: object.clone(),
            reason: reason.into(),
        }
    }
}

/// The steps that make `from` into `to`.
///
/// # Errors
/// Every object whose difference cannot be expressed.
pub fn difference(from: &Catalog, to: &Catalog, care: &Care) -> Result<Vec<Step>, Vec<Gap>> {
    let changes = changes::find(from, to)?;
    let mut apart = BTreeSet::new();
    loop {
        let planner = Planner {
            from,
            to,
            changes: &changes,
            care,
            apart: &apart,
        };
        let operations = planner.operations();
        if !operations.silent.is_empty() {
            let reason = "no statement changes it so; write that migration by hand";
            let gaps = operations.silent.iter().map(|id| Gap::new(id, reason));
            return Err(gaps.collect());
        }
        match order::sort(operations, from, to) {
            Ok(steps) => return Ok(steps),
            // Objects that need each other: what can stand outside of its table does so.
            Err(circle) if circle.apart.is_subset(&apart) => {
                let reason = "it and others need each other in a circle";
                let gaps = circle.objects.iter().map(|id| Gap::new(id, reason));
                return Err(gaps.collect());
            }
            Err(circle) => apart.extend(circle.apart),
        }
    }
}
