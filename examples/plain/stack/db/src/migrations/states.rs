//! How each migration stands on a database, whatever is wrong with it: for looking, where [`super::plan`] is for doing.

use std::fmt;

use sqlx::postgres::PgConnection;

use super::history::{self, Row};
use super::plan::{BASELINE, renumbered};
use super::{Error, Migration, Migrations};

/// How a migration stands on a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was applied, or a baseline that stands for it.
    Applied,
    /// It is still to be applied.
    Pending,
    /// It was begun, outside of a transaction, and has not ended.
    Begun,
    /// Another text of it was applied.
    Edited,
    /// It was applied, and there is no such file.
    Unknown,
}

impl State {
    /// Whether it is as it should be, before or after it is applied.
    #[must_use]
    pub fn is_at_rest(self) -> bool {
        matches!(self, Self::Applied | Self::Pending)
    }
}

/// One migration, of the folder or of the record. In words: `0001_users.sql: applied`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub version: i64,
    /// The name of its file; of an unknown one, what the record calls it.
    pub name: String,
    /// How it stands.
    pub state: State,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Applied => "applied",
            State::Pending => "pending",
            State::Begun => "begun, and has not ended",
            State::Edited => "applied, with another text",
            State::Unknown => "applied, and there is no such file",
        };
        write!(f, "{}: {state}", self.name)
    }
}

impl Migrations {
    /// How each migration stands, in the order of their numbers; with it, whether the database has tables and no
    /// record. Runs in whatever transaction the connection is in, and writes nothing.
    ///
    /// # Errors
    /// The server's.
    pub async fn states(&self, connection: &mut PgConnection) -> Result<(Vec<Entry>, bool), Error> {
        let rows = history::rows(connection).await?;
        let unmanaged = rows.is_empty() && history::has_other_tables(connection).await?;
        Ok((states(self, &rows), unmanaged))
    }

    /// Those that `keep` says yes to.
    #[must_use]
    pub fn only(&self, keep: impl Fn(&Migration) -> bool) -> Self {
        let mut some = self.clone();
        some.all.retain(keep);
        some
    }
}

/// Compares the migrations with the rows of a database.
fn states(ours: &Migrations, rows: &[Row]) -> Vec<Entry> {
    let moved = renumbered(ours, rows);
    let mut rows = rows.to_vec();
    for row in &mut rows {
        if let Some(other) = moved.iter().find(|other| other.from == row.version) {
            row.version = other.to;
        }
    }
    let baseline = ours.all().first().and_then(|first| first.baseline.as_ref());
    let replaced = baseline.map_or(&[][..], |baseline| &baseline.replaced);
    let is_replaced = |row: &Row| {
        let same = |one: &super::ReplacedMigration| {
            one.version == row.version && one.checksum == row.checksum
        };
        replaced.iter().any(same)
    };
    let carried = !replaced.is_empty()
        && replaced.iter().all(|one| {
            let same = |row: &Row| row.version == one.version && row.checksum == one.checksum;
            rows.iter().any(same)
        });
    // The baseline of a newer release stands for all before it.
    let newer = |row: &&Row| {
        row.description == BASELINE
            && ours
                .get(row.version)
                .is_none_or(|one| one.checksum != row.checksum)
    };
    let squashed = rows
        .iter()
        .filter(newer)
        .map(|row| row.version)
        .max()
        .unwrap_or(0);

    let mut found: Vec<Entry> = Vec::new();
    for row in rows.iter().filter(|row| !(carried && is_replaced(row))) {
        let known = ours.get(row.version);
        let state = match known {
            _ if !row.success => State::Begun,
            Some(known) if known.checksum == row.checksum => State::Applied,
            Some(_) if row.version != squashed => State::Edited,
            _ => State::Unknown,
        };
        let name = match known.filter(|_| state != State::Unknown) {
            Some(known) => known.name.clone(),
            None => format!("{:04} {}", row.version, row.description),
        };
        found.push(Entry {
            version: row.version,
            name,
            state,
        });
    }
    for (at, migration) in ours.all().iter().enumerate() {
        if found.iter().any(|entry| entry.version == migration.version) {
            continue;
        }
        let done = migration.version <= squashed || carried && at == 0;
        let state = if done { State::Applied } else { State::Pending };
        let (version, name) = (migration.version, migration.name.clone());
        found.push(Entry {
            version,
            name,
            state,
        });
    }
    found.sort_by_key(|entry| entry.version);
    found
}
