//! Between processes by a table that each of them looks into, for servers without LISTEN.
//!
//! A row may become visible later than one with a later time, so each look begins a little before the end of the last
//! one, and what was seen already is left out. The table is made by the first process that needs it; it belongs to
//! nobody's schema, as that of the migrations.

use std::{collections::HashMap, sync::atomic::Ordering, time::Duration};

use sqlx::{PgPool, types::time::OffsetDateTime};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::{Backoff, Envelope, Hub, outgoing::Outgoing};
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}

/// How often the table is looked into.
const EVERY: Duration = Duration::from_millis(500);
/// How much later than its time a row may become visible.
const OVERLAP: Duration = Duration::from_secs(5);
/// How long a row may take to be written. One that took longer may have become visible too late for the others, whose
/// clocks also differ from ours.
const IN_TIME: Duration = Duration::from_secs(3);
/// Rows are deleted after a minute. Who has not looked for half of it may have missed some.
const TOO_LATE: Duration = Duration::from_secs(30);
/// Looks between two deletions.
const LOOKS: u32 = 20;
/// Rows that are read or deleted by one statement.
const AT_ONCE: i64 = 1_000;

const TABLE: &str = "create table if not exists _live_messages (
    at timestamptz not null default clock_timestamp(),
    sender text not null,
    number bigint not null,
    envelope text not null,
    primary key (at, sender, number)
)";

/// Whether the server has no LISTEN. Asks until it answers.
pub(super) async fn is_needed(pool: &PgPool) -> bool {
    let mut backoff = Backoff::default();
    loop {
        match stack_db::is_cockroach(pool).await {
            Ok(cockroach) => return cockroach,
            Err(error) => backoff.wait(&error).await,
        }
    }
}

pub(super) async fn run(hub: Hub, pool: PgPool, outgoing: Outgoing) {
    let mut backoff = Backoff::default();
    // Several processes that make it at the same time can get in each other's way.
    while let Err(error) = sqlx::query(TABLE).execute(&pool).await {
        backoff.wait(&error).await;
    }
    let sender = hub.0.id.clone();
    let send = |envelopes| {
        let insert = insert(pool.clone(), sender.clone(), envelopes);
        in_time(hub.clone(), IN_TIME, insert)
    };
    tokio::join!(look_for_ever(&hub, &pool), outgoing.run(send));
}

/// Has the others told that they may have missed something if `insert` takes longer than `limit`.
pub(super) async fn in_time<E>(
    hub: Hub,
    limit: Duration,
    insert: impl Future<Output = Result<(), E>>,
) -> Result<(), E> {
    let begun = Instant::now();
    let inserted = insert.await;
    if begun.elapsed() > limit {
        hub.0.missed.store(true, Ordering::Release);
    }
    inserted
}

async fn insert(pool: PgPool, sender: String, envelopes: Vec<String>) -> Result<(), sqlx::Error> {
    let number = |text: &String| Envelope::parse(text).map_or(0, |envelope| envelope.number);
    let number = |text| i64::try_from(number(text)).unwrap_or(i64::MAX);
    let numbers: Vec<i64> = envelopes.iter().map(number).collect();
    sqlx::query(
        "insert into _live_messages (sender, number, envelope)
         select $1, number, envelope from unnest($2::bigint[], $3::text[]) as new (number, envelope)",
    )
    .bind(sender)
    .bind(numbers)
    .bind(envelopes)
    .execute(&pool)
    .await
    .map(drop)
}

async fn look_for_ever(hub: &Hub, pool: &PgPool) {
    let mut backoff = Backoff::default();
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut reader: Option<Reader> = None;
    loop {
        ticks.tick().await;
        match look(hub, pool, reader.take()).await {
            Ok(read) => {
                backoff = Backoff::default();
                reader = Some(read);
            }
            Err((error, last)) => {
                reader = last;
                backoff.wait(&error).await;
            }
        }
    }
}

/// Where one process is in the table.
struct Reader {
    /// The latest time that was seen.
    at: OffsetDateTime,
    /// What was seen of the time before it that is looked at again.
    seen: HashMap<(String, i64), OffsetDateTime>,
    looked: Instant,
    looks: u32,
}

#[derive(sqlx::FromRow)]
struct Row {
    at: OffsetDateTime,
    sender: String,
    number: i64,
    envelope: String,
}

type Failure = (sqlx::Error, Option<Reader>);

/// Reads what is new, and now and then deletes what is old.
async fn look(hub: &Hub, pool: &PgPool, reader: Option<Reader>) -> Result<Reader, Failure> {
    let in_time = |reader: &Reader| reader.looked.elapsed() < TOO_LATE;
    let mut reader = match reader.filter(in_time) {
        Some(reader) => reader,
        None => {
            let reader = Reader::begin(pool, &hub.0.id)
                .await
                .map_err(|error| (error, None))?;
            hub.mark_all_lagged();
            reader
        }
    };
    let looked = Instant::now();
    let read = match reader
        .read(pool, &hub.0.id, |envelope| hub.receive(envelope))
        .await
    {
        Ok(()) if reader.looks.is_multiple_of(LOOKS) => delete_old(pool).await,
        read => read,
    };
    match read {
        Ok(()) => {
            reader.looked = looked;
            reader.looks = reader.looks.wrapping_add(1);
            Ok(reader)
        }
        Err(error) => Err((error, Some(reader))),
    }
}

impl Reader {
    /// Begins now: what is there already was published before.
    async fn begin(pool: &PgPool, own: &str) -> Result<Self, sqlx::Error> {
        let looked = Instant::now();
        let at = sqlx::query_scalar("select clock_timestamp()")
            .fetch_one(pool)
            .await?;
        let mut reader = Self {
            at,
            seen: HashMap::new(),
            looked,
            looks: 0,
        };
        reader.read(pool, own, |_| {}).await?;
        Ok(reader)
    }

    /// Calls `take` with every envelope of others that was not seen before.
    async fn read(
        &mut self,
        pool: &PgPool,
        own: &str,
        mut take: impl FnMut(&str),
    ) -> Result<(), sqlx::Error> {
        let from = self.at - OVERLAP;
        let mut last = (from, String::new(), 0);
        loop {
            let rows: Vec<Row> = sqlx::query_as(
                "select at, sender, number, envelope from _live_messages
                 where (at, sender, number) > ($1, $2, $3)
                 order by at, sender, number limit $4",
            )
            .bind(last.0)
            .bind(&last.1)
            .bind(last.2)
            .bind(AT_ONCE)
            .fetch_all(pool)
            .await?;
            let more = i64::try_from(rows.len()) == Ok(AT_ONCE);
            for Row {
                at,
                sender,
                number,
                envelope,
            } in rows
            {
                self.at = self.at.max(at);
                last = (at, sender.clone(), number);
                if sender != own && self.seen.insert((sender, number), at).is_none() {
                    take(&envelope);
                }
            }
            if !more {
                break;
            }
        }
        self.seen.retain(|_, at| *at >= from);
        Ok(())
    }
}

pub(super) async fn delete_old(pool: &PgPool) -> Result<(), sqlx::Error> {
    loop {
        let deleted = sqlx::query(
            "delete from _live_messages where (at, sender, number) in (
                select at, sender, number from _live_messages
                where at < clock_timestamp() - interval '60 seconds' order by at, sender, number limit $1
            )",
        )
        .bind(AT_ONCE)
        .execute(pool)
        .await?;
        if deleted.rows_affected() < AT_ONCE.unsigned_abs() {
            return Ok(());
        }
    }
}
