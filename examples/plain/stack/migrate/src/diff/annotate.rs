//! Adds to each step what its statement says of locks and hazards.

use stack_db::statements::split;

use super::names::{bare, last_part};
use super::{LockPolicy, Step, Transaction};
use crate::catalog::Catalog;
use crate::hazard::{Hazard, Name, Observer, Refused, Volatile};
use crate::object::{Body, Id, Kind};

/// From one catalog to the other.
pub(crate) fn with_hazards(steps: &mut [Step], from: &Catalog, to: &Catalog, locks: &LockPolicy) {
    let mut observer = Observer::knowing(Volatile::of(from));
    // As they are run.
    let (now, later): (Vec<&mut Step>, Vec<&mut Step>) = steps
        .iter_mut()
        .partition(|step| step.transaction != Transaction::Later);
    for step in now.into_iter().chain(later) {
        for statement in split(&step.sql) {
            let effects = observer.see(&statement);
            let is_new = |hazard: &Hazard| !is_judged_by_planner(hazard.name, &step.sql);
            step.hazards
                .extend(effects.hazards.into_iter().filter(is_new));
            step.lock = effects.lock;
        }
        if let Some(lock) = &mut step.lock {
            lock.size = locks.statistics.tables.get(&lock.table).copied();
        }
        let gone = step
            .hazards
            .iter()
            .any(|hazard| matches!(hazard.name, Name::DataLoss | Name::Incompatible));
        if gone && let Some(routine) = mentioned_in(&step.object, from, to) {
            let what = format!("`{routine}` mentions it, which the server does not check");
            let hazard = Hazard::new(Name::UntrackedBody, &step.object.name, what);
            step.hazards.push(hazard);
        }
        // What is left of a backfill is few rows.
        let rest = step.transaction == Transaction::Later;
        let by_size = |hazard: &&mut Hazard| {
            hazard.name.description().refused == Refused::OnLargeTables
                && !(rest && hazard.name == Name::BulkWrite)
        };
        let is_large = |table: &str| locks.is_online(table);
        let locked = step.lock.as_ref().map(|lock| lock.table.as_str());
        let mut on_large = locked.is_some_and(is_large);
        if step.hazards.iter_mut().any(|hazard| by_size(&hazard)) {
            let behind = tables_behind(&step.object, from, to);
            on_large |= behind.into_iter().any(is_large);
        }
        for hazard in step.hazards.iter_mut().filter(by_size) {
            hazard.refused |= on_large || is_large(&hazard.object);
        }
    }
}

/// The tables whose rows are read or written by what is done to something that is none: a type, a materialized view.
fn tables_behind<'c>(object: &Id, from: &'c Catalog, to: &'c Catalog) -> Vec<&'c str> {
    let ty = match object.kind {
        Kind::MaterializedView => {
            return to.needs(object).filter_map(|id| to.table_at(id)).collect();
        }
        Kind::DomainConstraint => to.parent(object).or(from.parent(object)),
        Kind::Domain | Kind::Enum => Some(object),
        _ => None,
    };
    let users = from.pairs().filter(|(_, needed)| Some(*needed) == ty);
    users.filter_map(|(id, _)| from.table_at(id)).collect()
}

/// A function that stays as it is, and mentions this in its body.
fn mentioned_in<'c>(gone: &Id, from: &Catalog, to: &'c Catalog) -> Option<&'c str> {
    let name = bare(&last_part(&gone.name));
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mentions = |sql: &str| sql.split(|c| !is_part(c)).any(|word| word == name);
    let routines = to.iter().filter(|one| one.id.kind == Kind::Routine);
    let mut kept = routines.filter(|one| from.get(&one.id) == Some(one));
    let routine = kept.find(
        |one| matches!(&one.body, Body::Definition(definition) if mentions(&definition.create)),
    );
    routine.map(|one| one.id.name.as_str())
}

/// What the two catalogs tell better than a statement.
fn is_judged_by_planner(name: Name, sql: &str) -> bool {
    match name {
        Name::DataLoss | Name::FailsOnData | Name::MayFailOnData => true,
        Name::BulkWrite => sql.starts_with("UPDATE "),
        Name::Rewrite => sql.contains(" TYPE "),
        _ => false,
    }
}
