//! Statistics of the notes. Every statement filters by their owner.

use sqlx::{FromRow, PgExecutor};
use time::OffsetDateTime;

use crate::models::Owner;

/// The totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Totals {
    /// The number of notes.
    pub notes: i64,
    /// The number of their characters.
    pub characters: i64,
}

/// A day, and the number of notes that were created on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Day {
    /// The start of the day, in UTC.
    pub day: OffsetDateTime,
    /// The number of notes.
    pub notes: i64,
}

/// A word, and its number of uses.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Word {
    /// The word in lower case.
    pub word: String,
    /// The number of uses.
    pub uses: i64,
}

/// The totals of `owner`.
pub async fn totals(db: impl PgExecutor<'_>, owner: Owner) -> sqlx::Result<Totals> {
    sqlx::query_as(
        "SELECT count(*) AS notes, coalesce(sum(length(title) + length(body)), 0)::bigint AS characters
         FROM notes WHERE user_id = $1",
    )
    .bind(owner)
    .fetch_one(db)
    .await
}

/// The last 14 days, in UTC, oldest first, including those without a note.
pub async fn days(db: impl PgExecutor<'_>, owner: Owner) -> sqlx::Result<Vec<Day>> {
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

/// The words that `owner` uses most. This is slow: it reads all notes.
pub async fn words(db: impl PgExecutor<'_>, owner: Owner, limit: i64) -> sqlx::Result<Vec<Word>> {
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
