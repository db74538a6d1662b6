//! The table `memberships`: who belongs to which team.

use sqlx::{FromRow, PgExecutor};
use time::OffsetDateTime;

use super::corrupt;
{%- if files %}
use crate::models::{DisplayName, Email, Member, ObjectId, Role, Scope, TeamId, UserId};
{%- else %}
use crate::models::{DisplayName, Email, Member, Role, Scope, TeamId, UserId};
{%- endif %}

/// Stores that `user` belongs to `team`; false if they do already.
pub async fn insert(
    db: impl PgExecutor<'_>,
    team: TeamId,
    user: UserId,
    role: Role,
) -> sqlx::Result<bool> {
    let result = sqlx::query(
        "INSERT INTO memberships (team_id, user_id, role) VALUES ($1, $2, $3)
         ON CONFLICT (team_id, user_id) DO NOTHING",
    )
    .bind(team)
    .bind(user)
    .bind(role.name())
    .execute(db)
    .await?;
    Ok(result.rows_affected() > 0)
}

/// The scope of `user` in `team`; `None` if they do not belong to it.
pub async fn scope(
    db: impl PgExecutor<'_>,
    user: UserId,
    team: TeamId,
) -> sqlx::Result<Option<Scope>> {
    let found: Option<String> =
        sqlx::query_scalar("SELECT role FROM memberships WHERE team_id = $1 AND user_id = $2")
            .bind(team)
            .bind(user)
            .fetch_optional(db)
            .await?;
    let scope = |role: String| {
        let role = Role::parse(&role).map_err(corrupt("role"))?;
        Ok(Scope::of_membership(user, team, role))
    };
    found.map(scope).transpose()
}

/// The members of a team, those first who may do most.
pub async fn list(db: impl PgExecutor<'_>, scope: Scope) -> sqlx::Result<Vec<Member>> {
    #[derive(FromRow)]
    struct Row {
        id: UserId,
        display_name: String,
        email: String,
        role: String,
        created_at: OffsetDateTime,
{%- if files %}
        avatar: Option<ObjectId>,
{%- endif %}
    }
    let rows: Vec<Row> = sqlx::query_as(
{%- if files %}
        "SELECT users.id, users.display_name, users.email, memberships.role, memberships.created_at,
             (SELECT id FROM file_objects WHERE avatar_of = users.id) AS avatar
{%- else %}
        "SELECT users.id, users.display_name, users.email, memberships.role, memberships.created_at
{%- endif %}
         FROM memberships JOIN users ON users.id = memberships.user_id
         WHERE memberships.team_id = $1 ORDER BY memberships.created_at, users.id",
    )
    .bind(scope.team())
    .fetch_all(db)
    .await?;
    let member = |row: Row| {
        Ok(Member {
            id: row.id,
            display_name: DisplayName::stored(row.display_name),
            email: Email::stored(row.email),
            role: Role::parse(&row.role).map_err(corrupt("role"))?,
            joined_at: row.created_at,
{%- if files %}
            avatar: row.avatar,
{%- endif %}
        })
    };
    let members: sqlx::Result<Vec<Member>> = rows.into_iter().map(member).collect();
    let mut members = members?;
    members.sort_by_key(|member| std::cmp::Reverse(member.role));
    Ok(members)
}

/// Changes the role of a member.
pub async fn set_role(
    db: impl PgExecutor<'_>,
    team: TeamId,
    user: UserId,
    role: Role,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE memberships SET role = $3 WHERE team_id = $1 AND user_id = $2")
        .bind(team)
        .bind(user)
        .bind(role.name())
        .execute(db)
        .await
        .map(drop)
}

/// Ends a membership.
pub async fn delete(db: impl PgExecutor<'_>, team: TeamId, user: UserId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM memberships WHERE team_id = $1 AND user_id = $2")
        .bind(team)
        .bind(user)
        .execute(db)
        .await
        .map(drop)
}

/// Whether the team has another member than `user`, and whether another one is an owner.
pub async fn others(
    db: impl PgExecutor<'_>,
    team: TeamId,
    user: UserId,
) -> sqlx::Result<(bool, bool)> {
    sqlx::query_as(
        "SELECT count(*) > 0, count(*) FILTER (WHERE role = 'owner') > 0
         FROM memberships WHERE team_id = $1 AND user_id <> $2",
    )
    .bind(team)
    .bind(user)
    .fetch_one(db)
    .await
}
