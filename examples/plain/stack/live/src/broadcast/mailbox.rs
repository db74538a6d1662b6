//! Where the messages for a page wait.
//!
//! There is one for each page and most are empty most of the time, so it is a channel of futures: one of tokio has room
//! for 32 messages from the beginning.

use std::sync::Arc;

use futures_channel::mpsc;

/// The end that messages are put into. Cheap to clone.
#[derive(Clone)]
pub struct Mailbox(mpsc::UnboundedSender<Result<Delivery, Lagged>>);

/// The end that messages are taken from.
pub type MailboxReceiver = mpsc::UnboundedReceiver<Result<Delivery, Lagged>>;

/// A message for a subscriber.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What the subscriber calls the topic.
    pub tag: u32,
    /// The message, as JSON.
    pub payload: Arc<str>,
}

/// Messages were missed: what a page shows may be old, so it has to load again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("messages were missed")]
pub struct Lagged;

impl Mailbox {
    /// Places in a mailbox. The last one is kept for [`Lagged`].
    pub(crate) const CAPACITY: usize = 64;

    /// A mailbox for 63 messages. What comes while it is full is dropped, and [`Lagged`] stands at its end instead.
    pub fn new() -> (Self, MailboxReceiver) {
        let (sender, receiver) = mpsc::unbounded();
        (Self(sender), receiver)
    }

    /// Puts a message in. Called by one thread at a time: the hub holds its lock.
    pub(super) fn put(&self, tag: u32, payload: &Arc<str>) {
        if self.0.len() + 1 >= Self::CAPACITY {
            return self.put_lagged();
        }
        let payload = Arc::clone(payload);
        // Fails only if the page is gone.
        self.0.unbounded_send(Ok(Delivery { tag, payload })).ok();
    }

    /// Says that messages were missed. If the mailbox is full, that is the last thing in it already.
    pub(super) fn put_lagged(&self) {
        if self.0.len() < Self::CAPACITY {
            self.0.unbounded_send(Err(Lagged)).ok();
        }
    }
}
