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
//!
//! `by ctid` goes by the place of a row, page by page, and needs no key. Rows move when they are changed, so that is for a
//! statement whose condition leaves out what is done.

use std::fmt;
use std::time::{Duration, Instant};

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use super::apply::Session;
use super::batches::{Batches, Pages, total};
use super::lock_wait::{needs_locks, pauses};
use super::{Error, Event, Migration, history, pace};
use crate::sql_file::Failure;
use crate::statements::{self, Words};

/// How the first line of such a file begins.
pub const BACKFILL: &str = "-- backfill: ";
/// The table that says how far a backfill is; it goes with its end.
pub const PROGRESS: &str = "_backfill_progress";
/// How long the statement of a batch should take: so long are its rows locked.
const TARGET: Duration = Duration::from_millis(20);
/// The rows of the first batch, and of the largest.
const SIZES: [i64; 2] = [500, 100_000];
/// The place of a row, which every table has.
const PLACE: &str = "ctid";

/// What the first line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backfill {
    /// The table, as SQL names it.
    pub(super) table: String,
    /// The columns of its key.
    pub(super) key: Vec<String>,
    /// The comment that gives way to the condition of a batch.
    pub(super) mark: String,
    /// What the statement calls the table.
    pub(super) alias: String,
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
        let first = sql.lines().next();
        let Some(first) = first.and_then(|line| line.strip_prefix(BACKFILL)) else {
            return Ok(None);
        };
        let Some((table, key)) = table_and_key(first) else {
            return Err(format!(
                "line 1 names no table and key: `{BACKFILL}notes by id`"
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
        let alias = match named {
            "" => table.clone(),
            alias => alias.to_owned(),
        };
        Ok(Some(Self {
            table,
            key,
            mark: mark.to_owned(),
            alias,
        }))
    }

    fn goes_by_place(&self) -> bool {
        self.key == [PLACE]
    }

    /// The columns as SQL names them, each behind `prefix`.
    pub(super) fn columns(&self, prefix: &str) -> String {
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
        let types: Option<Vec<String>> = match self.goes_by_place() {
            true => Some(vec!["tid".to_owned()]),
            false => types.into_iter().collect(),
        };
        let (name, key) = (&self.table, self.key.join(", "));
        Ok(match types {
            _ if table.is_none() => Err(format!("there is no table `{name}`")),
            Some(types) if unique || self.goes_by_place() => Ok(types),
            _ => Err(format!(
                "`{key}` is no key of `{name}`: it has to be unique and not null"
            )),
        })
    }
}

/// `notes by id, "Kind"`: the table as it is written, and the names of the columns.
fn table_and_key(text: &str) -> Option<(String, Vec<String>)> {
    let statements = statements::split(text);
    let mut words = Words(&statements.first()?.tokens);
    let table = words.name()?;
    if !words.take(&["by"]) {
        return None;
    }
    let mut key = Vec::new();
    loop {
        let name = words.name()?;
        let quoted = name.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        key.push(quoted.map_or_else(|| name.to_lowercase(), |it| it.replace("\"\"", "\"")));
        if !words.take(&[","]) {
            return words.0.is_empty().then_some((table, key));
        }
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
        let pages = match backfill.goes_by_place() {
            true => Some(Pages::of(&mut self.connection, &backfill.table, total).await?),
            false => None,
        };
        let batches = Batches::new(migration, backfill, &types, pages);
        let [mut size, largest] = SIZES;
        let mut waits = pauses();
        let mut moved = Instant::now();
        loop {
            let started = Instant::now();
            let locked = match batches.next(&mut self.connection, size).await {
                Ok(None) => break,
                Ok(Some((rows, locked))) => {
                    report(Event::Filled(migration, Filled { rows, total }));
                    locked
                }
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
            };
            size = match locked {
                _ if locked < TARGET / 2 => (size * 2).min(largest),
                _ if locked > TARGET * 2 => (size / 2).max(1),
                _ => size,
            };
            self.rest(started.elapsed(), &migration.name).await?;
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
