//! Transactions that are repeated when the server asks for it.
//!
//! A server that runs transactions as if one after the other (PostgreSQL at `SERIALIZABLE`)
//! sometimes refuses one that got in the way of another: SQLSTATE 40001, or 40P01 for a deadlock at
//! any level. Nothing of it happened, and the right answer is to run it again from its start.
//! <https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html>

use std::pin::Pin;
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use sqlx::{Postgres, Transaction};

use crate::{Db, sql_file};

/// Attempts in all, the first included.
const ATTEMPTS: usize = 12;
/// The first pause, to which up to as much again is added; it doubles with each attempt.
const SHORTEST_PAUSE: Duration = Duration::from_millis(2);
/// The last ones, likewise.
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// What a transaction's closure returns: a boxed future that may move between threads.
pub type Work<'t, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 't>>;

/// An error that may have the database's error inside.
///
/// Implement it for the application's error type, so that [`Db::run`] can see whether the server
/// asked for a repeat: return the [`sqlx::Error`] that caused this one, if one did.
pub trait SqlxCause {
    /// The database's error behind this one.
    fn sqlx_cause(&self) -> Option<&sqlx::Error>;
}

impl SqlxCause for sqlx::Error {
    fn sqlx_cause(&self) -> Option<&sqlx::Error> {
        Some(self)
    }
}

/// Whether the server refused a transaction only because of others that ran at the same time.
///
/// SQLSTATE 40001 (serialization failure) and 40P01 (deadlock). Not 40003: there the outcome is
/// unknown, and a repeat could do the work twice.
#[must_use]
pub fn is_retryable(error: &sqlx::Error) -> bool {
    matches!(sql_file::code(error).as_deref(), Some("40001" | "40P01"))
}

/// Whether the database, or the way to it, is at fault and not the statement, so that it may work again later.
///
/// A connection that is lost or cannot be made, and SQLSTATE 08 (connection), 53 (resources: disk, memory, connections),
/// 57P (the server shuts down or starts), 58 (files), 25006 (a standby took over), 55P03 and 57014 (a time-out of the
/// server), and what [`is_retryable`] names.
#[must_use]
pub fn is_unavailable(error: &sqlx::Error) -> bool {
    use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Tls, WorkerCrashed};
    const CODES: [&str; 9] = [
        "08", "53", "57P", "58", "25006", "55P03", "57014", "40001", "40P01",
    ];

    match error {
        Io(_) | Tls(_) | PoolTimedOut | PoolClosed | WorkerCrashed => true,
        error => sql_file::code(error)
            .is_some_and(|code| CODES.iter().any(|begin| code.starts_with(begin))),
    }
}

/// Whether a text of the statement has a character that the database cannot store: NUL, or one that its encoding lacks.
///
/// SQLSTATE 22021 and 22P05.
#[must_use]
pub fn is_unstorable(error: &sqlx::Error) -> bool {
    matches!(sql_file::code(error).as_deref(), Some("22021" | "22P05"))
}

impl Db {
    /// Runs `work` in a transaction, again if the server asks for it.
    ///
    /// **`work` may run several times**, so it must have no effect outside the transaction: no
    /// mail, no counter, no request to another service. Calling `run` is the promise that this is
    /// so; [`Db::run_once`] is for everything else.
    ///
    /// The transaction is committed when `work` returns `Ok` and rolled back when it returns
    /// `Err`. After a serialization failure or a deadlock, also one reported by the commit, it is
    /// repeated after a pause: at most 12 attempts, the pauses doubling from 2 to 250 ms, each with a
    /// random part of up to as much again. The randomness is what lets two transactions that met
    /// once not meet again.
    ///
    /// ```no_run
    /// # async fn example(db: &stack_db::Db) -> Result<(), sqlx::Error> {
    /// db.run(|tx| {
    ///     Box::pin(async move {
    ///         sqlx::query("update counters set value = value + 1").execute(&mut **tx).await?;
    ///         Ok::<_, sqlx::Error>(())
    ///     })
    /// })
    /// .await
    /// # }
    /// ```
    ///
    /// `work` returns a boxed future because Rust cannot say yet that the future of an async
    /// closure may move between threads, and a handler's must. `'a` is the lifetime of what
    /// `work` borrows.
    ///
    /// # Errors
    /// Whatever `work` returned last, or the database's error from beginning or committing.
    pub async fn run<'a, T, E, F>(&self, mut work: F) -> Result<T, E>
    where
        F: for<'t> FnMut(&'t mut Transaction<'a, Postgres>) -> Work<'t, T, E>,
        E: From<sqlx::Error> + SqlxCause,
    {
        let mut pauses = pauses();
        loop {
            let error = match self.run_once(&mut work).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let asked = error.sqlx_cause().is_some_and(is_retryable);
            let Some(pause) = pauses.next().filter(|_| asked) else {
                return Err(error);
            };
            tracing::debug!(?pause, "transaction refused by the server, repeating it");
            tokio::time::sleep(pause).await;
        }
    }

    /// Runs `work` in a transaction, once: for work that must not be repeated.
    ///
    /// # Errors
    /// As [`Db::run`]; a serialization failure is returned like any other error.
    pub async fn run_once<'a, T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Transaction<'a, Postgres>) -> Work<'t, T, E>,
        E: From<sqlx::Error>,
    {
        let mut tx: Transaction<'a, Postgres> = self.begin().await?;
        match work(&mut tx).await {
            Ok(value) => {
                tx.commit().await?;
                Ok(value)
            }
            Err(error) => {
                // Before the pause of a repeat, so that the locks are not held during it. If the
                // connection is lost, the server has rolled back already.
                tx.rollback().await.ok();
                Err(error)
            }
        }
    }
}

/// The pauses between the attempts at something, random so that two who met once do not meet again.
pub(crate) fn pauses() -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(SHORTEST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .with_max_times(ATTEMPTS - 1)
        .with_jitter()
        .build()
}
