//! A migration that waits for a lock makes everybody wait who comes after it: so it waits briefly, lets go, and is tried
//! again. The way of GitLab's `with_lock_retries` and of pgroll.

use std::pin::pin;
use std::time::{Duration, Instant};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

use super::apply::Session;
use super::concurrently::Concurrent;
use super::{Error, Migration};
use crate::{retry, sql_file};

/// The pauses between two attempts: the first, to which up to as much again is added, and the longest.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(20)];
/// How often somebody looks what a migration waits for, at most.
const LOOK: Duration = Duration::from_secs(1);

/// How long a migration may wait, and let others wait. Zero is without bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// How long a statement waits for a lock: `lock_timeout`. Building and dropping an index `CONCURRENTLY` waits
    /// without bound, because nobody waits for that.
    pub lock: Duration,
    /// How long one migration is tried again and again if it does not get its locks.
    pub retry: Duration,
    /// How long a statement may take: `statement_timeout`, whatever the database has for others.
    pub statement: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            lock: Duration::from_secs(3),
            retry: Duration::from_secs(600),
            statement: Duration::ZERO,
        }
    }
}

/// Who holds a lock that a migration waits for: the number of the server's process, and words about it.
type Blocker = (i32, String);

impl Session {
    /// Applies one, again while others hold its locks. Of a file that may have done a part of its work there is no
    /// second attempt.
    pub(super) async fn apply_with_retries(&mut self, migration: &Migration) -> Result<(), Error> {
        let pid: i32 = sqlx::query_scalar("select pg_backend_pid()")
            .fetch_one(&mut self.connection)
            .await?;
        let begun = Instant::now();
        let mut pauses = pauses();
        let mut blocker = None;
        loop {
            self.set_timeouts(migration).await?;
            let refused = match self.apply_watched(migration, pid, &mut blocker).await {
                Err(Error::Refused(refused)) if needs_locks(&refused.source) => refused,
                result => return result,
            };
            let pause = pauses.next().unwrap_or_default();
            let retry = self.timeouts.retry;
            if !retry.is_zero() && begun.elapsed() + pause > retry {
                return Err(Error::Locked {
                    refused: Box::new(refused),
                    blocker,
                    seconds: retry.as_secs(),
                    command: self.command.clone(),
                });
            }
            tracing::warn!(
                "`{}` let go of its locks ({}) and is tried again in {:.1} s",
                migration.name,
                refused.message,
                pause.as_secs_f32()
            );
            tokio::time::sleep(pause).await;
        }
    }

    /// Before every file, since those before it may have set something.
    pub(super) async fn set_timeouts(&mut self, migration: &Migration) -> Result<(), sqlx::Error> {
        let Timeouts {
            lock, statement, ..
        } = self.timeouts;
        let lock = match Concurrent::of(migration) {
            Some(_) => Duration::ZERO,
            None => lock,
        };
        // Servers before version 17 do not know `transaction_timeout`.
        let sql = format!(
            "reset all;
             set lock_timeout = {};
             set statement_timeout = {};
             set idle_in_transaction_session_timeout = 0;
             select set_config(name, '0', false) from pg_settings where name = 'transaction_timeout'",
            lock.as_millis(),
            statement.as_millis()
        );
        let set = sqlx::raw_sql(AssertSqlSafe(sql));
        set.execute(&mut self.connection).await.map(drop)
    }

    /// One attempt, and meanwhile looks what it waits for.
    async fn apply_watched(
        &mut self,
        migration: &Migration,
        pid: i32,
        blocker: &mut Option<Blocker>,
    ) -> Result<(), Error> {
        let Self {
            connection,
            lock,
            timeouts,
            command,
            ..
        } = self;
        let look = match timeouts.lock {
            Duration::ZERO => LOOK,
            lock => LOOK.min(lock / 3),
        };
        let mut attempt = pin!(super::apply::attempt(connection, migration, command));
        loop {
            if let Ok(result) = tokio::time::timeout(look, &mut attempt).await {
                return result;
            }
            let Some(found) = blocker_of(&mut lock.0, pid).await? else {
                continue;
            };
            if blocker.as_ref().is_none_or(|(pid, _)| *pid != found.0) {
                tracing::info!("`{}` waits for {}", migration.name, found.1);
            }
            *blocker = Some(found);
        }
    }
}

/// The oldest transaction that holds what this process waits for.
async fn blocker_of(
    connection: &mut PgConnection,
    pid: i32,
) -> Result<Option<Blocker>, sqlx::Error> {
    sqlx::query_as(
        r"select pid, format('process %s (`%s`), whose transaction began %s s ago: `%s`', pid, application_name,
             extract(epoch from clock_timestamp() - coalesce(xact_start, backend_start))::bigint,
             regexp_replace(left(query, 200), '\s+', ' ', 'g'))
         from pg_stat_activity where pid = any (pg_blocking_pids($1))
         order by xact_start limit 1",
    )
    .bind(pid)
    .fetch_optional(connection)
    .await
}

/// Whether it was refused because others hold its locks, and would be taken later.
pub(super) fn needs_locks(error: &sqlx::Error) -> bool {
    retry::is_retryable(error) || sql_file::code(error).is_some_and(|code| code == "55P03")
}

pub(super) fn pauses() -> ExponentialBackoff {
    let [first, longest] = PAUSES;
    ExponentialBuilder::new()
        .with_min_delay(first)
        .with_max_delay(longest)
        .without_max_times()
        .with_jitter()
        .build()
}
