//! What is to be done on a database, from what was applied to it. Knows no database.

use super::history::Row;
use super::{Error, Migration, Migrations};

/// What `description` is in the row of a baseline.
pub(super) const BASELINE: &str = "baseline";

/// What is to be done.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    /// The rows of what this baseline replaces are to be replaced by its own.
    pub(super) carry: Option<&'a Migration>,
    /// To be applied, in this order.
    pub(super) pending: Vec<&'a Migration>,
    /// The numbers of rows that are to be changed: the file has another one here.
    pub(super) renumbered: Vec<Renumbered>,
    /// See [`super::Status::newer`].
    pub(super) newer: Option<i64>,
}

/// A migration that was applied under another number: two people wrote one each with the same, and this one gave way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Renumbered {
    pub(super) from: i64,
    pub(super) to: i64,
}

/// Compares the migrations with the rows of a database, which are in the order of their numbers.
pub(super) fn plan<'a>(ours: &'a Migrations, rows: &[Row]) -> Result<Plan<'a>, Error> {
    // A backfill goes on where it is.
    let goes_on = |row: &Row| {
        let known = ours.get(row.version);
        !row.success && known.is_some_and(|migration| migration.backfill.is_some())
    };
    let rows: Vec<Row> = rows.iter().filter(|row| !goes_on(row)).cloned().collect();
    if let Some(row) = rows.iter().find(|row| !row.success) {
        let name = ours.get(row.version).map_or_else(
            || format!("migration {}", row.version),
            |migration| migration.name.clone(),
        );
        return Err(Error::Unfinished {
            version: row.version,
            name,
            command: ours.command.clone(),
        });
    }
    let renumbered = renumbered(ours, &rows);
    let mut rows = rows;
    for row in &mut rows {
        if let Some(other) = renumbered.iter().find(|other| other.from == row.version) {
            row.version = other.to;
        }
    }
    rows.sort_by_key(|row| row.version);
    let mut plan = Plan {
        renumbered,
        ..Plan::default()
    };
    let is_newer_baseline = |row: &Row| {
        row.description == BASELINE
            && ours
                .get(row.version)
                .is_none_or(|known| known.checksum != row.checksum)
    };
    let mut rest = rows.as_slice();
    let mut migrations = ours.all();
    if let [first, others @ ..] = migrations
        && first.baseline.is_some()
        && !rows.is_empty()
        && !rows
            .iter()
            .any(|row| row.version > first.version && is_newer_baseline(row))
    {
        let below = rows.partition_point(|row| row.version <= first.version);
        let (replaced, above) = rows.split_at(below);
        if carries(first, replaced)? {
            plan.carry = Some(first);
        }
        (rest, migrations) = (above, others);
    }
    // A newer release may have squashed more than we know of: its baseline has the number of the
    // last that it replaces, and all up to there count as applied.
    let squashed = rest.iter().rfind(|row| is_newer_baseline(row));
    let squashed = squashed.map_or(0, |row| row.version);
    plan.newer = (squashed > 0).then_some(squashed);
    for row in rest.iter().filter(|row| row.version > squashed) {
        match ours.get(row.version) {
            Some(known) if known.checksum == row.checksum => {}
            Some(known) => {
                let path = known.path.clone();
                return Err(Error::Edited { path });
            }
            None if row.version > ours.last() => plan.newer = Some(row.version),
            None => {
                let version = row.version;
                return Err(Error::Unknown { version });
            }
        }
    }
    let applied = |migration: &Migration| {
        migration.version <= squashed || rest.iter().any(|row| row.version == migration.version)
    };
    plan.pending = migrations
        .iter()
        .filter(|migration| !applied(migration))
        .collect();
    Ok(plan)
}

/// The rows whose number belongs to another file now, where a file that is the same has a number that was not applied.
pub(super) fn renumbered(ours: &Migrations, rows: &[Row]) -> Vec<Renumbered> {
    let is = |migration: &Migration, row: &Row| {
        migration.checksum == row.checksum && migration.description() == row.description
    };
    let is_recorded = |migration: &Migration| {
        rows.iter()
            .any(|row| row.version == migration.version && is(migration, row))
    };
    let other = |row: &Row| ours.get(row.version).is_none_or(|known| !is(known, row));
    let moved = rows.iter().filter(|row| other(row)).filter_map(|row| {
        let same = |migration: &&Migration| is(migration, row) && !is_recorded(migration);
        let migration = ours.all().iter().find(same)?;
        Some(Renumbered {
            from: row.version,
            to: migration.version,
        })
    });
    moved.collect()
}

/// Whether the rows up to the number of a baseline are to be replaced by its own; not if they were
/// already.
fn carries(baseline: &Migration, rows: &[Row]) -> Result<bool, Error> {
    let replaced = baseline
        .baseline
        .as_ref()
        .map_or(&[][..], |baseline| &baseline.replaced);
    if let [row] = rows
        && row.version == baseline.version
        && row.checksum == baseline.checksum
    {
        return Ok(false);
    }
    let same = replaced.len() == rows.len()
        && replaced
            .iter()
            .zip(rows)
            .all(|(one, row)| one.version == row.version);
    if !same {
        // It was edited itself, after this database had carried on or begun with it.
        if let [row] = rows
            && row.version == baseline.version
            && row.description == BASELINE
        {
            let path = baseline.path.clone();
            return Err(Error::Edited { path });
        }
        let baseline = baseline.name.clone();
        return Err(Error::Between { baseline });
    }
    match replaced
        .iter()
        .zip(rows)
        .find(|(one, row)| one.checksum != row.checksum)
    {
        None => Ok(true),
        Some((one, _)) => Err(Error::ReplacedEdited {
            version: one.version,
            baseline: baseline.name.clone(),
        }),
    }
}
