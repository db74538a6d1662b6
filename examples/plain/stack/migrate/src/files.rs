//! Steps become files: what may stand in one transaction together, what has to stand alone, and what
//! comes after. Pure.

use stack_db::migrations::BACKFILL;
use stack_db::statements::{Words, split};

use crate::diff::{Step, Transaction};
use crate::object::{Id, Kind};

/// The first line of a file that runs without a transaction, as sqlx knows it.
pub(crate) const NO_TRANSACTION: &str = "-- no-transaction";

/// Begins a comment before a statement whose hazard is known: `-- allow: data-loss: nobody reads it`.
pub(crate) const ALLOW: &str = "-- allow:";

/// A migration that is not written yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The file's name without number and ending.
    pub name: String,
    /// The whole text.
    pub sql: String,
    /// Its steps, for telling about them.
    pub steps: Vec<Step>,
}

/// Divides steps into files.
///
/// `name` is what a person wants to call it.
#[must_use]
pub fn drafts(steps: Vec<Step>, name: Option<&str>) -> Vec<Draft> {
    let name = name.map_or_else(|| usual_name(&steps), str::to_owned);
    let (now, later): (Vec<Step>, Vec<Step>) = steps
        .into_iter()
        .partition(|step| step.transaction != Transaction::Later);
    let mut groups: Vec<(bool, Vec<Step>)> = Vec::new();
    for step in now {
        let alone = step.transaction != Transaction::Shared;
        match groups.last_mut() {
            Some((false, group)) if !alone => group.push(step),
            _ => groups.push((alone, vec![step])),
        }
    }
    groups.extend(last_groups(later).into_iter().map(|group| (false, group)));
    let several = groups.len() > 1;
    let mut drafts: Vec<Draft> = Vec::new();
    for (alone, steps) in groups {
        let mut own = name.clone();
        if several && !drafts.is_empty() {
            let last = steps
                .iter()
                .all(|step| step.transaction == Transaction::Later);
            own += "_";
            own += &if last {
                "validate".to_owned()
            } else {
                word(&steps, &name)
            };
        }
        let taken = |name: &str| drafts.iter().any(|draft| draft.name == name);
        if taken(&own) {
            let free = (2..)
                .map(|number| format!("{own}_{number}"))
                .find(|name| !taken(name));
            own = free.unwrap_or(own);
        }
        let sql = text(&steps, alone);
        drafts.push(Draft {
            name: own,
            sql,
            steps,
        });
    }
    drafts
}

/// What looks at every row has a transaction of its own: the locks of others would be held meanwhile. What only takes a lock
/// shares one with its neighbours of the same object.
fn last_groups(steps: Vec<Step>) -> Vec<Vec<Step>> {
    let quick = |step: &Step| {
        step.sql.starts_with("ALTER TABLE ") && !step.sql.contains(" VALIDATE CONSTRAINT ")
    };
    let mut groups: Vec<Vec<Step>> = Vec::new();
    for step in steps {
        let fits = |group: &Vec<Step>| {
            quick(&step)
                && group
                    .iter()
                    .all(|one| quick(one) && one.object == step.object)
        };
        match groups.last_mut().filter(|group| fits(group)) {
            Some(group) => group.push(step),
            None => groups.push(vec![step]),
        }
    }
    groups
}

/// What to call a migration that nobody gave a name: after the first thing that it is about.
fn usual_name(steps: &[Step]) -> String {
    let table = |step: &&Step| step.object.kind == Kind::Table && step.sql.starts_with("CREATE");
    let main = steps.iter().find(table).or_else(|| steps.first());
    let verb = match main.map(|step| step.sql.split(' ').next().unwrap_or_default()) {
        Some("CREATE") => "create",
        Some("DROP") => "drop",
        _ => "change",
    };
    match main {
        Some(step) => format!("{verb}_{}", plain(&subject(&step.object))),
        None => "empty".to_owned(),
    }
}

/// The table rather than its column, where there is one.
fn subject(id: &Id) -> String {
    match id.kind {
        Kind::Comment
        | Kind::Grant
        | Kind::Revoke
        | Kind::DefaultPrivilege
        | Kind::Setting
        | Kind::Ownership => id.kind.to_string(),
        Kind::Column
        | Kind::Default
        | Kind::Constraint
        | Kind::Trigger
        | Kind::Policy
        | Kind::Rule => id
            .name
            .rsplit_once('.')
            .map_or_else(|| id.name.clone(), |(table, _)| table.to_owned()),
        _ => id.name.clone(),
    }
}

/// What else to call a file of several: after its first step, by kind where the name says it already.
fn word(steps: &[Step], name: &str) -> String {
    steps.first().map_or_else(String::new, |step| {
        let word = plain(step.object.name.rsplit('.').next().unwrap_or_default());
        if name.ends_with(&word) {
            plain(&step.object.kind.to_string())
        } else {
            word
        }
    })
}

/// A name as it may stand in a file's.
fn plain(name: &str) -> String {
    let name = name.split('(').next().unwrap_or_default();
    let letters = name.chars().map(|c| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    });
    let name: String = letters.collect();
    let parts: Vec<&str> = name.split('_').filter(|part| !part.is_empty()).collect();
    parts.join("_").chars().take(60).collect()
}

/// The first line of a file that is done in batches. They go by the place of a row, since every table has one, and since what
/// is done is left out by the condition.
fn backfill(step: &Step) -> Option<String> {
    let statements = split(&step.sql);
    let mut words = Words(&statements.first()?.tokens);
    let batches = step.transaction == Transaction::Batches && words.take(&["update"]);
    let table = words.name().filter(|_| batches)?;
    Some(format!("{BACKFILL}{table} by ctid\n"))
}

/// The text of a file.
fn text(steps: &[Step], alone: bool) -> String {
    let mut sql = String::new();
    match steps.iter().find_map(backfill) {
        Some(header) => sql += &header,
        None if alone => sql += &format!("{NO_TRANSACTION}\n"),
        None => {}
    }
    sql += "-- Written by `cargo dev migrate`.\n";
    if steps.iter().any(|step| step.object.kind == Kind::Routine) && !alone {
        sql += "\n-- What a function says may come to be only later in this file.\n";
        sql += "SET LOCAL check_function_bodies = off;\n";
    }
    for step in steps {
        sql += "\n";
        for hazard in &step.hazards {
            let what = hazard.what.replace(['\n', '\r'], " ");
            sql += &format!("{ALLOW} {}: {what}.\n", hazard.name);
        }
        sql += &step.sql;
        sql += ";\n";
    }
    sql
}
