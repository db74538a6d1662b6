//! Rooms, and what is said in them.

use time::OffsetDateTime;

use super::{DisplayName, Invalid, MessageId, RoomId, text};

/// A room.
#[derive(Clone, Debug)]
pub struct Room {
    /// Which room.
    pub id: RoomId,
    /// What it is called.
    pub name: RoomName,
}

/// A message, with the name of who wrote it.
#[derive(Clone, Debug)]
pub struct Message {
    /// Which message.
    pub id: MessageId,
    /// Who wrote it.
    pub author: DisplayName,
    /// What it says.
    pub body: MessageBody,
    /// When it was written.
    pub created_at: OffsetDateTime,
}

/// One line of 1 to 60 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomName(String);

impl RoomName {
    /// Trims `text` and checks its length.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        text::line(text, 1..=60).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One line of 1 to 1000 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageBody(String);

impl MessageBody {
    /// Trims `text` and checks its length.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        text::line(text, 1..=1000).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
