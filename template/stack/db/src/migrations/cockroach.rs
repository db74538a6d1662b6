//! How CockroachDB is migrated.
//!
//! A second connection keeps a transaction open that has written to a row of a table of its own;
//! another one that writes to it waits. The server ends the transaction when the connection is gone,
//! so this lock never outlives its process. Should the server give it up early, [`Session`] still
//! notices that it came second.
//!
//! A schema is changed in the background after the commit, so a statement that does so runs alone.

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use super::apply::{Session, apply_in_transaction};
use super::lock::Lock;
use super::unfinished::apply_alone;
use super::{Error, Migration, Migrations, history};
use crate::cockroach::{came_second, set_schema_changes};
use crate::{retry, sql_file, statements};

/// The table with the row.
pub(crate) const LOCK_TABLE: &str = "_sqlx_migrations_lock";

impl Session {
    /// [`Session::begin`] with the row as the lock.
    pub(super) async fn begin_on_cockroach(
        options: &PgConnectOptions,
        migrations: &Migrations,
    ) -> Result<Self, Error> {
        let lock = Lock::take_row(options).await?;
        let mut connection = PgConnection::connect_with(options).await?;
        set_schema_changes(&mut connection, "off").await;
        Ok(Self {
            connection,
            lock,
            timeouts: migrations.timeouts,
            command: migrations.command.clone(),
            cockroach: true,
        })
    }

    /// Applies one, again where another process got in the way; returns whether it was us who did.
    pub(super) async fn apply_unless_another_did(
        &mut self,
        migration: &Migration,
    ) -> Result<bool, Error> {
        let mut pauses = retry::pauses();
        loop {
            let error = match self.apply(migration).await {
                Ok(()) => return Ok(true),
                Err(error) => error,
            };
            let second = self.cockroach && error.server().is_some_and(came_second);
            let Some(pause) = pauses.next().filter(|_| second) else {
                return Err(error);
            };
            tokio::time::sleep(pause).await;
            let rows = history::rows(&mut self.connection).await?;
            if rows
                .iter()
                .any(|row| row.version == migration.version && row.success)
            {
                return Ok(false);
            }
        }
    }

    /// Applies one, once. A single statement runs without a transaction.
    pub(super) async fn apply_on_cockroach(&mut self, migration: &Migration) -> Result<(), Error> {
        let single = statements::split(migration.sql.as_str()).len() == 1;
        match migration.no_tx || single {
            true => apply_alone(&mut self.connection, migration, &self.command).await,
            false => apply_in_transaction(&mut self.connection, migration).await,
        }
    }
}

/// Whether a commit has kept the rows that the transaction wrote, and not its changes of the schema.
pub(super) fn kept_rows_only(error: &sqlx::Error) -> bool {
    sql_file::code(error).is_some_and(|code| code == "XXA00")
}

impl Error {
    /// The server's error behind this one.
    fn server(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Refused(refused) | Self::RefusedHalfway { refused, .. } => Some(&refused.source),
            Self::Database(source) => Some(source),
            _ => None,
        }
    }
}

impl Lock {
    /// [`Lock::take`] by the row.
    pub(super) async fn take_row(options: &PgConnectOptions) -> Result<Self, sqlx::Error> {
        let mut connection = PgConnection::connect_with(options).await?;
        let mut pauses = retry::pauses();
        loop {
            let error = match write_row(&mut connection).await {
                Ok(()) => return Ok(Self(connection)),
                Err(error) => error,
            };
            let Some(pause) = pauses.next().filter(|_| came_second(&error)) else {
                return Err(error);
            };
            let rollback = sqlx::raw_sql("rollback").execute(&mut connection);
            rollback.await.ok();
            tokio::time::sleep(pause).await;
        }
    }
}

async fn write_row(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    for statement in [
        "create table if not exists _sqlx_migrations_lock (id bigint primary key, taken_at timestamptz not null)",
        "insert into _sqlx_migrations_lock (id, taken_at) values (1, now()) on conflict (id) do nothing",
        "begin",
        "update _sqlx_migrations_lock set taken_at = now() where id = 1",
    ] {
        sqlx::raw_sql(statement).execute(&mut *connection).await?;
    }
    Ok(())
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
