//! What pages of one room tell each other: who is here, and that there is a message.

use serde::{Deserialize, Serialize};
use stack_live::broadcast::Hub;
use uuid::Uuid;

use crate::models::RoomId;

/// What is published to a room.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum RoomEvent {
    /// A message was stored.
    Said,
    /// Somebody has the room open in this window. Repeated, so that a window that is lost is forgotten.
    Here(Presence),
    /// This window is closed.
    Left(Uuid),
}

/// A window in which a room is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Which window.
    pub window: Uuid,
    /// The name of who looks at it.
    pub name: String,
}

/// Where pages hear what happens in `room`.
pub fn topic(room: RoomId) -> String {
    format!("room {room}")
}

/// Tells the pages that show `room`, in every process.
pub fn publish(hub: &Hub, room: RoomId, event: &RoomEvent) {
    if let Err(error) = hub.publish(&topic(room), event) {
        tracing::warn!(%error, "a room was not told what happens in it");
    }
}

/// Says that a window is closed, when this is dropped.
pub struct LeaveOnDrop {
    /// Tells it.
    pub hub: Hub,
    /// The room.
    pub room: RoomId,
    /// The window.
    pub window: Uuid,
}

impl Drop for LeaveOnDrop {
    fn drop(&mut self) {
        publish(&self.hub, self.room, &RoomEvent::Left(self.window));
    }
}
