//! The tables `files` and `file_objects`: which files there are, and what is in the store. The owner of a file is that of the
//! note that it is attached to. Their variants are in [`pictures`](super::pictures).

use std::time::Duration;

use sqlx::{FromRow, PgExecutor};
use time::OffsetDateTime;
{%- if teams and cockroach == false %}

use super::row_security::RowSecurity;
{%- endif %}

use crate::models::{
    FileId, FileName, NewFile, NoteId, ObjectId, Owner, StoredFile, User, Variant,
};

#[derive(FromRow)]
struct FileRow {
    id: FileId,
    object: ObjectId,
    name: String,
    content_type: String,
    size: i64,
    sha256: Vec<u8>,
    created_at: OffsetDateTime,
    variants: Vec<String>,
}

impl From<FileRow> for StoredFile {
    fn from(row: FileRow) -> Self {
        let is_there = |variant: &Variant| row.variants.iter().any(|name| name == variant.name());
        let variants = Variant::ALL.into_iter().filter(is_there).collect();
        Self {
            id: row.id,
            object: row.object,
            name: FileName::of(&row.name),
            content_type: row.content_type,
            size: row.size.unsigned_abs(),
            sha256: row.sha256,
            created_at: row.created_at,
            variants,
        }
    }
}

/// Says that the store is about to get `object`, which has a file within `time`, or is removed.
pub async fn expect_object(
    db: impl PgExecutor<'_>,
    object: ObjectId,
    time: Duration,
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO file_objects (id, delete_at) VALUES ($1, now() + $2::interval)")
        .bind(object)
        .bind(time)
        .execute(db)
        .await
        .map(drop)
}

/// Stores that `owner` has attached a file to a note; false if `owner` has no such note.
pub async fn insert(
{%- if teams and cockroach == false %}
    db: impl RowSecurity<'_>,
{%- else %}
    db: impl PgExecutor<'_>,
{%- endif %}
    id: FileId,
    owner: Owner,
    note: NoteId,
    file: &NewFile,
) -> sqlx::Result<bool> {
{%- if teams and cockroach == false %}
    let db = db.of_team(owner);
{%- endif %}
    let result = sqlx::query(
        "INSERT INTO files (id, note_id, name, content_type, size, sha256)
{%- if teams %}
         SELECT $1, id, $4, $5, $6, $7 FROM notes WHERE id = $3 AND team_id = $2",
{%- else %}
         SELECT $1, id, $4, $5, $6, $7 FROM notes WHERE id = $3 AND user_id = $2",
{%- endif %}
    )
    .bind(id)
    .bind(owner)
    .bind(note)
    .bind(file.name.as_str())
    .bind(file.content_type)
    .bind(i64::try_from(file.size).unwrap_or(i64::MAX))
    .bind(&file.sha256[..])
    .execute(db)
    .await?;
    Ok(result.rows_affected() > 0)
}

/// Gives `object` to a file; false if it has one, or its time is over. From then on it is removed with the file.
pub async fn keep_object(
    db: impl PgExecutor<'_>,
    object: ObjectId,
    file: FileId,
) -> sqlx::Result<bool> {
    let result = sqlx::query(
        "UPDATE file_objects SET file_id = $2, delete_at = now()
         WHERE id = $1 AND file_id IS NULL AND delete_at > now()",
    )
    .bind(object)
    .bind(file)
    .execute(db)
    .await?;
    Ok(result.rows_affected() > 0)
}

/// The files of a note of `owner`, in the order in which they were attached.
pub async fn of_note(
{%- if teams and cockroach == false %}
    db: impl RowSecurity<'_>,
{%- else %}
    db: impl PgExecutor<'_>,
{%- endif %}
    owner: Owner,
    note: NoteId,
) -> sqlx::Result<Vec<StoredFile>> {
{%- if teams and cockroach == false %}
    let db = db.of_team(owner);
{%- endif %}
    let rows: Vec<FileRow> = sqlx::query_as(
        "SELECT files.id, file_objects.id AS object, name, content_type, size, sha256, files.created_at,
             ARRAY(SELECT variant FROM file_objects WHERE file_id = files.id) AS variants
         FROM files JOIN file_objects ON file_objects.file_id = files.id AND variant = ''
             JOIN notes ON notes.id = note_id
{%- if teams %}
         WHERE note_id = $2 AND team_id = $1 ORDER BY files.id",
{%- else %}
         WHERE note_id = $2 AND user_id = $1 ORDER BY files.id",
{%- endif %}
    )
    .bind(owner)
    .bind(note)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}
{%- if teams %}

/// The file `id`, if `reader` belongs to its team; without a reader that of anybody, for who has a signature.
{%- else %}

/// The file `id`, if it is one of `reader`; without a reader that of anybody, for who has a signature.
{%- endif %}
pub async fn find(
{%- if teams and cockroach == false %}
    db: impl RowSecurity<'_>,
{%- else %}
    db: impl PgExecutor<'_>,
{%- endif %}
    reader: Option<&User>,
    id: FileId,
) -> sqlx::Result<Option<StoredFile>> {
{%- if teams and cockroach == false %}
    let db = db.of_all_teams();
{%- endif %}
    let row: Option<FileRow> = sqlx::query_as(
        "SELECT files.id, file_objects.id AS object, name, content_type, size, sha256, files.created_at,
             ARRAY(SELECT variant FROM file_objects WHERE file_id = files.id) AS variants
         FROM files JOIN file_objects ON file_objects.file_id = files.id AND variant = ''
             JOIN notes ON notes.id = note_id
{%- if teams %}
         WHERE files.id = $2 AND ($1::uuid IS NULL
             OR team_id IN (SELECT team_id FROM memberships WHERE user_id = $1))",
{%- else %}
         WHERE files.id = $2 AND ($1::uuid IS NULL OR user_id = $1)",
{%- endif %}
    )
    .bind(reader.map(|user| user.id))
    .bind(id)
    .fetch_optional(db)
    .await?;
    Ok(row.map(Into::into))
}
{%- if jobs %}

/// Whose file it is.
{%- if teams and cockroach == false %}
pub async fn owner(db: impl RowSecurity<'_>, id: FileId) -> sqlx::Result<Option<Owner>> {
    let db = db.of_all_teams();
{%- else %}
pub async fn owner(db: impl PgExecutor<'_>, id: FileId) -> sqlx::Result<Option<Owner>> {
{%- endif %}
    sqlx::query_scalar(
{%- if teams %}
        "SELECT team_id FROM notes JOIN files ON notes.id = note_id WHERE files.id = $1",
{%- else %}
        "SELECT user_id FROM notes JOIN files ON notes.id = note_id WHERE files.id = $1",
{%- endif %}
    )
    .bind(id)
    .fetch_optional(db)
    .await
}
{%- endif %}

/// Deletes a file; false if `owner` has no such file. Its object is due for removal then.
{%- if teams and cockroach == false %}
pub async fn delete(db: impl RowSecurity<'_>, owner: Owner, id: FileId) -> sqlx::Result<bool> {
    let db = db.of_team(owner);
{%- else %}
pub async fn delete(db: impl PgExecutor<'_>, owner: Owner, id: FileId) -> sqlx::Result<bool> {
{%- endif %}
    let result = sqlx::query(
{%- if teams %}
        "DELETE FROM files WHERE id = $2 AND note_id IN (SELECT id FROM notes WHERE team_id = $1)",
{%- else %}
        "DELETE FROM files WHERE id = $2 AND note_id IN (SELECT id FROM notes WHERE user_id = $1)",
{%- endif %}
    )
    .bind(owner)
    .bind(id)
    .execute(db)
    .await?;
    Ok(result.rows_affected() > 0)
}

/// Locks the owner's row until the end of the transaction: of two who attach files, the second one sees those of the first.
pub async fn lock_owner(db: impl PgExecutor<'_>, owner: Owner) -> sqlx::Result<()> {
{%- if teams %}
    sqlx::query("SELECT id FROM teams WHERE id = $1 FOR NO KEY UPDATE")
{%- else %}
    sqlx::query("SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE")
{%- endif %}
        .bind(owner)
        .execute(db)
        .await
        .map(drop)
}

/// The bytes of all files of `owner`.
{%- if teams and cockroach == false %}
pub async fn bytes(db: impl RowSecurity<'_>, owner: Owner) -> sqlx::Result<u64> {
    let db = db.of_team(owner);
{%- else %}
pub async fn bytes(db: impl PgExecutor<'_>, owner: Owner) -> sqlx::Result<u64> {
{%- endif %}
    let bytes: i64 = sqlx::query_scalar(
        "SELECT coalesce(sum(size), 0)::int8 FROM files JOIN notes ON notes.id = note_id
{%- if teams %}
         WHERE team_id = $1",
{%- else %}
         WHERE user_id = $1",
{%- endif %}
    )
    .bind(owner)
    .fetch_one(db)
    .await?;
    Ok(bytes.unsigned_abs())
}

/// Up to `limit` objects that neither a file nor a user has, and whose time is over.
pub async fn due_objects(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<Vec<ObjectId>> {
    sqlx::query_scalar(
        "SELECT id FROM file_objects WHERE file_id IS NULL AND avatar_of IS NULL AND delete_at <= now()
         ORDER BY delete_at LIMIT $1",
    )
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Forgets an object that is not in the store any more.
pub async fn forget_object(db: impl PgExecutor<'_>, object: ObjectId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM file_objects WHERE id = $1 AND file_id IS NULL AND avatar_of IS NULL")
        .bind(object)
        .execute(db)
        .await
        .map(drop)
}

/// Says that an object which nobody has will have nobody: its time is over.
pub async fn give_up_object(db: impl PgExecutor<'_>, object: ObjectId) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE file_objects SET delete_at = now()
         WHERE id = $1 AND file_id IS NULL AND avatar_of IS NULL",
    )
    .bind(object)
    .execute(db)
    .await
    .map(drop)
}
