//! Where the messages for a page wait.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

/// Messages that may wait.
const CAPACITY: usize = 64;

/// The end that messages are put into. Cheap to clone, and small while it is empty.
#[derive(Clone)]
pub struct Mailbox(Arc<Shared>);

/// The end that messages are taken from.
pub struct MailboxReceiver(Arc<Shared>);

#[derive(Default)]
struct Shared {
    content: Mutex<Content>,
    wake: Notify,
}

#[derive(Default)]
struct Content {
    waiting: VecDeque<Delivery>,
    lagged: bool,
}

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

/// A mailbox for 64 messages. One that overflows forgets them all and says [`Lagged`] instead.
pub fn mailbox() -> (Mailbox, MailboxReceiver) {
    let shared = Arc::<Shared>::default();
    (Mailbox(Arc::clone(&shared)), MailboxReceiver(shared))
}

impl Shared {
    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mailbox {
    pub(super) fn put(&self, tag: u32, payload: &Arc<str>) {
        let mut content = self.0.content();
        if content.lagged {
            return;
        }
        if content.waiting.len() < CAPACITY {
            content.waiting.push_back(Delivery {
                tag,
                payload: Arc::clone(payload),
            });
        } else {
            content.lag();
        }
        drop(content);
        self.0.wake.notify_one();
    }

    pub(super) fn lag(&self) {
        self.0.content().lag();
        self.0.wake.notify_one();
    }
}

impl Content {
    fn lag(&mut self) {
        self.lagged = true;
        self.waiting = VecDeque::new();
    }
}

impl MailboxReceiver {
    /// Waits for the next message. A call that is given up loses none.
    ///
    /// # Errors
    /// [`Lagged`], once, if messages were missed; then it goes on with those that came later.
    pub async fn next(&mut self) -> Result<Delivery, Lagged> {
        loop {
            {
                let mut content = self.0.content();
                if std::mem::take(&mut content.lagged) {
                    return Err(Lagged);
                }
                if let Some(delivery) = content.waiting.pop_front() {
                    if content.waiting.is_empty() {
                        // Most mailboxes are empty most of the time, and there is one for each page.
                        content.waiting = VecDeque::new();
                    }
                    return Ok(delivery);
                }
            }
            self.0.wake.notified().await;
        }
    }
}
