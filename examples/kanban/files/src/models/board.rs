//! A board: columns from left to right, cards from top to bottom.

use std::str::FromStr;

use super::{BoardId, CardId, ColumnId, Invalid, text};

/// A board, without what is on it.
#[derive(Clone, Debug)]
pub struct Board {
    /// The board's id.
    pub id: BoardId,
    /// The title.
    pub title: Title,
}

/// A column of a board.
#[derive(Clone, Debug)]
pub struct Column {
    /// The column's id.
    pub id: ColumnId,
    /// The title.
    pub title: Title,
}

/// A card, in its column.
#[derive(Clone, Debug)]
pub struct Card {
    /// The card's id.
    pub id: CardId,
    /// Its column.
    pub column: ColumnId,
    /// The task.
    pub title: Title,
}

/// One line of 1 to 120 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title(String);

impl Title {
    /// Trims `text` and checks its length.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        text::line(text, 1..=120).map(Self)
    }

    /// The title.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The direction of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Before the card above it.
    Up,
    /// Behind the card below it.
    Down,
    /// To the end of the column to the left.
    Left,
    /// To the end of the column to the right.
    Right,
}

impl FromStr for Direction {
    type Err = Invalid;

    /// Parses the name of an arrow key.
    fn from_str(key: &str) -> Result<Self, Invalid> {
        match key {
            "ArrowUp" => Ok(Self::Up),
            "ArrowDown" => Ok(Self::Down),
            "ArrowLeft" => Ok(Self::Left),
            "ArrowRight" => Ok(Self::Right),
            _ => Err(Invalid::new("must be an arrow key")),
        }
    }
}

/// The order of the cards of `column` with `card` at the place `to`; `None` if there is no such card or column.
pub fn placed(
    columns: &[Column],
    cards: &[Card],
    card: CardId,
    column: ColumnId,
    to: usize,
) -> Option<Vec<CardId>> {
    columns.iter().find(|known| known.id == column)?;
    cards.iter().find(|known| known.id == card)?;
    let others = cards
        .iter()
        .filter(|known| known.column == column && known.id != card);
    let mut order: Vec<CardId> = others.map(|known| known.id).collect();
    order.insert(to.min(order.len()), card);
    Some(order)
}

/// The column of `card` after a move, and the order of that column's cards; `None` if nothing changes.
pub fn moved(
    columns: &[Column],
    cards: &[Card],
    card: CardId,
    to: Direction,
) -> Option<(ColumnId, Vec<CardId>)> {
    let from = cards.iter().find(|known| known.id == card)?.column;
    let place = columns.iter().position(|column| column.id == from)?;
    let target = match to {
        Direction::Up | Direction::Down => place,
        Direction::Left => place.checked_sub(1)?,
        Direction::Right => place + 1,
    };
    let target = columns.get(target)?.id;
    let in_target = cards.iter().filter(|known| known.column == target);
    let mut order: Vec<CardId> = in_target.map(|known| known.id).collect();
    match order.iter().position(|known| *known == card) {
        None => order.push(card),
        Some(at) => {
            let other = if to == Direction::Up {
                at.checked_sub(1)?
            } else {
                at + 1
            };
            if other >= order.len() {
                return None;
            }
            order.swap(at, other);
        }
    }
    Some((target, order))
}
