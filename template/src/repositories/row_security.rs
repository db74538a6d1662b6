//! Row-level security: the server keeps a statement to the rows of one team, whatever its `WHERE` says.
//!
//! The policies in `schema/` compare the team of a row with the setting `app.team_id`, which is set for one transaction: that
//! of the statement, or the caller's. Policies do not hold for superusers, nor for the owner of a table. Such a role becomes
//! `pg_database_owner` for the statement: a role that every server has, with no rights but those that `schema/` grants to it.

use futures_util::{
    future::{BoxFuture, TryFutureExt as _},
    stream::{self, BoxStream, StreamExt as _, TryStreamExt as _},
};
use sqlx::{
    AssertSqlSafe, Describe, Either, Execute, Executor, PgConnection, PgPool, Postgres, SqlStr,
    pool::PoolConnection,
    postgres::{PgQueryResult, PgRow, PgStatement, PgTypeInfo},
};

use crate::models::Owner;

/// Puts back what [`RowSecurity::of_team`] has set in the caller's transaction.
const RESET: &str = "RESET ROLE; SET LOCAL app.team_id = ''";

/// Where statements about records of teams run: a pool, or a connection in a transaction. It is no executor itself, so that
/// a statement says first whose rows it is about.
pub trait RowSecurity<'c>: Send + Sized {
    /// For a statement that sees and writes rows of `owner` alone.
    fn of_team(self, owner: Owner) -> Restricted<'c> {
        let sql = format!(
            "SELECT set_config('app.team_id', '{}', true), set_config('role', CASE \
             WHEN pg_has_role('pg_database_owner', 'MEMBER') THEN 'pg_database_owner' \
             ELSE current_setting('role') END, true)",
            owner.id()
        );
        self.with(sql)
    }

    /// For a statement that sees and writes the rows of all teams.
    fn of_all_teams(self) -> Restricted<'c> {
        self.with("SELECT set_config('app.team_id', 'all', true)".to_owned())
    }

    /// For a statement before which `sql` runs.
    #[doc(hidden)]
    fn with(self, sql: String) -> Restricted<'c>;
}

impl<'c> RowSecurity<'c> for &PgPool {
    fn with(self, sql: String) -> Restricted<'c> {
        let place = Place::Pool(self.clone());
        Restricted { place, sql }
    }
}

impl<'c> RowSecurity<'c> for &'c mut PgConnection {
    fn with(self, sql: String) -> Restricted<'c> {
        let place = Place::Transaction(self);
        Restricted { place, sql }
    }
}

/// Runs one statement under row-level security.
#[derive(Debug)]
pub struct Restricted<'c> {
    place: Place<'c>,
    sql: String,
}

#[derive(Debug)]
enum Place<'c> {
    Pool(PgPool),
    Transaction(&'c mut PgConnection),
}

impl<'c> Restricted<'c> {
    async fn open(self) -> sqlx::Result<Open<'c>> {
        let (connection, sql) = match self.place {
            Place::Pool(pool) => {
                let connection = Connection::Own(pool.acquire().await?);
                (connection, format!("BEGIN; {}", self.sql))
            }
            Place::Transaction(connection) => (Connection::Of(connection), self.sql),
        };
        let is_closed = false;
        let mut open = Open {
            connection,
            is_closed,
        };
        open.get().execute(AssertSqlSafe(sql)).await?;
        Ok(open)
    }
}

/// A connection with the settings of a statement.
struct Open<'c> {
    connection: Connection<'c>,
    is_closed: bool,
}

enum Connection<'c> {
    Own(PoolConnection<Postgres>),
    Of(&'c mut PgConnection),
}

impl Open<'_> {
    fn get(&mut self) -> &mut PgConnection {
        match &mut self.connection {
            Connection::Own(connection) => connection,
            Connection::Of(connection) => connection,
        }
    }

    /// Ends what was begun for the statement with this result.
    async fn close<T>(mut self, result: sqlx::Result<T>) -> sqlx::Result<T> {
        let sql = match (&self.connection, &result) {
            (Connection::Own(_), Ok(_)) => "COMMIT",
            (Connection::Own(_), Err(_)) => "ROLLBACK",
            (Connection::Of(_), _) => RESET,
        };
        let ended = self.get().execute(sql).await;
        self.is_closed = ended.is_ok();
        let value = result?;
        ended?;
        Ok(value)
    }
}

impl Drop for Open<'_> {
    /// A statement whose caller has gone away: its connection would take transaction, team and role to the next caller.
    fn drop(&mut self) {
        if let Connection::Own(connection) = &mut self.connection
            && !self.is_closed
        {
            connection.close_on_drop();
        }
    }
}

impl<'c> Executor<'c> for Restricted<'c> {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, sqlx::Result<Either<PgQueryResult, PgRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let found = async move {
            let mut open = self.open().await?;
            let found: sqlx::Result<Vec<_>> = open.get().fetch_many(query).try_collect().await;
            open.close(found).await
        };
        let rows = found.map_ok(|found| stream::iter(found.into_iter().map(Ok)));
        rows.try_flatten_stream().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<PgRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(async move {
            let mut open = self.open().await?;
            let found = open.get().fetch_optional(query).await;
            open.close(found).await
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<PgStatement>>
    where
        'c: 'e,
    {
        Box::pin(async move {
            let mut open = self.open().await?;
            let prepared = open.get().prepare_with(sql, parameters).await;
            open.close(prepared).await
        })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<Describe<Postgres>>>
    where
        'c: 'e,
    {
        Box::pin(async move {
            let mut open = self.open().await?;
            let described = open.get().describe(sql).await;
            open.close(described).await
        })
    }
}
