//! The table `security_events`.

use std::time::Duration;

use sqlx::{FromRow, PgExecutor};
use time::OffsetDateTime;

use super::corrupt;
use crate::models::{
    ClientInfo, EventKind, Outcome, Owner, SecurityEvent, SecurityEventId, UserId,
};

#[derive(FromRow)]
struct SecurityEventRow {
    id: SecurityEventId,
    kind: String,
    outcome: String,
    address: String,
    user_agent: String,
    details: String,
    created_at: OffsetDateTime,
}

impl TryFrom<SecurityEventRow> for SecurityEvent {
    type Error = sqlx::Error;

    fn try_from(row: SecurityEventRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id,
            kind: EventKind::parse(&row.kind).map_err(corrupt("kind"))?,
            outcome: Outcome::parse(&row.outcome).map_err(corrupt("outcome"))?,
            client: ClientInfo::from_row(&row.address, &row.user_agent),
            details: row.details,
            created_at: row.created_at,
        })
    }
}

/// Stores an event. `details` has at most 200 characters.
pub async fn insert(
    db: impl PgExecutor<'_>,
    user: Option<UserId>,
    kind: EventKind,
    outcome: Outcome,
    client: &ClientInfo,
    details: &str,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO security_events (id, user_id, kind, outcome, address, user_agent, details)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(SecurityEventId::generate())
    .bind(user)
    .bind(kind.name())
    .bind(outcome.name())
    .bind(client.address_text())
    .bind(client.user_agent.as_str())
    .bind(details)
    .execute(db)
    .await
    .map(drop)
}

/// Up to `limit` events of `owner`, newest first: those after `after`, or the first ones.
pub async fn list(
    db: impl PgExecutor<'_>,
    owner: Owner,
    after: Option<SecurityEventId>,
    limit: i64,
) -> sqlx::Result<Vec<SecurityEvent>> {
    let rows: Vec<SecurityEventRow> = sqlx::query_as(
        "SELECT id, kind, outcome, address, user_agent, details, created_at
         FROM security_events WHERE user_id = $1 AND ($2::uuid IS NULL OR id < $2)
         ORDER BY id DESC LIMIT $3",
    )
    .bind(owner)
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Deletes up to `limit` events that are older than `age`, and returns how many.
pub async fn delete_older(db: impl PgExecutor<'_>, age: Duration, limit: i64) -> sqlx::Result<u64> {
    let result = sqlx::query(
        "DELETE FROM security_events WHERE id IN (
             SELECT id FROM security_events
             WHERE created_at <= now() - $1::interval ORDER BY created_at LIMIT $2
         )",
    )
    .bind(age)
    .bind(limit)
    .execute(db)
    .await?;
    Ok(result.rows_affected())
}
