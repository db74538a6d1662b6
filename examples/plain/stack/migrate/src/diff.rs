//! From one catalog to another: which statements, in which order. Pure.
//!
//! 1. [`changes`]: each object is made, dropped, altered, or made anew, and so is what depends on it
//!    where the server asks for that (a view whose column gets another type).
//! 2. [`operations`]: changes become statements; what belongs into a `CREATE TABLE` goes there.
//! 3. [`order`]: nothing is made before what it needs, nothing dropped before what needs it.

mod alter;
mod changes;
mod create;
mod names;
mod operations;
mod order;
mod renames;
mod type_changes;

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::object::Id;

pub(crate) use names::last_part;
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

/// The steps that make `from` into `to`.
///
/// # Errors
/// Every object whose difference cannot be expressed.
pub fn difference(from: &Catalog, to: &Catalog, care: &Care) -> Result<Vec<Step>, Vec<Gap>> {
    let changes = changes::find(from, to)?;
    let mut apart = BTreeSet::new();
    loop {
        let operations = operations::of(from, to, &changes, care, &apart);
        if !operations.silent.is_empty() {
            let reason = "no statement changes it so; write that migration by hand".to_owned();
            let gap = |object: &Id| Gap {
                object: object.clone(),
                reason: reason.clone(),
            };
            return Err(operations.silent.iter().map(gap).collect());
        }
        match order::sort(operations, from, to) {
            Ok(steps) => return Ok(steps),
            // Objects that need each other: what can stand outside of its table does so.
            Err(circle) if circle.apart.is_subset(&apart) => {
                let reason = "it and others need each other in a circle".to_owned();
                let gap = |object| Gap {
                    object,
                    reason: reason.clone(),
                };
                return Err(circle.objects.into_iter().map(gap).collect());
            }
            Err(circle) => apart.extend(circle.apart),
        }
    }
}
