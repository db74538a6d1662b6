//! Backfills: one statement over all rows of a table, some at a time.
//!
//! ```sql
//! -- backfill: notes by id
//! UPDATE notes SET slug = lower(title) WHERE slug IS NULL /* batch */;
//! ```
//!
//! The comment `/* batch */` is where a batch gets its condition, a range of the key; so the file is a statement as it
//! stands, too. Each batch is a transaction, and how far it is, is recorded in the same one: whatever is killed when,
//! every row has its turn once. Batches are as long as [`TARGET`], and the busier the server, the longer the rests
//! between them ([`super::pace`]).

use std::fmt;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgArguments, PgConnection};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Connection as _, Postgres};

use super::apply::Session;
use super::lock_wait::{needs_locks, pauses};
use super::{Error, Event, Migration, history, pace};
use crate::sql_file::{self, Failure};
use crate::statements;

/// How the first line of such a file begins.
const FIRST: &str = "-- backfill: ";
/// The table that says how far a backfill is; it goes with its end.
pub const PROGRESS: &str = "_backfill_progress";
/// How long a batch should take: so long are its rows locked.
const TARGET: Duration = Duration::from_millis(100);
/// The rows of the first batch, and of the largest.
const SIZES: [i64; 2] = [500, 100_000];

/// What the first line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backfill {
    /// The table, as SQL names it.
    table: String,
    /// The columns of its key.
    key: Vec<String>,
    /// The comment that gives way to the condition of a batch.
    mark: String,
    /// What the statement calls the table.
    alias: String,
}

/// How far a backfill is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// How many rows had their turn.
    pub rows: i64,
    /// About how many there are; unknown before the server has counted them.
    pub total: Option<i64>,
}

impl fmt::Display for Filled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.percent() {
            Some(percent) => write!(f, "{percent} %, {} rows", self.rows),
            None => write!(f, "{} rows", self.rows),
        }
    }
}

impl Filled {
    /// The share that is done, at most 99 before the end: the whole is an estimate.
    #[must_use]
    pub fn percent(&self) -> Option<i64> {
        let total = self.total.filter(|total| *total > 0)?;
        Some((self.rows.saturating_mul(100) / total).min(99))
    }
}

impl Backfill {
    /// Reads the first line of a migration; `None` if it is no backfill.
    ///
    /// # Errors
    /// What is wrong with one.
    pub(super) fn parse(sql: &str) -> Result<Option<Self>, String> {
        let Some(first) = sql.lines().next().and_then(|line| line.strip_prefix(FIRST)) else {
            return Ok(None);
        };
        let Some((table, key)) = first.split_once(" by ") else {
            return Err(format!(
                "line 1 names no table and key: `{FIRST}notes by id`"
            ));
        };
        let marks: Vec<&str> = sql
            .match_indices("/* batch")
            .filter_map(|(at, _)| sql.get(at..)?.split_inclusive("*/").next())
            .collect();
        let [mark] = marks[..] else {
            return Err("one comment `/* batch */` has to say where the condition of a batch goes: `WHERE true /* batch */`".to_owned());
        };
        if statements::split(sql).len() != 1 {
            return Err(
                "it has to be one statement; what else there is goes into a file of its own"
                    .to_owned(),
            );
        }
        let named = mark
            .trim_start_matches("/* batch")
            .trim_end_matches("*/")
            .trim();
        let table = table.trim().to_owned();
        let alias = match named {
            "" => table.clone(),
            alias => alias.to_owned(),
        };
        let key = key
            .split(',')
            .map(|column| column.trim().trim_matches('"').to_owned())
            .collect();
        Ok(Some(Self {
            table,
            key,
            mark: mark.to_owned(),
            alias,
        }))
    }

    /// The columns as SQL names them, each behind `prefix`.
    fn columns(&self, prefix: &str) -> String {
        let quoted = self
            .key
            .iter()
            .map(|column| format!("{prefix}\"{}\"", column.replace('"', "\"\"")));
        quoted.collect::<Vec<_>>().join(", ")
    }

    /// The types of the key's columns.
    async fn types(
        &self,
        connection: &mut PgConnection,
    ) -> Result<Result<Vec<String>, String>, sqlx::Error> {
        let (table, types, unique): (Option<String>, Vec<Option<String>>, bool) = sqlx::query_as(
            "select to_regclass($1)::text,
                 array(select format_type(a.atttypid, a.atttypmod) from unnest($2::text[]) with ordinality k (name, at)
                       left join pg_attribute a on a.attrelid = to_regclass($1) and a.attname = k.name
                            and a.attnum > 0 and not a.attisdropped and a.attnotnull
                       order by k.at),
                 exists (select from pg_index i where i.indrelid = to_regclass($1) and i.indisunique and i.indisvalid
                         and i.indpred is null and i.indexprs is null
                         and (select array_agg(a.attname::text order by a.attname::text) from pg_attribute a
                              where a.attrelid = i.indrelid
                                and a.attnum = any ((i.indkey::int2[])[0:i.indnkeyatts - 1]))
                             = (select array_agg(name order by name) from unnest($2::text[]) name))",
        )
        .bind(&self.table)
        .bind(&self.key)
        .fetch_one(connection)
        .await?;
        let types: Option<Vec<String>> = types.into_iter().collect();
        let (name, key) = (&self.table, self.key.join(", "));
        Ok(match types {
            _ if table.is_none() => Err(format!("there is no table `{name}`")),
            Some(types) if unique => Ok(types),
            _ => Err(format!(
                "`{key}` is no key of `{name}`: it has to be unique and not null"
            )),
        })
    }
}

impl Session {
    /// Runs one to its end, from where it is.
    pub(super) async fn fill(
        &mut self,
        migration: &Migration,
        backfill: &Backfill,
        report: &mut impl FnMut(Event<'_>),
    ) -> Result<(), Error> {
        self.set_timeouts(migration).await?;
        let begun = Instant::now();
        let types = backfill
            .types(&mut self.connection)
            .await?
            .map_err(|reason| Error::Backfill {
                path: migration.path.clone(),
                reason,
            })?;
        let total = total(&mut self.connection, &backfill.table).await?;
        self.begin_filling(migration).await?;
        let batches = Batches::new(migration, backfill, &types);
        let [mut size, largest] = SIZES;
        let mut waits = pauses();
        let mut moved = Instant::now();
        loop {
            let started = Instant::now();
            match batches.next(&mut self.connection, size).await {
                Ok(None) => break,
                Ok(Some(rows)) => report(Event::Filled(migration, Filled { rows, total })),
                Err(Failure::Refused(refused)) if needs_locks(&refused.source) => {
                    let retry = self.timeouts.retry;
                    if !retry.is_zero() && moved.elapsed() > retry {
                        return Err(refused.into());
                    }
                    tracing::info!("`{}` waits: {}", migration.name, refused.message);
                    size = (size / 2).max(1);
                    tokio::time::sleep(waits.next().unwrap_or_default()).await;
                    continue;
                }
                Err(failure) => return Err(failure.into()),
            }
            let took = started.elapsed();
            size = match took {
                _ if took < TARGET / 2 => (size * 2).min(largest),
                _ if took > TARGET * 2 => (size / 2).max(1),
                _ => size,
            };
            self.rest(took, &migration.name).await?;
            (waits, moved) = (pauses(), Instant::now());
        }
        history::finish(&mut self.connection, migration.version, begun.elapsed()).await?;
        Ok(drop_progress(&mut self.connection).await?)
    }

    /// Rests after a batch, as long as others have need of it.
    async fn rest(&mut self, took: Duration, name: &str) -> Result<(), Error> {
        Ok(pace::rest(&mut self.connection, took, name).await?)
    }

    /// Records that it has begun, unless it has.
    async fn begin_filling(&mut self, migration: &Migration) -> Result<(), Error> {
        let make = "create table if not exists _backfill_progress (name text primary key, key text[], rows bigint not null default 0)";
        sqlx::raw_sql(make).execute(&mut self.connection).await?;
        let mut tx = self.connection.begin().await?;
        history::forget(&mut *tx, migration.version, migration.version).await?;
        history::insert(&mut *tx, migration, None).await?;
        sqlx::query("insert into _backfill_progress (name) values ($1) on conflict do nothing")
            .bind(migration.description())
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }
}

/// Forgets how far a backfill was.
pub(super) async fn drop_progress(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let sql = "drop table if exists _backfill_progress";
    sqlx::raw_sql(sql).execute(connection).await.map(drop)
}

/// About how many rows a table has, with its partitions; `None` if nobody has counted.
async fn total(connection: &mut PgConnection, table: &str) -> Result<Option<i64>, sqlx::Error> {
    let total: Option<i64> = sqlx::query_scalar(
        "with recursive all_of (oid) as (
             select to_regclass($1)::oid
             union select i.inhrelid from pg_inherits i join all_of on i.inhparent = all_of.oid
         )
         select sum(reltuples)::bigint from pg_class
         where oid in (select oid from all_of) and relkind = 'r' and reltuples >= 0",
    )
    .bind(table)
    .fetch_one(connection)
    .await?;
    Ok(total.filter(|total| *total > 0))
}

/// The statements of each batch.
struct Batches<'m> {
    migration: &'m Migration,
    name: String,
    /// From the end of the last batch on; as the first.
    next: [String; 2],
    /// The same for the statement itself.
    work: [String; 2],
}

impl<'m> Batches<'m> {
    fn new(migration: &'m Migration, backfill: &Backfill, types: &[String]) -> Self {
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
        }
    }

    /// One batch of at most `size` rows; how many had their turn in all, or `None` at the end.
    async fn next(&self, connection: &mut PgConnection, size: i64) -> Result<Option<i64>, Failure> {
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
        let found = next.fetch_optional(&mut *tx).await;
        let found: Option<(Vec<String>, i64)> = found.map_err(|error| self.refused(error, ""))?;
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
        work.execute(&mut *tx)
            .await
            .map_err(|error| self.refused(error, sql))?;
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
        Ok(Some(rows))
    }

    fn refused(&self, error: sqlx::Error, sql: &str) -> Failure {
        sql_file::refused(error, &self.migration.path, sql, 0)
    }
}
