//! Migrations: how a database that holds data gets from one schema to the next.
//!
//! A folder of files `0001_what_it_does.sql`, each run once, in the order of their numbers. They
//! are sqlx's: the same file names, the same table `_sqlx_migrations`, the same checksums, so that
//! `sqlx migrate info` reads a database that was migrated here. On top of that:
//!
//! - a mistake is named by file and line, and every error says what can be done about it;
//! - several instances may start at once: one migrates, the others wait (see [`lock`]);
//! - a migration that waits for a lock does not make everybody wait (see [`lock_wait`]);
//! - one that runs outside of a transaction and ends in the middle is not run again by itself
//!   (see [`unfinished`]);
//! - a statement over all rows of a large table runs in batches, and goes on where it was (see [`Backfill`]);
//! - old files can be squashed into one *baseline*, and a database that has applied them carries
//!   on (see [`Baseline`]).
//!
//! [`Migrations::read`] takes a folder, [`Migrations::embedded`] what `sqlx::migrate!` has put
//! into a program. What is to be done is decided by [`plan`], which knows no database.

mod apply;
mod backfill;
mod baseline;
mod batches;
mod concurrently;
mod description;
mod error;
mod history;
mod lock;
mod lock_wait;
mod pace;
mod plan;
mod pooler;
mod progress;
mod read;
mod states;
mod unfinished;

use std::path::PathBuf;

use sqlx::SqlStr;

pub use apply::{Event, Outcome};
pub use backfill::{BACKFILL, Backfill, Filled, PROGRESS};
pub use baseline::{Baseline, ReplacedMigration, baseline_header};
pub use error::Error;
pub use lock_wait::Timeouts;
pub use progress::Progress;
pub use states::{Entry, State};
pub use unfinished::Resolution;

/// The migrations of one database, in the order of their numbers.
#[derive(Clone, Debug)]
pub struct Migrations {
    all: Vec<Migration>,
    /// What to type to apply them, for hints.
    command: String,
    timeouts: Timeouts,
}

/// One migration: a file.
#[derive(Clone, Debug)]
pub struct Migration {
    /// The number that its name begins with.
    pub version: i64,
    /// The name of the file.
    pub name: String,
    /// The file, for messages: an embedded migration does not need it any more.
    pub path: PathBuf,
    /// What it runs.
    pub sql: SqlStr,
    /// SHA-384 of the text, as sqlx computes it.
    pub checksum: Vec<u8>,
    /// Whether it runs outside of a transaction: its text begins with `-- no-transaction`. Such a
    /// file should hold one statement, because the server runs several in one message as one
    /// transaction.
    pub no_tx: bool,
    /// What it replaces, if it is a baseline.
    pub baseline: Option<Baseline>,
    /// How it runs in batches, if it is a backfill.
    pub backfill: Option<Backfill>,
}

/// How far a database is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The names of the files that are still to be applied.
    pub pending: Vec<String>,
    /// The highest number that was applied and is not known here: the database belongs to a newer
    /// release.
    pub newer: Option<i64>,
}

impl Migrations {
    /// All of them, in the order of their numbers.
    #[must_use]
    pub fn all(&self) -> &[Migration] {
        &self.all
    }

    /// The one of this number.
    #[must_use]
    pub fn get(&self, version: i64) -> Option<&Migration> {
        self.all
            .iter()
            .find(|migration| migration.version == version)
    }

    /// The number of the last one; 0 if there is none.
    #[must_use]
    pub fn last(&self) -> i64 {
        self.all.last().map_or(0, |migration| migration.version)
    }

    /// Those up to the number `version`, which is included: a state of the past.
    #[must_use]
    pub fn through(&self, version: i64) -> Self {
        self.only(|migration| migration.version <= version)
    }
}
