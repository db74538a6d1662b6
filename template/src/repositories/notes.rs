//! The table `notes`. Every statement filters by the owner, so no user can reach a note of another user.
{%- if teams and cockroach == false %}

use sqlx::FromRow;
{%- else %}

use sqlx::{FromRow, PgExecutor};
{%- endif %}
use time::OffsetDateTime;
{%- if teams and cockroach == false %}

use super::{corrupt, row_security::RowSecurity as PgExecutor};
{%- else %}

use super::corrupt;
{%- endif %}
use crate::models::{
{%- if teams %}
    Note, NoteBody, NoteDraft, NoteId, NoteSummary, NoteTitle, Owner, TeamId, Version,
{%- else %}
    Note, NoteBody, NoteDraft, NoteId, NoteSummary, NoteTitle, Owner, UserId, Version,
{%- endif %}
};
{%- if pgvector %}

pub mod by_id;
{%- endif %}

#[derive(FromRow)]
struct NoteRow {
    id: NoteId,
{%- if teams %}
    team_id: TeamId,
{%- else %}
    user_id: UserId,
{%- endif %}
    title: String,
    body: String,
    version: Version,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

impl TryFrom<NoteRow> for Note {
    type Error = sqlx::Error;

    fn try_from(row: NoteRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id,
{%- if teams %}
            team_id: row.team_id,
{%- else %}
            user_id: row.user_id,
{%- endif %}
            title: NoteTitle::parse(&row.title).map_err(corrupt("title"))?,
            body: NoteBody::parse(&row.body).map_err(corrupt("body"))?,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// Stores a new note of `owner`.
pub async fn insert(
    db: impl PgExecutor<'_>,
    id: NoteId,
    owner: Owner,
    draft: &NoteDraft,
) -> sqlx::Result<Note> {
{%- if teams and cockroach == false %}
    let db = db.of_team(owner);
{%- endif %}
    sqlx::query_as::<_, NoteRow>(
{%- if teams %}
        "INSERT INTO notes (id, team_id, title, body) VALUES ($1, $2, $3, $4)
{%- else %}
        "INSERT INTO notes (id, user_id, title, body) VALUES ($1, $2, $3, $4)
{%- endif %}
{%- if teams %}
         RETURNING id, team_id, title, body, version, created_at, updated_at",
{%- else %}
         RETURNING id, user_id, title, body, version, created_at, updated_at",
{%- endif %}
    )
    .bind(id)
    .bind(owner)
    .bind(draft.title.as_str())
    .bind(draft.body.as_str())
    .fetch_one(db)
    .await?
    .try_into()
}

/// The note `id` of `owner`.
pub async fn find(db: impl PgExecutor<'_>, owner: Owner, id: NoteId) -> sqlx::Result<Option<Note>> {
{%- if teams and cockroach == false %}
    let db = db.of_team(owner);
{%- endif %}
    sqlx::query_as::<_, NoteRow>(
{%- if teams %}
        "SELECT id, team_id, title, body, version, created_at, updated_at
{%- else %}
        "SELECT id, user_id, title, body, version, created_at, updated_at
{%- endif %}
{%- if teams %}
         FROM notes WHERE id = $1 AND team_id = $2",
{%- else %}
         FROM notes WHERE id = $1 AND user_id = $2",
{%- endif %}
    )
    .bind(id)
    .bind(owner)
    .fetch_optional(db)
    .await?
    .map(TryInto::try_into)
    .transpose()
}

/// Up to `limit` notes of `owner`, newest first: those after `after`, or the first ones.
pub async fn list(
    db: impl PgExecutor<'_>,
    owner: Owner,
    after: Option<NoteId>,
    limit: i64,
) -> sqlx::Result<Vec<Note>> {
{%- if teams and cockroach == false %}
    let db = db.of_team(owner);
{%- endif %}
    let rows: Vec<NoteRow> = match after {
        None => {
            sqlx::query_as(
{%- if teams %}
                "SELECT id, team_id, title, body, version, created_at, updated_at
{%- else %}
                "SELECT id, user_id, title, body, version, created_at, updated_at
{%- endif %}
{%- if teams %}
                 FROM notes WHERE team_id = $1 ORDER BY id DESC LIMIT $2",
{%- else %}
                 FROM notes WHERE user_id = $1 ORDER BY id DESC LIMIT $2",
{%- endif %}
            )
            .bind(owner)
            .bind(limit)
            .fetch_all(db)
            .await?
        }
        Some(after) => {
            sqlx::query_as(
{%- if teams %}
                "SELECT id, team_id, title, body, version, created_at, updated_at
{%- else %}
                "SELECT id, user_id, title, body, version, created_at, updated_at
{%- endif %}
{%- if teams %}
                 FROM notes WHERE team_id = $1 AND id < $3 ORDER BY id DESC LIMIT $2",
{%- else %}
                 FROM notes WHERE user_id = $1 AND id < $3 ORDER BY id DESC LIMIT $2",
{%- endif %}
            )
            .bind(owner)
            .bind(limit)
            .bind(after)
            .fetch_all(db)
            .await?
        }
    };
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Up to `limit` notes of `owner` that contain `text`, ignoring case, newest first: those after `after`, or the first ones.
pub async fn summaries(
    db: impl PgExecutor<'_>,
    owner: Owner,
    text: &str,
    after: Option<NoteId>,
    limit: i64,
) -> sqlx::Result<Vec<NoteSummary>> {
    #[derive(FromRow)]
    struct Row {
        id: NoteId,
        title: String,
        beginning: String,
        updated_at: OffsetDateTime,
    }
    let literal = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
{%- if teams and cockroach == false %}
    let db = db.of_team(owner);
{%- endif %}
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, title, left(body, 201) AS beginning, updated_at FROM notes
{%- if teams %}
         WHERE team_id = $1 AND ($2 = '%%' OR title ILIKE $2 OR body ILIKE $2) AND ($3::uuid IS NULL OR id < $3)
{%- else %}
         WHERE user_id = $1 AND ($2 = '%%' OR title ILIKE $2 OR body ILIKE $2) AND ($3::uuid IS NULL OR id < $3)
{%- endif %}
         ORDER BY id DESC LIMIT $4",
    )
    .bind(owner)
    .bind(format!("%{literal}%"))
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await?;
    let summary = |row: Row| {
        Ok(NoteSummary {
            id: row.id,
            title: NoteTitle::parse(&row.title).map_err(corrupt("title"))?,
            excerpt: NoteSummary::excerpt(&row.beginning),
            updated_at: row.updated_at,
        })
    };
    rows.into_iter().map(summary).collect()
}

/// Updates the note if it still has `version`; `None` if it has another one, or does not exist.
pub async fn update(
    db: impl PgExecutor<'_>,
    owner: Owner,
    id: NoteId,
    version: Version,
    draft: &NoteDraft,
) -> sqlx::Result<Option<Note>> {
{%- if teams and cockroach == false %}
    let db = db.of_team(owner);
{%- endif %}
    sqlx::query_as::<_, NoteRow>(
        "UPDATE notes SET title = $4, body = $5, version = version + 1, updated_at = now()
{%- if teams %}
         WHERE id = $1 AND team_id = $2 AND version = $3
{%- else %}
         WHERE id = $1 AND user_id = $2 AND version = $3
{%- endif %}
{%- if teams %}
         RETURNING id, team_id, title, body, version, created_at, updated_at",
{%- else %}
         RETURNING id, user_id, title, body, version, created_at, updated_at",
{%- endif %}
    )
    .bind(id)
    .bind(owner)
    .bind(version)
    .bind(draft.title.as_str())
    .bind(draft.body.as_str())
    .fetch_optional(db)
    .await?
    .map(TryInto::try_into)
    .transpose()
}

/// Deletes a note; false if `owner` has no such note.
pub async fn delete(db: impl PgExecutor<'_>, owner: Owner, id: NoteId) -> sqlx::Result<bool> {
{%- if teams and cockroach == false %}
    let db = db.of_team(owner);
{%- endif %}
{%- if teams %}
    let result = sqlx::query("DELETE FROM notes WHERE id = $1 AND team_id = $2")
{%- else %}
    let result = sqlx::query("DELETE FROM notes WHERE id = $1 AND user_id = $2")
{%- endif %}
        .bind(id)
        .bind(owner)
        .execute(db)
        .await?;
    Ok(result.rows_affected() > 0)
}
