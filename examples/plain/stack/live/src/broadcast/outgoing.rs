//! From the queue to other processes, many at once.

use std::{borrow::Cow, future::Future, sync::Arc, sync::atomic::Ordering, time::Duration};

use serde_json::value::RawValue;
use tokio::{sync::mpsc, time::timeout};

use super::{Backoff, Envelope, Hub};

/// Messages in one statement.
const AT_ONCE: usize = 100;
/// After so much silence we say something, so that who listens can tell a silent connection from a dead one.
pub(super) const SILENCE: Duration = Duration::from_secs(30);

/// A message that waits to be sent.
pub(super) struct Waiting {
    pub topic: Box<str>,
    pub payload: Arc<str>,
}

/// The end of the queue at which messages come out.
pub(super) struct Outgoing {
    hub: Hub,
    queue: mpsc::Receiver<Waiting>,
    number: u64,
}

impl Outgoing {
    pub(super) fn new(hub: Hub, queue: mpsc::Receiver<Waiting>) -> Self {
        Self {
            hub,
            queue,
            number: 0,
        }
    }

    /// Sends what comes by `send`, which takes numbers and envelopes. What cannot be sent is given up, and the others
    /// are told as soon as they can be.
    pub(super) async fn run<F>(mut self, mut send: impl FnMut(Vec<i64>, Vec<String>) -> F)
    where
        F: Future<Output = Result<(), sqlx::Error>>,
    {
        let mut backoff = Backoff::default();
        let mut waiting = Vec::with_capacity(AT_ONCE);
        loop {
            // News of a loss does not wait for the next message: until it arrives, pages show what is old.
            let missed = self.hub.0.missed.load(Ordering::Acquire);
            let patience = if missed { Duration::ZERO } else { SILENCE };
            // Zero if the hub has another task by now, or if it was silent.
            let came = timeout(patience, self.queue.recv_many(&mut waiting, AT_ONCE)).await;
            if came == Ok(0) {
                return;
            }
            let missed = self.hub.0.missed.swap(false, Ordering::AcqRel);
            let envelopes = self.envelopes(&mut waiting, missed);
            let (numbers, texts) = envelopes.into_iter().unzip();
            match send(numbers, texts).await {
                Ok(()) => backoff = Backoff::default(),
                Err(error) => {
                    self.hub.0.missed.store(true, Ordering::Release);
                    backoff.wait(&error).await;
                }
            }
        }
    }

    /// What waits, each with its number; the news that something was missed; a sign of life if there is neither.
    fn envelopes(&mut self, waiting: &mut Vec<Waiting>, missed: bool) -> Vec<(i64, String)> {
        let hub = self.hub.clone();
        let mut envelopes = Vec::with_capacity(waiting.len() + 1);
        let mut put = |topic: Option<&str>, message: Option<&RawValue>, missed: bool| {
            self.number += 1;
            let (from, topic) = (Cow::Borrowed(hub.0.id.as_str()), topic.map(Cow::Borrowed));
            let envelope = Envelope {
                from,
                number: self.number,
                topic,
                message,
                missed,
            };
            envelopes.push((
                i64::try_from(self.number).unwrap_or(i64::MAX),
                envelope.text(),
            ));
        };
        let silent = waiting.is_empty();
        for Waiting { topic, payload } in waiting.drain(..) {
            let message = serde_json::from_str(&payload).expect("it was made as JSON");
            put(Some(&topic), Some(message), false);
        }
        if missed || silent {
            put(None, None, missed);
        }
        envelopes
    }
}
