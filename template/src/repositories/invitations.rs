//! The table `invitations`. Whether one has expired is decided by the clock of the database.

use std::time::Duration;

use sqlx::{FromRow, PgExecutor};
use time::OffsetDateTime;

use super::corrupt;
use crate::models::{Email, Invitation, InvitationId, Role, Scope, TeamId, TeamName, TokenDigest};

#[derive(FromRow)]
struct InvitationRow {
    id: InvitationId,
    team_id: TeamId,
    name: String,
    email: String,
    role: String,
    expires_at: OffsetDateTime,
}

impl TryFrom<InvitationRow> for Invitation {
    type Error = sqlx::Error;

    fn try_from(row: InvitationRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id,
            team: row.team_id,
            team_name: TeamName::stored(row.name),
            email: Email::stored(row.email),
            role: Role::parse(&row.role).map_err(corrupt("role"))?,
            expires_at: row.expires_at,
        })
    }
}

/// Stores an invitation by `scope`. One to the same address ends: its link does not work any more.
pub async fn replace(
    db: impl PgExecutor<'_>,
    scope: Scope,
    email: &Email,
    role: Role,
    token: TokenDigest,
    lifetime: Duration,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO invitations (id, team_id, email, role, token_hash, invited_by, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 second')
         ON CONFLICT (team_id, email) DO UPDATE SET role = excluded.role, token_hash = excluded.token_hash,
             invited_by = excluded.invited_by, expires_at = excluded.expires_at",
    )
    .bind(InvitationId::generate())
    .bind(scope.team())
    .bind(email.as_str())
    .bind(role.name())
    .bind(token.0)
    .bind(scope.user())
    .bind(lifetime.as_secs_f64())
    .execute(db)
    .await
    .map(drop)
}

/// The invitations to a team that can be accepted, oldest first.
pub async fn list(db: impl PgExecutor<'_>, scope: Scope) -> sqlx::Result<Vec<Invitation>> {
    let rows: Vec<InvitationRow> = sqlx::query_as(
        "SELECT invitations.id, team_id, teams.name, email, role, expires_at
         FROM invitations JOIN teams ON teams.id = team_id
         WHERE team_id = $1 AND expires_at > now() ORDER BY invitations.id",
    )
    .bind(scope.team())
    .fetch_all(db)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The invitation of this token; `None` if it was accepted or revoked, or has expired.
pub async fn find(db: impl PgExecutor<'_>, token: TokenDigest) -> sqlx::Result<Option<Invitation>> {
    sqlx::query_as::<_, InvitationRow>(
        "SELECT invitations.id, team_id, teams.name, email, role, expires_at
         FROM invitations JOIN teams ON teams.id = team_id
         WHERE token_hash = $1 AND expires_at > now()",
    )
    .bind(token.0)
    .fetch_optional(db)
    .await?
    .map(TryInto::try_into)
    .transpose()
}

/// Uses the invitation up: of several callers one gets true.
pub async fn take(db: impl PgExecutor<'_>, token: TokenDigest) -> sqlx::Result<bool> {
    let result =
        sqlx::query("DELETE FROM invitations WHERE token_hash = $1 AND expires_at > now()")
            .bind(token.0)
            .execute(db)
            .await?;
    Ok(result.rows_affected() > 0)
}

/// Revokes an invitation; false if the team has no such one.
pub async fn delete(db: impl PgExecutor<'_>, scope: Scope, id: InvitationId) -> sqlx::Result<bool> {
    let result = sqlx::query("DELETE FROM invitations WHERE id = $1 AND team_id = $2")
        .bind(id)
        .bind(scope.team())
        .execute(db)
        .await?;
    Ok(result.rows_affected() > 0)
}

/// Deletes up to `limit` expired invitations, and returns how many.
pub async fn delete_expired(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<u64> {
    let result = sqlx::query(
        "DELETE FROM invitations WHERE id IN (
             SELECT id FROM invitations WHERE expires_at <= now() ORDER BY expires_at LIMIT $1
         )",
    )
    .bind(limit)
    .execute(db)
    .await?;
    Ok(result.rows_affected())
}
