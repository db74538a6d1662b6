//! The events of a room: presence, and new messages.

use serde::{Deserialize, Serialize};
use stack_live::broadcast::Hub;
use uuid::Uuid;

use crate::models::RoomId;

/// An event that is published to the pages of a room.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum RoomEvent {
    /// A message was stored.
    NewMessage,
    /// A window has the room open. It is repeated (heartbeat), so that lost windows can be removed.
    Present(Presence),
    /// A window was closed.
    Left(Uuid),
}

/// A window in which a room is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// The id of the window.
    pub window: Uuid,
    /// The display name of its user.
    pub name: String,
}

/// The topic of the events of `room`.
pub fn topic(room: RoomId) -> String {
    format!("room {room}")
}

/// Publishes an event to the pages that show `room`, in every process.
pub fn publish(hub: &Hub, room: RoomId, event: &RoomEvent) {
    if let Err(error) = hub.publish(&topic(room), event) {
        tracing::warn!(%error, "cannot publish an event of a room");
    }
}

/// Publishes [`RoomEvent::Left`] when it is dropped.
pub struct LeaveOnDrop {
    /// Publishes the event.
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
