//! Limits on what one visitor may use.

use std::{collections::HashMap, time::Duration};

use super::{Live, visitor_key};

/// Limits on what one visitor may use.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of one message from the browser.
    pub message_bytes: usize,
    /// Messages a second, over a longer time.
    pub events_per_second: u32,
    /// Messages at once.
    pub burst: u32,
    /// Bytes of a page's state; of a larger one nothing is kept.
    pub state_bytes: usize,
    /// Bytes of a page's HTML; a larger one is an error.
    pub html_bytes: usize,
    /// Jobs of one page at once: async handlers, effects, uploads.
    pub jobs: usize,
    /// How long a browser may take to read a message.
    pub send_timeout: Duration,
    /// How long a browser may send nothing; the script sends something every 25 seconds.
    pub idle_timeout: Duration,
    /// How long a rendering may take.
    pub render_timeout: Duration,
    /// How long a state is valid.
    pub state_lifetime: Duration,
    /// How often a page checks at least whether its [`Session`](crate::Session) is still valid.
    pub session_check: Duration,
    /// Connections of this process.
    pub connections: usize,
    /// Connections of one visitor.
    pub connections_per_visitor: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 64 * 1024,
            events_per_second: 50,
            burst: 200,
            state_bytes: 32 * 1024,
            html_bytes: 2 * 1024 * 1024,
            jobs: 100,
            send_timeout: Duration::from_secs(15),
            idle_timeout: Duration::from_secs(70),
            render_timeout: Duration::from_secs(30),
            state_lifetime: Duration::from_secs(24 * 60 * 60),
            session_check: Duration::from_secs(60),
            connections: 50_000,
            connections_per_visitor: 50,
        }
    }
}

/// How many connections are open.
#[derive(Default)]
pub(super) struct OpenConnections {
    all: usize,
    by_visitor: HashMap<[u8; 16], usize>,
}

impl Live {
    /// A permit for a new connection of this visitor; `None` if there are too many.
    pub(crate) fn admit(&self, secret: &str) -> Option<ConnectionPermit> {
        let visitor = visitor_key(secret);
        let limits = self.limits();
        let mut open = self.0.open.lock();
        let own = open.by_visitor.get(&visitor).copied().unwrap_or_default();
        if own >= limits.connections_per_visitor || open.all >= limits.connections {
            return None;
        }
        open.by_visitor.insert(visitor, own + 1);
        open.all += 1;
        drop(open);
        Some(ConnectionPermit {
            live: self.clone(),
            visitor,
        })
    }
}

/// A connection that is counted, until this is dropped.
pub(crate) struct ConnectionPermit {
    live: Live,
    visitor: [u8; 16],
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut open = self.live.0.open.lock();
        open.all -= 1;
        if let Some(own) = open.by_visitor.get_mut(&self.visitor) {
            *own -= 1;
            if *own == 0 {
                open.by_visitor.remove(&self.visitor);
            }
        }
    }
}
