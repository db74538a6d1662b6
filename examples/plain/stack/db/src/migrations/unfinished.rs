//! Migrations that run outside of a transaction, and may end in the middle.
//!
//! Each is recorded as begun before and as applied after. One that was begun and has not ended stays so, and nothing is
//! applied until it is known what became of it: from the catalog where that tells ([`Concurrent`]), from the file if it
//! says that it may run again, else from a person ([`Migrations::resolve`]).

use std::time::{Duration, Instant};

use sqlx::Connection as _;
use sqlx::postgres::{PgConnection, PgPool};

use super::apply::Session;
use super::backfill::drop_progress;
use super::concurrently::Concurrent;
use super::{Error, Migration, Migrations, history};
use crate::sql_file::{self, Failure, Refused};
use crate::statements;

/// The line of a file that may run again from its start, whatever it has done before.
const REPEATABLE: &str = "-- repeatable";

/// What became of a migration that was begun, as somebody found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// It has done all its work.
    Applied,
    /// It shall run again from its start.
    Again,
}

impl Migrations {
    /// Records what became of a migration that was begun and has not ended; runs nothing of it.
    ///
    /// # Errors
    /// [`Error::NotBegun`], [`Error::NoSuch`], [`Error::Contradiction`] if the catalog says otherwise, and as
    /// [`Migrations::apply`].
    pub async fn resolve(
        &self,
        pool: &PgPool,
        version: i64,
        resolution: Resolution,
    ) -> Result<(), Error> {
        let migration = self.get(version).ok_or_else(|| self.no_such(version))?;
        let mut session = Session::begin(pool, self).await?;
        let resolved = session.resolve(migration, resolution).await;
        session.end().await?;
        resolved
    }
}

impl Session {
    async fn resolve(
        &mut self,
        migration: &Migration,
        resolution: Resolution,
    ) -> Result<(), Error> {
        let version = migration.version;
        let rows = history::rows(&mut self.connection).await?;
        let begun = |row: &history::Row| row.version == version && !row.success;
        if !rows.iter().any(begun) {
            let name = migration.name.clone();
            return Err(Error::NotBegun { name });
        }
        let done = self.is_done(migration).await?;
        if done.is_some_and(|done| done != (resolution == Resolution::Applied)) {
            return Err(Error::Contradiction {
                name: migration.name.clone(),
                done: done == Some(true),
                command: self.command.clone(),
            });
        }
        if migration.backfill.is_some() {
            drop_progress(&mut self.connection).await?;
        }
        let mut tx = self.connection.begin().await?;
        history::forget(&mut *tx, version, version).await?;
        if resolution == Resolution::Applied {
            history::insert(&mut *tx, migration, Some(Duration::ZERO)).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Whether one that was begun is done, as far as the catalog tells.
    async fn is_done(&mut self, migration: &Migration) -> Result<Option<bool>, sqlx::Error> {
        match Concurrent::of(migration) {
            Some(concurrent) => concurrent.is_done(&mut self.connection).await,
            None => Ok(None),
        }
    }

    /// Settles what was begun and has not ended, where no person is needed for it.
    pub(super) async fn settle_unfinished(&mut self, ours: &Migrations) -> Result<(), Error> {
        for row in history::rows(&mut self.connection).await? {
            let Some(migration) = ours.get(row.version).filter(|_| !row.success) else {
                continue;
            };
            if migration.backfill.is_some() {
                continue;
            }
            let done = match is_repeatable(migration) {
                true => Some(false),
                false => self.is_done(migration).await?,
            };
            match done {
                Some(true) if row.checksum == migration.checksum => {
                    tracing::info!("`{}` was begun before, and is done", migration.name);
                    history::finish(&mut self.connection, row.version, Duration::ZERO).await?;
                }
                Some(false) => {
                    tracing::info!("`{}` was begun before, and runs again", migration.name);
                    history::forget(&mut self.connection, row.version, row.version).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Runs one without a transaction: recorded as begun before, and as applied after.
pub(super) async fn apply_alone(
    connection: &mut PgConnection,
    migration: &Migration,
    command: &str,
) -> Result<(), Error> {
    let begun = Instant::now();
    let (version, sql) = (migration.version, migration.sql.as_str());
    history::insert(&mut *connection, migration, None).await?;
    let outcome = sql_file::run(connection, &migration.path, sql).await;
    if sql.contains("search_path") {
        sqlx::raw_sql("reset search_path")
            .execute(&mut *connection)
            .await?;
    }
    let refused = match outcome {
        Ok(()) => return Ok(history::finish(connection, version, begun.elapsed()).await?),
        Err(Failure::Refused(refused)) => refused,
        Err(Failure::Database(source)) => return Err(source.into()),
    };
    if may_have_done_a_part(connection, migration, &refused).await? {
        let command = command.to_owned();
        return Err(Error::RefusedHalfway {
            refused,
            version,
            command,
        });
    }
    history::forget(connection, version, version).await?;
    Err(refused.into())
}

/// Whether a file that was refused has perhaps done a part of its work, which nobody takes back.
async fn may_have_done_a_part(
    connection: &mut PgConnection,
    migration: &Migration,
    refused: &Refused,
) -> Result<bool, sqlx::Error> {
    if is_repeatable(migration) || is_one_transaction(migration.sql.as_str()) {
        return Ok(false);
    }
    let Some(concurrent) = Concurrent::of(migration) else {
        return Ok(true);
    };
    // Something of this name was there before.
    if sql_file::code(&refused.source).is_some_and(|code| code == "42P07") {
        return Ok(false);
    }
    Ok(concurrent.is_done(connection).await? != Some(false))
}

/// Whether the server takes all of a text back if it fails: it runs the statements of one message in a transaction,
/// unless they end it themselves.
fn is_one_transaction(sql: &str) -> bool {
    let ends = [
        "abort", "begin", "call", "commit", "do", "end", "prepare", "rollback", "start",
    ];
    statements::split(sql).iter().all(|statement| {
        let tokens = &statement.tokens;
        let first = tokens.first();
        !first.is_some_and(|first| ends.iter().any(|word| first.is(word)))
            && !tokens.iter().any(|token| token.is("concurrently"))
    })
}

fn is_repeatable(migration: &Migration) -> bool {
    let mut lines = migration.sql.as_str().lines();
    migration.no_tx
        && lines
            .nth(1)
            .is_some_and(|line| line.trim_end() == REPEATABLE)
}
