//! Rooms and messages.

use time::OffsetDateTime;

use super::{DisplayName, Invalid, MessageId, RoomId, text};

/// A room.
#[derive(Clone, Debug)]
pub struct Room {
    /// The room's id.
    pub id: RoomId,
    /// The name.
    pub name: RoomName,
}

/// A message, with the name of its author.
#[derive(Clone, Debug)]
pub struct Message {
    /// The message's id.
    pub id: MessageId,
    /// The name of the author.
    pub author: DisplayName,
    /// The text.
    pub body: MessageBody,
    /// When it was sent.
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

/// Lines of 1 to 1000 characters together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageBody(String);

impl MessageBody {
    /// Trims `text` and checks its length.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        text::lines(text.trim(), 1..=1000).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
