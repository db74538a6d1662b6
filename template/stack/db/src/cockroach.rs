//! What CockroachDB does otherwise than PostgreSQL, and this crate with it.
//!
//! It has no advisory locks: the migrator writes to a row instead (`migrations::cockroach`), and of
//! several processes that fill a database the one that comes second looks again. It has no template
//! databases: a test database is made by running the schema (`testing::cockroach`). And it changes a
//! schema in the background, after the commit.

use sqlx::postgres::{PgConnection, PgPool};
use sqlx::{AssertSqlSafe, Postgres};

use crate::schema::{self, Schema};
use crate::{retry, sql_file};

/// Asks the server whether it is CockroachDB.
///
/// # Errors
/// The server's error, if it does not answer.
pub async fn is_cockroach(pool: &PgPool) -> Result<bool, sqlx::Error> {
    answers(pool).await
}

/// [`is_cockroach`] of whatever runs a query.
pub(crate) async fn answers<'e>(
    executor: impl sqlx::Executor<'e, Database = Postgres>,
) -> Result<bool, sqlx::Error> {
    let version: String = sqlx::query_scalar("select version()")
        .fetch_one(executor)
        .await?;
    Ok(version.starts_with("CockroachDB"))
}

/// Sets what would end the transaction at the first `create table`, and lock the table against the
/// `create index` that follows. Versions that do not know one of the settings need no such thing.
pub(crate) async fn set_schema_changes(connection: &mut PgConnection, value: &str) {
    for name in ["autocommit_before_ddl", "create_table_with_schema_locked"] {
        let statement = AssertSqlSafe(format!("set {name} = {value}"));
        let _ = sqlx::raw_sql(statement).execute(&mut *connection).await;
    }
}

/// Whether another process did the same at the same time: a serialization failure, or a table,
/// type or index that exists already.
pub(crate) fn came_second(error: &sqlx::Error) -> bool {
    let code = sql_file::code(error);
    crate::is_retryable(error) || matches!(code.as_deref(), Some("42P07" | "42710" | "23505"))
}

impl Schema {
    /// [`Schema::fill_if_empty`] without a lock: whoever comes second looks again.
    pub(crate) async fn fill_without_lock(&self, pool: &PgPool) -> Result<bool, schema::Error> {
        let mut connection = pool.acquire().await?;
        set_schema_changes(&mut connection, "off").await;
        let mut outcome = self.fill(&mut connection, None).await;
        for pause in retry::pauses() {
            if !outcome.as_ref().is_err_and(filled_by_another) {
                break;
            }
            tokio::time::sleep(pause).await;
            outcome = self.fill(&mut connection, None).await;
        }
        set_schema_changes(&mut connection, "default").await;
        outcome
    }
}

/// Whether another process was filling the same database.
fn filled_by_another(error: &schema::Error) -> bool {
    match error {
        schema::Error::Refused(refused) => came_second(&refused.source),
        schema::Error::Database(source) => came_second(source),
        schema::Error::Read { .. } => false,
    }
}
