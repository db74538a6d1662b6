//! Messages that are too long for one frame.

use axum::body::Bytes;

use crate::session::Incoming;

/// Bytes of every part but the last.
pub(crate) const PART_BYTES: usize = 32 * 1024;

/// The parts of a message that have come so far.
pub(crate) struct Parts {
    bytes: Vec<u8>,
    /// Of a whole message.
    limit: usize,
}

impl Parts {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            bytes: Vec::new(),
            limit,
        }
    }

    /// Takes a binary frame: a part of a message begins with four zeros, where an upload has its number, and the count of
    /// bytes that are still to come. The result is `None` as long as there are some.
    pub(crate) fn take(&mut self, frame: Bytes) -> Option<Incoming> {
        let Some((head, part)) = frame.split_first_chunk::<8>() else {
            return Some(Incoming::Binary(frame));
        };
        let [0, 0, 0, 0, left @ ..] = *head else {
            return Some(Incoming::Binary(frame));
        };
        let left = usize::try_from(u32::from_be_bytes(left)).unwrap_or(usize::MAX);
        let known = self.bytes.len() + part.len();
        if known.saturating_add(left) > self.limit {
            return Some(Incoming::TooLarge);
        }
        // Small parts would be many frames at the price of one message.
        if part.is_empty() || left > 0 && part.len() < PART_BYTES {
            return Some(Incoming::Unreadable);
        }
        self.bytes.extend_from_slice(part);
        if left > 0 {
            return None;
        }
        let text = String::from_utf8(std::mem::take(&mut self.bytes));
        Some(text.map_or(Incoming::Unreadable, Incoming::Text))
    }
}
