//! What is to be done on a database, from what was applied to it. Knows no database.

use super::history::Row;
use super::{Error, Migration, Migrations};

/// What `description` is in the row of a baseline.
const BASELINE: &str = "baseline";

/// What is to be done.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    /// The rows of what this baseline replaces are to be replaced by its own.
    pub(super) carry: Option<&'a Migration>,
    /// To be applied, in this order.
    pub(super) pending: Vec<&'a Migration>,
    /// See [`super::Status::newer`].
    pub(super) newer: Option<i64>,
}

/// Compares the migrations with the rows of a database, which are in the order of their numbers.
pub(super) fn plan<'a>(ours: &'a Migrations, rows: &[Row]) -> Result<Plan<'a>, Error> {
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
    let mut plan = Plan::default();
    let is_newer_baseline = |row: &Row| {
        row.description == BASELINE
            && ours
                .get(row.version)
                .is_none_or(|known| known.checksum != row.checksum)
    };
    let mut rest = rows;
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
