//! Sends messages to other processes, many at once.

use std::{borrow::Cow, future::Future, sync::Arc, sync::atomic::Ordering, time::Duration};

use serde_json::value::RawValue;
use tokio::{sync::mpsc, time::timeout};

use super::{Backoff, Envelope, Hub};

/// Messages in one statement.
const AT_ONCE: usize = 100;
/// After so much time without a message a heartbeat is sent, so that listeners can tell a silent connection from a dead
/// one, and a silent process from one that is gone.
const HEARTBEAT: Duration = Duration::from_secs(3);

/// A message that waits to be sent.
pub(super) struct OutgoingMessage {
    pub topic: Box<str>,
    pub payload: Arc<str>,
}

/// The receiving end of the queue.
pub(super) struct Outgoing {
    hub: Hub,
    queue: mpsc::Receiver<OutgoingMessage>,
    number: u64,
}

impl Outgoing {
    pub(super) fn new(hub: Hub, queue: mpsc::Receiver<OutgoingMessage>) -> Self {
        Self {
            hub,
            queue,
            number: 0,
        }
    }

    /// Passes what comes to `send`, as the texts of envelopes. What cannot be sent is given up, and the other processes
    /// are told so as soon as possible.
    pub(super) async fn run<F>(mut self, mut send: impl FnMut(Vec<String>) -> F)
    where
        F: Future<Output = Result<(), sqlx::Error>>,
    {
        let mut backoff = Backoff::default();
        let mut waiting = Vec::with_capacity(AT_ONCE);
        loop {
            // News of a loss does not wait for the next message: until it arrives, pages show what is old.
            let missed = self.hub.0.missed.load(Ordering::Acquire);
            let wait = if missed { Duration::ZERO } else { HEARTBEAT };
            // Zero if the hub has another task by now.
            let came = timeout(wait, self.queue.recv_many(&mut waiting, AT_ONCE)).await;
            if came == Ok(0) {
                return;
            }
            let missed = self.hub.0.missed.swap(false, Ordering::AcqRel);
            let envelopes = self.envelopes(&mut waiting, missed);
            match send(envelopes).await {
                Ok(()) => backoff = Backoff::default(),
                Err(error) => {
                    self.hub.0.missed.store(true, Ordering::Release);
                    backoff.wait(&error).await;
                }
            }
        }
    }

    /// What waits; the news that something was missed; a heartbeat if there is neither.
    fn envelopes(&mut self, waiting: &mut Vec<OutgoingMessage>, missed: bool) -> Vec<String> {
        let hub = self.hub.clone();
        let mut envelopes = Vec::with_capacity(waiting.len() + 1);
        let mut put = |topic: Option<&str>, message: Option<&RawValue>, missed: bool| {
            self.number += 1;
            let envelope = Envelope {
                from: hub.0.id.as_str().into(),
                number: self.number,
                topic: topic.map(Cow::Borrowed),
                message,
                missed,
            };
            envelopes.push(envelope.text());
        };
        let silent = waiting.is_empty();
        for OutgoingMessage { topic, payload } in waiting.drain(..) {
            let message = serde_json::from_str(&payload).expect("it was made as JSON");
            put(Some(&topic), Some(message), false);
        }
        if missed || silent {
            put(None, None, missed);
        }
        envelopes
    }
}
