//! Messages between pages, in this process at once and in the others a moment later.
//!
//! A [`Hub`] delivers to the subscribers of this process by itself. [`connect`] joins it with the hubs of other
//! processes on the same database, by LISTEN and NOTIFY ([`postgres`]). Nothing is stored for those who are not there: a
//! message says that something has changed, and what it is now is in the database. A subscriber that may have missed one
//! gets [`Lagged`] and loads again. So publish after the commit, not before.

use std::{
    collections::HashMap,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use parking_lot::{Mutex, MutexGuard};
use serde::Serialize;
use sqlx::PgPool;
use tokio::sync::mpsc;

mod backoff;
mod envelope;
mod mailbox;
mod outgoing;
mod postgres;
mod recent;

use backoff::Backoff;
use envelope::Envelope;
pub use mailbox::{Delivery, Lagged, Mailbox, MailboxReceiver};
use outgoing::{Outgoing, OutgoingMessage};
use recent::Recent;

/// Bytes of a topic.
pub const TOPIC_BYTES: usize = 200;
/// Bytes of a message as JSON. NOTIFY takes 8,000, and the envelope needs some.
pub const MESSAGE_BYTES: usize = 7_000;
/// Messages that wait to be sent to other processes.
const QUEUE: usize = 1_000;

/// Where messages between pages go. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Shared>);

struct Shared {
    /// Tells our own messages from those of other processes.
    id: String,
    topics: Mutex<Topics>,
    next_subscriber: AtomicU64,
    /// That of `topics.recent`, to be read without the lock.
    published: AtomicU64,
    /// To the task that sends to other processes, if there is one.
    outgoing: Mutex<Option<mpsc::Sender<OutgoingMessage>>>,
    dropped: AtomicU64,
    /// Some were dropped, and the other processes do not know it yet.
    missed: AtomicBool,
}

/// The subscribers of each topic, in the order in which they came, and what they were sent last.
#[derive(Default)]
struct Topics {
    subscribers: HashMap<Box<str>, Vec<Subscriber>>,
    recent: Recent,
}

/// A subscriber of a topic.
struct Subscriber {
    id: u64,
    tag: u32,
    mailbox: Mailbox,
}

/// A mailbox gets the messages of a topic as long as this lives.
pub struct Subscription {
    hub: Hub,
    topic: Box<str>,
    id: u64,
}

/// Why a message is not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The topic is too long, or has characters that no topic may have.
    #[error("a topic may have {TOPIC_BYTES} bytes and no control characters, unlike {0:?}")]
    Topic(String),
    /// The message is too long.
    #[error(
        "a message may have {MESSAGE_BYTES} bytes as JSON, this one has {0}: send what has changed, such as an id, and \
         let pages load it"
    )]
    TooLong(usize),
    /// The message cannot be JSON.
    #[error("a message cannot be JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Default for Hub {
    fn default() -> Self {
        Self(Arc::new(Shared {
            id: crate::random_hex(),
            topics: Mutex::default(),
            next_subscriber: AtomicU64::new(0),
            published: AtomicU64::new(0),
            outgoing: Mutex::default(),
            dropped: AtomicU64::new(0),
            missed: AtomicBool::new(false),
        }))
    }
}

impl Hub {
    /// Sends `message` to all subscribers of `topic`: those of this process at once, those of others soon. Does not wait.
    ///
    /// # Errors
    /// If topic or message are too long.
    pub fn publish(&self, topic: &str, message: &impl Serialize) -> Result<(), PublishError> {
        if topic.len() > TOPIC_BYTES || topic.contains(char::is_control) {
            let shown = topic.chars().take(TOPIC_BYTES).collect();
            return Err(PublishError::Topic(shown));
        }
        let payload = serde_json::to_string(message)?;
        if payload.len() > MESSAGE_BYTES {
            return Err(PublishError::TooLong(payload.len()));
        }
        let payload: Arc<str> = payload.into();
        // Held until the message is queued as well: so all processes get those of a topic in the same order.
        let mut topics = self.topics();
        self.deliver(&mut topics, topic, &payload);
        self.queue(topic, payload);
        drop(topics);
        Ok(())
    }

    /// Puts the messages of `topic` into `mailbox`, with `tag` to tell them from those of other topics, until what is
    /// returned is dropped.
    pub fn subscribe(&self, topic: &str, mailbox: &Mailbox, tag: u32) -> Subscription {
        self.subscribe_since(u64::MAX, topic, mailbox, tag)
    }

    /// How many messages there have been, of all topics.
    pub(crate) fn published(&self) -> u64 {
        self.0.published.load(Ordering::Acquire)
    }

    /// As [`subscribe`](Self::subscribe), with what has come since there were `begun` messages.
    pub(crate) fn subscribe_since(
        &self,
        begun: u64,
        topic: &str,
        mailbox: &Mailbox,
        tag: u32,
    ) -> Subscription {
        let id = self.0.next_subscriber.fetch_add(1, Ordering::Relaxed);
        let mut topics = self.topics();
        match topics.recent.since(begun, topic) {
            Ok(missed) => missed.for_each(|payload| mailbox.put(tag, payload)),
            Err(Lagged) => mailbox.put_lagged(),
        }
        let subscriber = Subscriber {
            id,
            tag,
            mailbox: mailbox.clone(),
        };
        let subscribers = topics.subscribers.entry(topic.into());
        subscribers.or_default().push(subscriber);
        drop(topics);
        Subscription {
            hub: self.clone(),
            topic: topic.into(),
            id,
        }
    }

    /// How many messages were not sent to other processes because too many were waiting.
    pub fn dropped(&self) -> u64 {
        self.0.dropped.load(Ordering::Relaxed)
    }

    fn topics(&self) -> MutexGuard<'_, Topics> {
        self.0.topics.lock()
    }

    /// Hands a message to the task that sends to other processes.
    fn queue(&self, topic: &str, payload: Arc<str>) {
        let outgoing = self.0.outgoing.lock();
        // Without the task there are no other processes.
        let Some(outgoing) = &*outgoing else { return };
        let message = OutgoingMessage {
            topic: topic.into(),
            payload,
        };
        if let Err(mpsc::error::TrySendError::Full(_)) = outgoing.try_send(message) {
            self.0.missed.store(true, Ordering::Release);
            let dropped = self.0.dropped.fetch_add(1, Ordering::Relaxed) + 1;
            // Not a line for each: there is too much of everything already.
            if dropped.is_power_of_two() {
                tracing::warn!(
                    dropped,
                    "messages are published faster than the database takes them"
                );
            }
        }
    }

    /// Delivers what another process has sent.
    fn receive(&self, text: &str) {
        let envelope = match Envelope::parse(text) {
            Ok(envelope) if envelope.from == self.0.id => return,
            Ok(envelope) => envelope,
            Err(error) => {
                tracing::warn!(%error, "a message from another process cannot be read");
                return;
            }
        };
        match envelope {
            Envelope {
                topic: Some(topic),
                message: Some(message),
                ..
            } => self.deliver(&mut self.topics(), &topic, &message.get().into()),
            envelope if envelope.missed => self.mark_all_lagged(),
            // A heartbeat.
            _ => {}
        }
    }

    /// Tells every subscriber that it may have missed messages.
    pub(crate) fn mark_all_lagged(&self) {
        let mut topics = self.topics();
        self.0
            .published
            .store(topics.recent.forget(), Ordering::Release);
        for subscriber in topics.subscribers.values().flatten() {
            subscriber.mailbox.put_lagged();
        }
    }

    fn deliver(&self, topics: &mut Topics, topic: &str, payload: &Arc<str>) {
        for subscriber in topics.subscribers.get(topic).into_iter().flatten() {
            subscriber.mailbox.put(subscriber.tag, payload);
        }
        let published = topics.recent.push(topic, payload);
        self.0.published.store(published, Ordering::Release);
    }

    /// The queue for other processes, in the place of the one before.
    fn outgoing(&self) -> Outgoing {
        let (sender, receiver) = mpsc::channel(QUEUE);
        *self.0.outgoing.lock() = Some(sender);
        Outgoing::new(self.clone(), receiver)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut topics = self.hub.topics();
        let Some(subscribers) = topics.subscribers.get_mut(&self.topic) else {
            return;
        };
        subscribers.retain(|subscriber| subscriber.id != self.id);
        if subscribers.is_empty() {
            topics.subscribers.remove(&self.topic);
        }
    }
}

/// Joins `hub` with those of other processes on the same database, for as long as what is returned is polled: a task
/// that the application spawns, and aborts when it stops. It never ends by itself; what goes wrong is logged and
/// tried again.
pub fn connect(hub: Hub, pool: PgPool) -> impl Future<Output = ()> + Send + 'static {
    let outgoing = hub.outgoing();
    async move {
        postgres::run(hub, pool, outgoing).await;
    }
}
