//! An index that is built or dropped `CONCURRENTLY`: the one thing outside of a transaction whose end can be read from the
//! catalog, so that it is not for a person to find out what a killed process has done.

use std::time::Duration;

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

use super::Migration;
use crate::statements::{self, Words};

/// How long to wait before somebody looks again whether an index is still being built.
const PAUSE: Duration = Duration::from_millis(500);

/// The single statement of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Concurrent {
    /// `create index concurrently`, names as they are written; the index has none if the server shall choose it.
    Create {
        index: Option<String>,
        table: String,
    },
    /// `drop index concurrently`.
    Drop { index: String },
}

impl Concurrent {
    /// What a migration does, if that is all it does.
    pub(super) fn of(migration: &Migration) -> Option<Self> {
        let statements = statements::split(migration.sql.as_str());
        let [statement] = statements.as_slice() else {
            return None;
        };
        let mut words = Words(&statement.tokens);
        if words.take(&["drop", "index", "concurrently"]) {
            words.take(&["if", "exists"]);
            let index = words.name()?;
            let more = words.0.first().is_some_and(|token| token.is(","));
            return (!more).then_some(Self::Drop { index });
        }
        if !words.take(&["create", "unique", "index", "concurrently"])
            && !words.take(&["create", "index", "concurrently"])
        {
            return None;
        }
        words.take(&["if", "not", "exists"]);
        let index = match words.take(&["on"]) {
            true => None,
            false => {
                let index = words.name()?;
                if !words.take(&["on"]) {
                    return None;
                }
                Some(index)
            }
        };
        words.take(&["only"]);
        let table = words.name()?;
        Some(Self::Create { index, table })
    }

    /// Whether it was done, as far as the catalog tells. What is left of a half-built index is dropped.
    ///
    /// If the process of before is gone, but its statement still runs, waits for the end of that.
    pub(super) async fn is_done(
        &self,
        connection: &mut PgConnection,
    ) -> Result<Option<bool>, sqlx::Error> {
        let (index, table) = match self {
            Self::Drop { index } => return is_gone(connection, index).await.map(Some),
            Self::Create { index: None, .. } => return Ok(None),
            Self::Create {
                index: Some(index),
                table,
            } => (index, table),
        };
        while is_being_built(connection, table).await? {
            tokio::time::sleep(PAUSE).await;
        }
        let found: Option<(String, bool)> = sqlx::query_as(
            "select i.indexrelid::regclass::text, i.indisvalid
             from pg_class t join pg_namespace n on n.oid = t.relnamespace join pg_index i on i.indrelid = t.oid
             where t.oid = to_regclass($1) and i.indexrelid = to_regclass(quote_ident(n.nspname) || '.' || $2)",
        )
        .bind(table)
        .bind(index)
        .fetch_optional(&mut *connection)
        .await?;
        let Some((index, false)) = found else {
            return Ok(Some(found.is_some()));
        };
        tracing::info!("dropping the index `{index}`, which was not built to its end");
        let drop_it = format!("drop index concurrently {index}");
        sqlx::raw_sql(AssertSqlSafe(drop_it))
            .execute(connection)
            .await?;
        Ok(Some(false))
    }
}

async fn is_gone(connection: &mut PgConnection, index: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select to_regclass($1) is null")
        .bind(index)
        .fetch_one(connection)
        .await
}

async fn is_being_built(connection: &mut PgConnection, table: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from pg_stat_progress_create_index
             where datname = current_database() and relid = to_regclass($1))",
    )
    .bind(table)
    .fetch_one(connection)
    .await
}
