//! The tables `rooms` and `messages`. Rooms are open to all logged-in users.

use sqlx::{FromRow, PgExecutor};
use time::OffsetDateTime;

use super::corrupt;
use crate::models::{DisplayName, Message, MessageBody, MessageId, Room, RoomId, RoomName, UserId};

#[derive(FromRow)]
struct RoomRow {
    id: RoomId,
    name: String,
}

impl TryFrom<RoomRow> for Room {
    type Error = sqlx::Error;

    fn try_from(row: RoomRow) -> Result<Self, Self::Error> {
        let name = RoomName::parse(&row.name).map_err(corrupt("name"))?;
        Ok(Self { id: row.id, name })
    }
}

#[derive(FromRow)]
struct MessageRow {
    id: MessageId,
    author: String,
    body: String,
    created_at: OffsetDateTime,
}

impl TryFrom<MessageRow> for Message {
    type Error = sqlx::Error;

    fn try_from(row: MessageRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id,
            author: DisplayName::parse(&row.author).map_err(corrupt("display_name"))?,
            body: MessageBody::parse(&row.body).map_err(corrupt("body"))?,
            created_at: row.created_at,
        })
    }
}

/// Stores a new room.
pub async fn insert_room(db: impl PgExecutor<'_>, id: RoomId, name: &RoomName) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO rooms (id, name) VALUES ($1, $2)")
        .bind(id)
        .bind(name.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// Up to `limit` rooms, newest first.
pub async fn rooms(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<Vec<Room>> {
    let rows: Vec<RoomRow> = sqlx::query_as("SELECT id, name FROM rooms ORDER BY id DESC LIMIT $1")
        .bind(limit)
        .fetch_all(db)
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The room `id`.
pub async fn room(db: impl PgExecutor<'_>, id: RoomId) -> sqlx::Result<Option<Room>> {
    sqlx::query_as::<_, RoomRow>("SELECT id, name FROM rooms WHERE id = $1")
        .bind(id)
        .fetch_optional(db)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// Stores a message of `author`.
pub async fn insert_message(
    db: impl PgExecutor<'_>,
    id: MessageId,
    room: RoomId,
    author: UserId,
    body: &MessageBody,
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO messages (id, room_id, user_id, body) VALUES ($1, $2, $3, $4)")
        .bind(id)
        .bind(room)
        .bind(author)
        .bind(body.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// The message `id` of `room`.
pub async fn message(
    db: impl PgExecutor<'_>,
    room: RoomId,
    id: MessageId,
) -> sqlx::Result<Option<Message>> {
    sqlx::query_as::<_, MessageRow>(
        "SELECT m.id, u.display_name AS author, m.body, m.created_at
         FROM messages m JOIN users u ON u.id = m.user_id WHERE m.room_id = $1 AND m.id = $2",
    )
    .bind(room)
    .bind(id)
    .fetch_optional(db)
    .await?
    .map(TryInto::try_into)
    .transpose()
}

/// Up to `limit` messages of `room`, newest first: those before `before`, or the newest ones.
pub async fn messages(
    db: impl PgExecutor<'_>,
    room: RoomId,
    before: Option<MessageId>,
    limit: u32,
) -> sqlx::Result<Vec<Message>> {
    let rows: Vec<MessageRow> = sqlx::query_as(
        "SELECT m.id, u.display_name AS author, m.body, m.created_at
         FROM messages m JOIN users u ON u.id = m.user_id
         WHERE m.room_id = $1 AND ($2::uuid IS NULL OR m.id < $2) ORDER BY m.id DESC LIMIT $3",
    )
    .bind(room)
    .bind(before)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}
