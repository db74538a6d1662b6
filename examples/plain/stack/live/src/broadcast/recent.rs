//! The last messages of all topics.
//!
//! A component subscribes while it is rendered, often after a load that takes a while. What was published since its
//! rendering has begun is delivered then, so that nothing is missed between the load and the subscription.

use std::{collections::VecDeque, sync::Arc};

use super::Lagged;

/// Bytes of the messages that are kept: as many as come while something is loaded, also where much is published.
const BYTES: usize = 1 << 20;

#[derive(Default)]
pub(super) struct Recent {
    /// As (topic, payload), with the oldest first.
    messages: VecDeque<(Box<str>, Arc<str>)>,
    bytes: usize,
    /// How many there were before the oldest.
    before: u64,
}

impl Recent {
    /// Keeps a message, and returns how many there have been.
    pub(super) fn push(&mut self, topic: &str, payload: &Arc<str>) -> u64 {
        let message = (Box::from(topic), Arc::clone(payload));
        self.bytes += size(&message);
        self.messages.push_back(message);
        while self.bytes > BYTES
            && let Some(oldest) = self.messages.pop_front()
        {
            self.bytes -= size(&oldest);
            self.before += 1;
        }
        self.published()
    }

    /// The messages of `topic` after the first `begun` ones of all topics.
    ///
    /// # Errors
    /// If some of these are not kept any more.
    pub(super) fn since<'a>(
        &'a self,
        begun: u64,
        topic: &'a str,
    ) -> Result<impl Iterator<Item = &'a Arc<str>>, Lagged> {
        let first = begun.checked_sub(self.before).ok_or(Lagged)?;
        let first = usize::try_from(first).unwrap_or(usize::MAX);
        let later = self.messages.iter().skip(first);
        Ok(later.filter_map(move |(of, payload)| (**of == *topic).then_some(payload)))
    }

    /// Some messages were missed: nobody is told of these. Returns how many there have been, with one of them.
    pub(super) fn forget(&mut self) -> u64 {
        self.before = self.published() + 1;
        self.messages.clear();
        self.bytes = 0;
        self.before
    }

    fn published(&self) -> u64 {
        self.before + self.messages.len() as u64
    }
}

/// With what it costs to keep it.
fn size((topic, payload): &(Box<str>, Arc<str>)) -> usize {
    64 + topic.len() + payload.len()
}
