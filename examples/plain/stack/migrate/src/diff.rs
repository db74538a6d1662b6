//! From one catalog to another: which statements, in which order. Pure.
//!
//! 1. [`changes`]: each object is made, dropped, altered, or made anew, and so is what depends on it
//!    where the server asks for that (a view whose column gets another type).
//! 2. [`operations`]: changes become statements; what belongs into a `CREATE TABLE` goes there.
//! 3. [`order`]: nothing is made before what it needs, nothing dropped before what needs it.

mod alter;
mod annotate;
mod changes;
mod compare;
mod create;
mod names;
mod operations;
mod order;
mod renames;
mod together;
mod type_changes;

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::hazard::{Hazard, Lock, Name, Statistics, Volatile};
use crate::object::{Id, Kind};

use operations::Planner;

pub(crate) use annotate::with_hazards;
pub(crate) use names::{last_part, quote, quote_name};
pub use renames::{RenameCandidate, rename_candidates};

/// One statement of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is about.
    pub object: Id,
    /// The statement, without a semicolon at its end.
    pub sql: String,
    /// What it may do to a database that is in use.
    pub hazards: Vec<Hazard>,
    /// What it locks, if that was there before.
    pub lock: Option<Lock>,
    /// In which transaction it runs.
    pub transaction: Transaction,
}

impl Step {
    pub(crate) fn new(object: &Id, sql: impl Into<String>) -> Self {
        Self {
            object: object.clone(),
            sql: sql.into(),
            hazards: Vec::new(),
            lock: None,
            transaction: Transaction::Shared,
        }
    }

    /// With a hazard for what it is about.
    pub(crate) fn hazard(mut self, name: Name, what: impl Into<String>) -> Self {
        let hazard = Hazard::new(name, &self.object.name, what);
        self.hazards.push(hazard);
        self
    }

    pub(crate) fn announces_failure(&self) -> bool {
        let mut hazards = self.hazards.iter();
        hazards.any(|hazard| hazard.name.announces_failure())
    }

    /// Whether it is written only on request.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.hazards.iter().any(|hazard| hazard.refused)
    }

    pub(crate) fn in_transaction(self, transaction: Transaction) -> Self {
        Self {
            transaction,
            ..self
        }
    }
}

/// In which transaction a step runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// In a transaction with its neighbours.
    Shared,
    /// In a file without a transaction, alone.
    Without,
    /// In many, as a backfill: a few rows in each.
    Batches,
    /// In a transaction that begins after the others are committed.
    Later,
}

/// Which tables a migration must not lock for long.
#[derive(Clone, Debug, Default)]
pub struct LockPolicy {
    /// All of them.
    pub online: bool,
    /// These.
    pub large: BTreeSet<String>,
    /// And those that are large in production.
    pub statistics: Statistics,
    /// None, whatever is said of them.
    pub plain: bool,
}

impl LockPolicy {
    /// Whether this table must not be locked for long.
    pub(crate) fn is_online(&self, table: &str) -> bool {
        let is_large = self.large.contains(table) || self.statistics.is_large(table);
        !self.plain && (self.online || is_large)
    }
}

/// What a migration cannot do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsupportedChange {
    /// What it is about.
    pub object: Id,
    /// Why not, and what a person can do, as a sentence.
    pub reason: String,
}

impl UnsupportedChange {
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
pub fn difference(
    from: &Catalog,
    to: &Catalog,
    locks: &LockPolicy,
) -> Result<Vec<Step>, Vec<UnsupportedChange>> {
    let changes = changes::find(from, to, locks)?;
    let volatile = Volatile::of(to);
    let mut separate = BTreeSet::new();
    loop {
        let planner = Planner {
            from,
            to,
            changes: &changes,
            locks,
            volatile: &volatile,
            separate: &separate,
        };
        let operations = planner.operations();
        if !operations.unhandled.is_empty() {
            let reason = "no statement changes it so; write that migration by hand";
            let gaps = operations
                .unhandled
                .iter()
                .map(|id| UnsupportedChange::new(id, reason));
            return Err(gaps.collect());
        }
        match order::sort(operations, from, to) {
            Ok(mut steps) => {
                without_repeated_defaults(&mut steps);
                let mut steps = together::put_together(steps);
                with_hazards(&mut steps, from, to, locks);
                return Ok(steps);
            }
            // Objects that need each other: what can stand outside of its table does so.
            Err(cycle) if cycle.separate.is_subset(&separate) => {
                let reason = "it and others need each other in a circle";
                let gaps = cycle
                    .objects
                    .iter()
                    .map(|id| UnsupportedChange::new(id, reason));
                return Err(gaps.collect());
            }
            Err(cycle) => separate.extend(cycle.separate),
        }
    }
}

/// Takes away defaults that were set already, before their columns were filled with them.
fn without_repeated_defaults(steps: &mut Vec<Step>) {
    let mut at = 0;
    let before = steps.clone();
    steps.retain(|step| {
        let repeated = step.object.kind == Kind::Default
            && before[..at].iter().any(|other| other.sql == step.sql);
        at += 1;
        !repeated
    });
}
