//! One migrates at a time.
//!
//! On PostgreSQL by an advisory lock of the session, tried again and again rather than waited for:
//! a statement that waits has a snapshot, and `CREATE INDEX CONCURRENTLY` of the one that has the
//! lock would wait for that.
//!
//! CockroachDB has no advisory locks. There a second connection keeps a transaction open that has
//! written to a row of a table of its own; another one that writes to it waits. The server ends
//! the transaction when the connection is gone, so a lock never outlives its process. Should the
//! server give it up early, `apply` still notices that it came second.

use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use crate::sql_file::came_second;
use crate::{is_retryable, retry};

/// The table with the row.
pub(super) const TABLE: &str = "_sqlx_migrations_lock";

/// The advisory lock. Any number will do, if all use the same.
const ADVISORY: i64 = 0x006d_6967_7261_7465;

/// How long to wait before the lock is tried again.
const PAUSE: Duration = Duration::from_millis(50);

/// How often the table is made, and the row written, where others do so at the same time.
const ATTEMPTS: u32 = 12;

/// The lock, as long as its connection is open.
#[derive(Debug)]
pub(super) struct Lock(PgConnection);

impl Lock {
    /// Waits until nobody else has it.
    pub(super) async fn take(
        options: &PgConnectOptions,
        by_row: bool,
    ) -> Result<Self, sqlx::Error> {
        let mut connection = PgConnection::connect_with(options).await?;
        if by_row {
            write_row(&mut connection).await?;
        } else {
            advisory(&mut connection).await?;
        }
        Ok(Self(connection))
    }

    /// Gives it back. Dropping does so too, as soon as the server notices.
    pub(super) async fn release(self) -> Result<(), sqlx::Error> {
        self.0.close().await
    }
}

async fn advisory(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let mut said = false;
    loop {
        let taken: bool = sqlx::query_scalar("select pg_try_advisory_lock($1)")
            .bind(ADVISORY)
            .fetch_one(&mut *connection)
            .await?;
        if taken {
            return Ok(());
        }
        if !std::mem::replace(&mut said, true) {
            tracing::info!("waiting for another process that migrates the database");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn write_row(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let mut attempt = 1;
    loop {
        let outcome = try_to_write_row(connection).await;
        match outcome {
            Err(error) if attempt < ATTEMPTS && (is_retryable(&error) || came_second(&error)) => {
                sqlx::raw_sql("rollback")
                    .execute(&mut *connection)
                    .await
                    .ok();
                tokio::time::sleep(retry::pause(attempt)).await;
                attempt += 1;
            }
            outcome => return outcome,
        }
    }
}

async fn try_to_write_row(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
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
