//! Notes by their ids, for search.
{%- if teams and cockroach == false %}

use super::{Note, NoteId, NoteRow, Owner, Version};
use crate::repositories::{embeddings::PAGE, row_security::RowSecurity as PgExecutor};
{%- else %}

use sqlx::PgExecutor;

use super::{Note, NoteId, NoteRow, Owner, Version};
use crate::repositories::embeddings::PAGE;
{%- endif %}

/// The notes of `owner` among `ids`, in no particular order.
pub async fn find(
    db: impl PgExecutor<'_>,
    owner: Owner,
    ids: &[NoteId],
) -> sqlx::Result<Vec<Note>> {
{%- if teams and cockroach == false %}
    let db = db.of_team(owner);
{%- endif %}
    let rows: Vec<NoteRow> = sqlx::query_as(
{%- if teams %}
        "SELECT id, team_id, title, body, version, created_at, updated_at
{%- else %}
        "SELECT id, user_id, title, body, version, created_at, updated_at
{%- endif %}
{%- if teams %}
         FROM notes WHERE team_id = $1 AND id = ANY($2)",
{%- else %}
         FROM notes WHERE user_id = $1 AND id = ANY($2)",
{%- endif %}
    )
    .bind(owner)
    .bind(ids)
    .fetch_all(db)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Up to [`PAGE`] notes of `owner` after the note `after`, in the order of their ids, each with its version.
pub async fn versions(
    db: impl PgExecutor<'_>,
    owner: Owner,
    after: Option<NoteId>,
) -> sqlx::Result<Vec<(NoteId, Version)>> {
{%- if teams and cockroach == false %}
    let db = db.of_team(owner);
{%- endif %}
    sqlx::query_as(
        "SELECT id, version FROM notes
{%- if teams %}
         WHERE team_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
{%- else %}
         WHERE user_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
{%- endif %}
    )
    .bind(owner)
    .bind(after)
    .bind(i64::try_from(PAGE).unwrap_or(i64::MAX))
    .fetch_all(db)
    .await
}

/// The notes of `owner` among `ids`, each with its version.
pub async fn versions_of(
    db: impl PgExecutor<'_>,
    owner: Owner,
    ids: &[NoteId],
) -> sqlx::Result<Vec<(NoteId, Version)>> {
{%- if teams and cockroach == false %}
    let db = db.of_team(owner);
{%- endif %}
{%- if teams %}
    sqlx::query_as("SELECT id, version FROM notes WHERE team_id = $1 AND id = ANY($2)")
{%- else %}
    sqlx::query_as("SELECT id, version FROM notes WHERE user_id = $1 AND id = ANY($2)")
{%- endif %}
        .bind(owner)
        .bind(ids)
        .fetch_all(db)
        .await
}

/// The `limit` newest notes of `owner`, each with its version.
pub async fn newest(
    db: impl PgExecutor<'_>,
    owner: Owner,
    limit: i64,
) -> sqlx::Result<Vec<(NoteId, Version)>> {
{%- if teams and cockroach == false %}
    let db = db.of_team(owner);
{%- endif %}
{%- if teams %}
    sqlx::query_as("SELECT id, version FROM notes WHERE team_id = $1 ORDER BY id DESC LIMIT $2")
{%- else %}
    sqlx::query_as("SELECT id, version FROM notes WHERE user_id = $1 ORDER BY id DESC LIMIT $2")
{%- endif %}
        .bind(owner)
        .bind(limit)
        .fetch_all(db)
        .await
}

/// The number of notes of all users.
pub async fn count(db: impl PgExecutor<'_>) -> sqlx::Result<i64> {
{%- if teams and cockroach == false %}
    let db = db.of_all_teams();
{%- endif %}
    sqlx::query_scalar("SELECT count(*) FROM notes")
        .fetch_one(db)
        .await
}

/// Up to [`PAGE`] users with notes after the user `after`, in the order of their ids.
pub async fn owners(db: impl PgExecutor<'_>, after: Option<Owner>) -> sqlx::Result<Vec<Owner>> {
{%- if teams and cockroach == false %}
    let db = db.of_all_teams();
{%- endif %}
    sqlx::query_scalar(
{%- if teams %}
        "SELECT DISTINCT team_id FROM notes
{%- else %}
        "SELECT DISTINCT user_id FROM notes
{%- endif %}
{%- if teams %}
         WHERE $1::uuid IS NULL OR team_id > $1 ORDER BY team_id LIMIT $2",
{%- else %}
         WHERE $1::uuid IS NULL OR user_id > $1 ORDER BY user_id LIMIT $2",
{%- endif %}
    )
    .bind(after)
    .bind(i64::try_from(PAGE).unwrap_or(i64::MAX))
    .fetch_all(db)
    .await
}
