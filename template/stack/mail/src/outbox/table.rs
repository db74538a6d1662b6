//! The table `outbox`. What is due is decided by the clock of the database, which all processes share.

use std::time::Duration;

use sqlx::{FromRow, PgExecutor};
use stack_web::sealed::{Sealed, SealedColumn};
use time::OffsetDateTime;
use uuid::Uuid;

/// The column `outbox.content`, which is encrypted.
pub(super) struct ContentColumn;

impl SealedColumn for ContentColumn {
    type Value = String;
    type Row = Uuid;
    const TABLE: &'static str = "outbox";
    const COLUMN: &'static str = "content";

    fn text(value: &String) -> &str {
        value
    }

    fn parse(text: &str) -> Option<String> {
        Some(text.to_owned())
    }
}

#[derive(FromRow)]
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) content: Sealed<ContentColumn>,
    pub(super) created_at: OffsetDateTime,
    pub(super) attempts: i32,
    pub(super) last_error: Option<String>,
    pub(super) sent_at: Option<OffsetDateTime>,
    /// Whether it is too late to send it.
    pub(super) expired: bool,
}

pub(super) async fn insert(
    db: impl PgExecutor<'_>,
    id: Uuid,
    kind: &str,
    content: &Sealed<ContentColumn>,
    lifetime: Duration,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO outbox (id, kind, content, expires_at)
         VALUES ($1, $2, $3, now() + $4 * interval '1 second')",
    )
    .bind(id)
    .bind(kind)
    .bind(content)
    .bind(lifetime.as_secs_f64())
    .execute(db)
    .await
    .map(drop)
}

/// Takes the row that has been due for the longest time, for `lease`: if it is still there then, it is due again. A row that
/// another worker is taking is skipped.
{%- if jobs %}
/// While it is held it has no error, so that [`Outbox::retry_failed`](super::Outbox::retry_failed) does not make it due.
{%- endif %}
pub(super) async fn claim(
    db: impl PgExecutor<'_>,
    kinds: &[&str],
    lease: Duration,
) -> sqlx::Result<Option<Row>> {
    sqlx::query_as(
{%- if jobs %}
        "WITH due AS MATERIALIZED (
             SELECT id, last_error FROM outbox WHERE sent_at IS NULL AND next_attempt_at <= now() AND kind = ANY ($1)
             ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED
         )
         UPDATE outbox SET attempts = attempts + 1, last_error = NULL, next_attempt_at = now() + $2 * interval '1 second' FROM due
         WHERE outbox.id = due.id RETURNING outbox.id, content, created_at, attempts, due.last_error, sent_at, expires_at <= now() AS expired",
{%- else %}
        "UPDATE outbox SET attempts = attempts + 1, next_attempt_at = now() + $2 * interval '1 second'
         WHERE id = (
             SELECT id FROM outbox WHERE sent_at IS NULL AND next_attempt_at <= now() AND kind = ANY ($1)
             ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED
         )
         RETURNING id, content, created_at, attempts, last_error, sent_at, expires_at <= now() AS expired",
{%- endif %}
    )
    .bind(kinds)
    .bind(lease.as_secs_f64())
    .fetch_optional(db)
    .await
}

/// Makes a claimed row due again after `pause`, unless another worker has taken it since.
pub(super) async fn defer(
    db: impl PgExecutor<'_>,
    row: &Row,
    pause: Duration,
    error: &str,
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE outbox SET next_attempt_at = now() + $3 * interval '1 second', last_error = $4
         WHERE id = $1 AND attempts = $2",
    )
    .bind(row.id)
    .bind(row.attempts)
    .bind(pause.as_secs_f64())
    .bind(error)
    .execute(db)
    .await
    .map(drop)
}

pub(super) async fn delete(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM outbox WHERE id = $1")
        .bind(id)
        .execute(db)
        .await
        .map(drop)
}

/// Keeps a mail that was sent for a day. Its next "attempt" is then, so that those who look for what is due do not meet it.
pub(super) async fn keep(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE outbox SET sent_at = now(), next_attempt_at = now() + interval '1 day', last_error = NULL
         WHERE id = $1",
    )
    .bind(id)
    .execute(db)
    .await
    .map(drop)
}

/// Deletes the mails that were kept for a day.
pub(super) async fn delete_kept(db: impl PgExecutor<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "DELETE FROM outbox
         WHERE next_attempt_at <= now() AND sent_at < now() - interval '1 day'",
    )
    .execute(db)
    .await
    .map(drop)
}

pub(super) async fn newest(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as(
        "SELECT id, content, created_at, attempts, last_error, sent_at, expires_at <= now() AS expired
         FROM outbox WHERE kind = 'mail' ORDER BY id DESC LIMIT $1",
    )
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Up to `limit` rows after the row `after`, in the order of their ids, whose content is *not* in the range from `first` to
/// before `after_last`, see [`Vault::current_range`](stack_web::sealed::Vault::current_range).
pub(super) async fn outside(
    db: impl PgExecutor<'_>,
    (first, after_last): &(Vec<u8>, Vec<u8>),
    after: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<(Uuid, Sealed<ContentColumn>)>> {
    sqlx::query_as(
        "SELECT id, content FROM outbox
         WHERE (content < $1 OR content >= $2) AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4",
    )
    .bind(first)
    .bind(after_last)
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Replaces the content `old` by `new`; what was sent in the meantime is gone.
pub(super) async fn replace(
    db: impl PgExecutor<'_>,
    id: Uuid,
    old: &Sealed<ContentColumn>,
    new: &Sealed<ContentColumn>,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE outbox SET content = $3 WHERE id = $1 AND content = $2")
        .bind(id)
        .bind(old)
        .bind(new)
        .execute(db)
        .await
        .map(drop)
}
