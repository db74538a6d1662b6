//! The tables `boards`, `board_columns` and `cards`. Every statement filters by the owner of the board.

use sqlx::{FromRow, PgExecutor};

use super::corrupt;
use crate::models::{Board, BoardId, Card, CardId, Column, ColumnId, Owner, Title};

/// How many cards of a board are loaded.
const MOST_CARDS: i64 = 1000;

#[derive(FromRow)]
struct BoardRow {
    id: BoardId,
    title: String,
}

impl TryFrom<BoardRow> for Board {
    type Error = sqlx::Error;

    fn try_from(row: BoardRow) -> Result<Self, Self::Error> {
        let title = Title::parse(&row.title).map_err(corrupt("title"))?;
        Ok(Self { id: row.id, title })
    }
}

#[derive(FromRow)]
struct ColumnRow {
    id: ColumnId,
    title: String,
}

impl TryFrom<ColumnRow> for Column {
    type Error = sqlx::Error;

    fn try_from(row: ColumnRow) -> Result<Self, Self::Error> {
        let title = Title::parse(&row.title).map_err(corrupt("title"))?;
        Ok(Self { id: row.id, title })
    }
}

#[derive(FromRow)]
struct CardRow {
    id: CardId,
    column_id: ColumnId,
    title: String,
}

impl TryFrom<CardRow> for Card {
    type Error = sqlx::Error;

    fn try_from(row: CardRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id,
            column: row.column_id,
            title: Title::parse(&row.title).map_err(corrupt("title"))?,
        })
    }
}

/// Stores a new board of `owner`.
pub async fn insert(
    db: impl PgExecutor<'_>,
    id: BoardId,
    owner: Owner,
    title: &Title,
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO boards (id, user_id, title) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(owner)
        .bind(title.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// Adds columns to a board of `owner`, from left to right.
pub async fn insert_columns(
    db: impl PgExecutor<'_>,
    owner: Owner,
    board: BoardId,
    ids: &[ColumnId],
    titles: &[&str],
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO board_columns (id, board_id, title, position)
         SELECT new.id, boards.id, new.title, new.position
         FROM boards, unnest($3::uuid[], $4::text[]) WITH ORDINALITY AS new (id, title, position)
         WHERE boards.id = $1 AND boards.user_id = $2",
    )
    .bind(board)
    .bind(owner)
    .bind(ids)
    .bind(titles)
    .execute(db)
    .await?;
    Ok(())
}

/// Up to `limit` boards of `owner`, newest first.
pub async fn list(db: impl PgExecutor<'_>, owner: Owner, limit: i64) -> sqlx::Result<Vec<Board>> {
    let rows: Vec<BoardRow> =
        sqlx::query_as("SELECT id, title FROM boards WHERE user_id = $1 ORDER BY id DESC LIMIT $2")
            .bind(owner)
            .bind(limit)
            .fetch_all(db)
            .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The board `id` of `owner`.
pub async fn find(
    db: impl PgExecutor<'_>,
    owner: Owner,
    id: BoardId,
) -> sqlx::Result<Option<Board>> {
    sqlx::query_as::<_, BoardRow>("SELECT id, title FROM boards WHERE id = $1 AND user_id = $2")
        .bind(id)
        .bind(owner)
        .fetch_optional(db)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// Locks the board until the transaction ends, so that moves do not run concurrently; false if `owner` has no such board.
pub async fn lock(db: impl PgExecutor<'_>, owner: Owner, id: BoardId) -> sqlx::Result<bool> {
    let found = sqlx::query("SELECT FROM boards WHERE id = $1 AND user_id = $2 FOR UPDATE")
        .bind(id)
        .bind(owner)
        .fetch_optional(db)
        .await?;
    Ok(found.is_some())
}

/// The columns of a board of `owner`, from left to right.
pub async fn columns(
    db: impl PgExecutor<'_>,
    owner: Owner,
    board: BoardId,
) -> sqlx::Result<Vec<Column>> {
    let rows: Vec<ColumnRow> = sqlx::query_as(
        "SELECT c.id, c.title FROM board_columns c JOIN boards b ON b.id = c.board_id
         WHERE b.id = $1 AND b.user_id = $2 ORDER BY c.position LIMIT 100",
    )
    .bind(board)
    .bind(owner)
    .fetch_all(db)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The cards of a board of `owner`; those of one column from top to bottom.
pub async fn cards(
    db: impl PgExecutor<'_>,
    owner: Owner,
    board: BoardId,
) -> sqlx::Result<Vec<Card>> {
    let rows: Vec<CardRow> = sqlx::query_as(
        "SELECT k.id, k.column_id, k.title
         FROM cards k JOIN board_columns c ON c.id = k.column_id JOIN boards b ON b.id = c.board_id
         WHERE b.id = $1 AND b.user_id = $2 ORDER BY k.position, k.id LIMIT $3",
    )
    .bind(board)
    .bind(owner)
    .bind(MOST_CARDS)
    .fetch_all(db)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Adds a card at the end of a column; false if `owner` has no such column on this board.
pub async fn insert_card(
    db: impl PgExecutor<'_>,
    owner: Owner,
    board: BoardId,
    column: ColumnId,
    id: CardId,
    title: &Title,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "INSERT INTO cards (id, column_id, title, position)
         SELECT $4, c.id, $5, coalesce((SELECT max(position) FROM cards WHERE column_id = c.id), 0) + 1
         FROM board_columns c JOIN boards b ON b.id = c.board_id
         WHERE c.id = $3 AND b.id = $1 AND b.user_id = $2",
    )
    .bind(board)
    .bind(owner)
    .bind(column)
    .bind(id)
    .bind(title.as_str())
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Moves cards of a board of `owner` to `column`, in this order.
pub async fn place(
    db: impl PgExecutor<'_>,
    owner: Owner,
    board: BoardId,
    column: ColumnId,
    order: &[CardId],
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE cards SET column_id = $3, position = new.position
         FROM unnest($4::uuid[]) WITH ORDINALITY AS new (id, position), boards b
         WHERE cards.id = new.id AND b.id = $1 AND b.user_id = $2
             AND cards.column_id IN (SELECT id FROM board_columns WHERE board_id = b.id)",
    )
    .bind(board)
    .bind(owner)
    .bind(column)
    .bind(order)
    .execute(db)
    .await?;
    Ok(())
}
