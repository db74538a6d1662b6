//! Creating boards, and moving their cards.

use stack_db::Db;
use stack_live::broadcast::Hub;

use crate::{
    error::{Error, Result},
    models::{BoardId, CardId, ColumnId, Direction, Owner, Title, moved, placed},
    repositories::boards,
};

/// The columns of a new board, from left to right.
const COLUMNS: [&str; 3] = ["To do", "Doing", "Done"];

/// Creates a board with empty columns.
///
/// # Errors
/// Errors of the database.
pub async fn create(db: &Db, owner: Owner, title: &Title) -> Result<BoardId> {
    let id = BoardId::generate();
    let columns = COLUMNS.map(|_| ColumnId::generate());
    let work = db.run(|tx| {
        Box::pin(async move {
            boards::insert(&mut **tx, id, owner, title).await?;
            boards::insert_columns(&mut **tx, owner, id, &columns, &COLUMNS).await
        })
    });
    work.await?;
    Ok(id)
}

/// Moves a card; at the edge of the board it does nothing. A lock of the board serializes concurrent moves, so that no card is
/// lost.
///
/// # Errors
/// [`Error::NotFound`] if `owner` has no such board.
pub async fn move_card(
    db: &Db,
    owner: Owner,
    board: BoardId,
    card: CardId,
    to: Direction,
) -> Result<()> {
    let work = db.run(|tx| {
        Box::pin(async move {
            if !boards::lock(&mut **tx, owner, board).await? {
                return Err(Error::NotFound);
            }
            let columns = boards::columns(&mut **tx, owner, board).await?;
            let cards = boards::cards(&mut **tx, owner, board).await?;
            if let Some((column, order)) = moved(&columns, &cards, card, to) {
                boards::place(&mut **tx, owner, board, column, &order).await?;
            }
            Ok(())
        })
    });
    work.await
}

/// Puts a card at a place of a column, see [`placed`].
///
/// # Errors
/// [`Error::NotFound`] if `owner` has no such board.
pub async fn place_card(
    db: &Db,
    owner: Owner,
    board: BoardId,
    card: CardId,
    column: ColumnId,
    to: usize,
) -> Result<()> {
    let work = db.run(|tx| {
        Box::pin(async move {
            if !boards::lock(&mut **tx, owner, board).await? {
                return Err(Error::NotFound);
            }
            let columns = boards::columns(&mut **tx, owner, board).await?;
            let cards = boards::cards(&mut **tx, owner, board).await?;
            if let Some(order) = placed(&columns, &cards, card, column, to) {
                boards::place(&mut **tx, owner, board, column, &order).await?;
            }
            Ok(())
        })
    });
    work.await
}

/// The topic that pages subscribe to for changes of a board, see [`changed`].
pub fn topic(board: BoardId) -> String {
    format!("board {board}")
}

/// Notifies the pages that show `board`, in every process. Call it after the change is stored.
pub fn changed(hub: &Hub, board: BoardId) {
    if let Err(error) = hub.publish(&topic(board), &()) {
        tracing::warn!(%error, "cannot notify pages of a change");
    }
}
