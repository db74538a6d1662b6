//! The table `teams`.

use sqlx::{FromRow, PgExecutor};

use super::corrupt;
use crate::models::{Role, Team, TeamId, TeamName, UserId};

#[derive(FromRow)]
struct TeamRow {
    id: TeamId,
    name: String,
    is_personal: bool,
    role: String,
}

impl TryFrom<TeamRow> for Team {
    type Error = sqlx::Error;

    fn try_from(row: TeamRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id,
            name: TeamName::stored(row.name),
            is_personal: row.is_personal,
            role: Role::parse(&row.role).map_err(corrupt("role"))?,
        })
    }
}

/// Stores a new team, without members.
pub async fn insert(db: impl PgExecutor<'_>, id: TeamId, name: &TeamName) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO teams (id, name) VALUES ($1, $2)")
        .bind(id)
        .bind(name.as_str())
        .execute(db)
        .await
        .map(drop)
}

/// Stores the team that a user has to themselves, unless there is one.
pub async fn insert_personal(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO teams (id, name, user_id) SELECT id, display_name, id FROM users WHERE id = $1
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(user)
    .execute(db)
    .await
    .map(drop)
}

/// The teams of `user`, their own first.
pub async fn list(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Vec<Team>> {
    let rows: Vec<TeamRow> = sqlx::query_as(
        "SELECT teams.id, teams.name, teams.user_id IS NOT NULL AS is_personal, memberships.role
         FROM memberships JOIN teams ON teams.id = memberships.team_id
         WHERE memberships.user_id = $1 ORDER BY teams.user_id IS NULL, teams.name, teams.id",
    )
    .bind(user)
    .fetch_all(db)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Locks the row of the team until the end of the transaction: of two changes of its members the second one sees what the
/// first one has left. False if there is no such team.
pub async fn lock(db: impl PgExecutor<'_>, id: TeamId) -> sqlx::Result<bool> {
    let found = sqlx::query("SELECT 1 FROM teams WHERE id = $1 FOR UPDATE")
        .bind(id)
        .fetch_optional(db)
        .await?;
    Ok(found.is_some())
}

/// Changes the name.
pub async fn rename(db: impl PgExecutor<'_>, id: TeamId, name: &TeamName) -> sqlx::Result<()> {
    sqlx::query("UPDATE teams SET name = $2 WHERE id = $1")
        .bind(id)
        .bind(name.as_str())
        .execute(db)
        .await
        .map(drop)
}

/// Deletes the team with everything in it.
pub async fn delete(db: impl PgExecutor<'_>, id: TeamId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM teams WHERE id = $1")
        .bind(id)
        .execute(db)
        .await
        .map(drop)
}
