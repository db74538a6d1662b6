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
        let is_large = |table: &String| locks.is_online(table);
        let on_large = step
            .lock
            .as_ref()
            .map(|lock| &lock.table)
            .is_some_and(is_large);
        for hazard in &mut step.hazards {
            hazard.refused |=
                on_large && hazard.name.description().refused == Refused::OnLargeTables;
        }
    }
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
