//! What can be counted about the notes. Every statement names their owner.

use sqlx::{FromRow, PgExecutor};
use time::OffsetDateTime;

use crate::models::UserId;

/// How much there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Totals {
    /// How many notes.
    pub notes: i64,
    /// How many characters are in them.
    pub characters: i64,
}

/// A day, and how many notes were written on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Day {
    /// When it began, in UTC.
    pub day: OffsetDateTime,
    /// How many notes.
    pub notes: i64,
}

/// A word, and how often it is used.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Word {
    /// In lower case.
    pub word: String,
    /// How often.
    pub uses: i64,
}

/// How much `owner` has written.
pub async fn totals(db: impl PgExecutor<'_>, owner: UserId) -> sqlx::Result<Totals> {
    sqlx::query_as(
        "SELECT count(*) AS notes, coalesce(sum(length(title) + length(body)), 0)::bigint AS characters
         FROM notes WHERE user_id = $1",
    )
    .bind(owner)
    .fetch_one(db)
    .await
}

/// The last 14 days, in UTC, oldest first, also those without a note.
pub async fn days(db: impl PgExecutor<'_>, owner: UserId) -> sqlx::Result<Vec<Day>> {
    sqlx::query_as(
        "SELECT day AT TIME ZONE 'UTC' AS day, count(notes.id) AS notes
         FROM generate_series(
             date_trunc('day', now() AT TIME ZONE 'UTC') - interval '13 days', now() AT TIME ZONE 'UTC', '1 day'
         ) AS day
         LEFT JOIN notes ON user_id = $1
             AND created_at >= day AT TIME ZONE 'UTC' AND created_at < (day + interval '1 day') AT TIME ZONE 'UTC'
         GROUP BY day ORDER BY day",
    )
    .bind(owner)
    .fetch_all(db)
    .await
}

/// The words that `owner` uses most. Slow by its nature: it reads every note.
pub async fn words(db: impl PgExecutor<'_>, owner: UserId, limit: i64) -> sqlx::Result<Vec<Word>> {
    sqlx::query_as(
        "SELECT word, count(*) AS uses
         FROM notes, regexp_split_to_table(lower(title || ' ' || body), '[^[:alpha:]]+') AS word
         WHERE user_id = $1 AND length(word) > 3 GROUP BY word ORDER BY uses DESC, word LIMIT $2",
    )
    .bind(owner)
    .bind(limit)
    .fetch_all(db)
    .await
}
