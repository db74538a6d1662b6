//! The table that says what was applied: sqlx's.

use std::time::Duration;

use sqlx::migrate::Migrate as _;
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor, Postgres};

use super::plan::Renumbered;
use super::{Error, Migration};
use crate::schema;

/// The name of the table.
pub(super) const TABLE: &str = "_sqlx_migrations";

/// One row of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Row {
    pub(super) version: i64,
    pub(super) checksum: Vec<u8>,
    pub(super) success: bool,
    pub(super) description: String,
}

/// The rows in the order of their numbers; none if there is no table.
pub(super) async fn rows(connection: &mut PgConnection) -> Result<Vec<Row>, Error> {
    if !exists(connection).await? {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_as(
        "select version, checksum, success, description from _sqlx_migrations order by version",
    )
    .fetch_all(connection)
    .await?)
}

/// Makes the table if there is none.
pub(super) async fn ensure(connection: &mut PgConnection) -> Result<(), Error> {
    if exists(connection).await? {
        return Ok(());
    }
    match connection.ensure_migrations_table(TABLE).await {
        Ok(()) => Ok(()),
        Err(sqlx::migrate::MigrateError::Execute(source)) => Err(source.into()),
        Err(error) => Err(sqlx::Error::from(error).into()),
    }
}

async fn exists(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select to_regclass($1) is not null")
        .bind(TABLE)
        .fetch_one(connection)
        .await
}

/// Whether the database has tables of somebody's, besides ours.
pub(super) async fn has_other_tables(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let ours = [TABLE, super::PROGRESS];
    schema::has_tables(connection, &ours).await
}

/// Records a migration as applied, or, without `took`, as begun.
pub(super) async fn insert<'e>(
    executor: impl Executor<'e, Database = Postgres>,
    migration: &Migration,
    took: Option<Duration>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(migration.version)
    .bind(migration.description())
    .bind(took.is_some())
    .bind(&migration.checksum)
    .bind(took.map_or(-1, nanoseconds))
    .execute(executor)
    .await
    .map(drop)
}

/// Records one that was begun as applied.
pub(super) async fn finish(
    connection: &mut PgConnection,
    version: i64,
    took: Duration,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update _sqlx_migrations set success = true, execution_time = $2 where version = $1",
    )
    .bind(version)
    .bind(nanoseconds(took))
    .execute(connection)
    .await
    .map(drop)
}

/// Forgets the migrations with numbers from one to the other, both included.
pub(super) async fn forget<'e>(
    executor: impl Executor<'e, Database = Postgres>,
    from: i64,
    through: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("delete from _sqlx_migrations where version between $1 and $2")
        .bind(from)
        .bind(through)
        .execute(executor)
        .await
        .map(drop)
}

/// Gives rows other numbers, through negative ones, since a number may be that of another row.
pub(super) async fn renumber(
    connection: &mut PgConnection,
    renumbered: &[Renumbered],
) -> Result<(), sqlx::Error> {
    if renumbered.is_empty() {
        return Ok(());
    }
    let mut tx = connection.begin().await?;
    for Renumbered { from, to } in renumbered {
        tracing::info!("migration {from}, which was applied here, has the number {to} now");
        sqlx::query("update _sqlx_migrations set version = -$2 where version = $1")
            .bind(from)
            .bind(to)
            .execute(&mut *tx)
            .await?;
    }
    sqlx::query("update _sqlx_migrations set version = -version where version < 0")
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

fn nanoseconds(took: Duration) -> i64 {
    i64::try_from(took.as_nanos()).unwrap_or(i64::MAX)
}
