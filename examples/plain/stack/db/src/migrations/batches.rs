//! The batches of a backfill: where each ends, and its statement.

use std::time::{Duration, Instant};

use sqlx::postgres::{PgArguments, PgConnection};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Connection as _, Postgres};

use super::{Backfill, Migration};
use crate::sql_file::{self, Failure};

/// How many rows a page is taken to hold.
const ROWS_OF_A_PAGE: i64 = 64;
/// A table and its partitions or heirs, as `all_of`.
const TREE: &str = "with recursive all_of (oid) as (
    select to_regclass($1)::oid
    union select i.inhrelid from pg_inherits i join all_of on i.inhparent = all_of.oid
)";

/// About how many rows a table has, with its partitions; `None` if nobody has counted.
pub(super) async fn total(
    connection: &mut PgConnection,
    table: &str,
) -> Result<Option<i64>, sqlx::Error> {
    let sql = format!(
        "{TREE} select sum(reltuples)::bigint from pg_class
         where oid in (select oid from all_of) and relkind = 'r' and reltuples >= 0"
    );
    let total = sqlx::query_scalar(AssertSqlSafe(sql)).bind(table);
    let total: Option<i64> = total.fetch_one(connection).await?;
    Ok(total.filter(|total| *total > 0))
}

/// What a backfill by place goes through: the pages that there were when it began, of all partitions at once. What comes behind
/// them later had its value from the beginning, or is a row that has moved.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pages {
    /// Of the longest partition.
    all: i64,
    /// About how many rows have their turn with one.
    rows: i64,
}

impl Pages {
    pub(super) async fn of(
        connection: &mut PgConnection,
        table: &str,
        total: Option<i64>,
    ) -> Result<Self, sqlx::Error> {
        let sql = format!(
            "{TREE} select coalesce(max(pg_relation_size(oid) / current_setting('block_size')::bigint), 0) from all_of"
        );
        let all = sqlx::query_scalar(AssertSqlSafe(sql)).bind(table);
        let all: i64 = all.fetch_one(connection).await?;
        let rows = total.map_or(ROWS_OF_A_PAGE, |total| (total / all.max(1)).max(1));
        Ok(Self { all, rows })
    }

    /// The end of the next batch, and about how many rows are in it.
    fn next(self, from: Option<&Vec<String>>, size: i64) -> Option<(Vec<String>, i64)> {
        // `(17,0)`: the rows of page 17 have numbers above 0.
        let page = |key: &String| key.get(1..)?.split(',').next()?.parse::<i64>().ok();
        let begin = from.and_then(|key| page(key.first()?)).unwrap_or(0);
        let end = (begin + (size / ROWS_OF_A_PAGE).max(1)).min(self.all);
        (end > begin).then(|| (vec![format!("({end},0)")], (end - begin) * self.rows))
    }
}

/// The statements of each batch.
pub(super) struct Batches<'m> {
    migration: &'m Migration,
    name: String,
    /// From the end of the last batch on; as the first.
    next: [String; 2],
    /// The same for the statement itself.
    work: [String; 2],
    /// What it goes through if it goes by place.
    pages: Option<Pages>,
}

impl<'m> Batches<'m> {
    pub(super) fn new(
        migration: &'m Migration,
        backfill: &Backfill,
        types: &[String],
        pages: Option<Pages>,
    ) -> Self {
        let Backfill {
            table, mark, alias, ..
        } = backfill;
        let of = |element: usize| {
            let value =
                |(at, ty): (usize, &String)| format!("(${element}::text[])[{}]::{ty}", at + 1);
            types
                .iter()
                .enumerate()
                .map(value)
                .collect::<Vec<_>>()
                .join(", ")
        };
        let keys = backfill.columns("");
        let texts = backfill
            .key
            .iter()
            .map(|column| format!("\"{}\"::text", column.replace('"', "\"\"")));
        let texts = texts.collect::<Vec<_>>().join(", ");
        let next = |from: &str| {
            format!(
                "select array[{texts}], number from (
                     select *, row_number() over (order by {keys}) as number
                     from (select {keys} from {table} {from} order by {keys} limit $1) part
                 ) numbered order by number desc limit 1"
            )
        };
        let own = backfill.columns(&format!("{alias}."));
        let sql = migration.sql.as_str();
        let work = |condition: &str| sql.replacen(mark.as_str(), &format!("AND ({condition})"), 1);
        let through = format!("({own}) <= ({})", of(1));
        Self {
            migration,
            name: migration.description(),
            next: [next(&format!("where ({keys}) > ({})", of(2))), next("")],
            work: [
                work(&format!("{through} AND ({own}) > ({})", of(2))),
                work(&through),
            ],
            pages,
        }
    }

    /// One batch of at most `size` rows; how many had their turn in all, and how long the statement took, or `None` at the end.
    pub(super) async fn next(
        &self,
        connection: &mut PgConnection,
        size: i64,
    ) -> Result<Option<(i64, Duration)>, Failure> {
        let database = Failure::Database;
        let mut tx = connection.begin().await.map_err(database)?;
        // Under a lock: whoever was killed may be about to commit still.
        let from: Option<Vec<String>> =
            sqlx::query_scalar("select key from _backfill_progress where name = $1 for update")
                .bind(&self.name)
                .fetch_one(&mut *tx)
                .await
                .map_err(|error| self.refused(error, ""))?;
        let first = usize::from(from.is_none());
        let next = sqlx::query_as(AssertSqlSafe(self.next[first].as_str())).bind(size);
        let next = match &from {
            Some(from) => next.bind(from),
            None => next,
        };
        let found: Option<(Vec<String>, i64)> = match self.pages {
            Some(pages) => pages.next(from.as_ref(), size),
            None => {
                let found = next.fetch_optional(&mut *tx).await;
                found.map_err(|error| self.refused(error, ""))?
            }
        };
        let Some((through, number)) = found else {
            tx.rollback().await.map_err(database)?;
            return Ok(None);
        };
        let sql = self.work[first].as_str();
        let work: Query<'_, Postgres, PgArguments> = sqlx::query(AssertSqlSafe(sql)).bind(&through);
        let work = match &from {
            Some(from) => work.bind(from),
            None => work,
        };
        let started = Instant::now();
        work.execute(&mut *tx)
            .await
            .map_err(|error| self.refused(error, sql))?;
        let locked = started.elapsed();
        let rows: i64 = sqlx::query_scalar(
            "update _backfill_progress set key = $2, rows = rows + $3 where name = $1 returning rows",
        )
        .bind(&self.name)
        .bind(&through)
        .bind(number)
        .fetch_one(&mut *tx)
        .await
        .map_err(database)?;
        tx.commit()
            .await
            .map_err(|error| self.refused(error, sql))?;
        Ok(Some((rows, locked)))
    }

    fn refused(&self, error: sqlx::Error, sql: &str) -> Failure {
        sql_file::refused(error, &self.migration.path, sql, 0)
    }
}
