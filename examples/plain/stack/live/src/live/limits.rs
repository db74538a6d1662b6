//! Limits on what a client may use.

use std::time::Duration;

/// Limits on what a client may use. A visitor is known by a cookie, which a client can leave out; an address stands for
/// everybody in an office.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of one message from the browser, such as a form that is submitted. The script knows it: who has written more
    /// is told so at the field.
    pub message_bytes: usize,
    /// What the messages of one connection may cost, see [`Rate`]. One that costs more is closed.
    pub events: Rate,
    /// What those of all connections of a visitor may cost. A message that costs more has to wait.
    pub events_per_visitor: Rate,
    /// What those of all connections from an address may cost. A message that costs more has to wait.
    pub events_per_address: Rate,
    /// Bytes of a page's state; of a larger one nothing is kept.
    pub state_bytes: usize,
    /// Bytes of a page's HTML; a larger one is an error.
    pub html_bytes: usize,
    /// Bytes of one message to the browser; a larger one is an error. No more than that waits for a browser to read it.
    pub send_bytes: usize,
    /// Jobs of one page at once: async handlers, effects, uploads.
    pub jobs: usize,
    /// Uploads of one page at once.
    pub uploads: usize,
    /// Bytes that the browser may send ahead of what the handler of an upload has taken. More of it is faster over long
    /// distances: so much arrives in a round trip.
    pub upload_window: usize,
    /// Uploads of this process that have such a window at once; of a visitor, or from an address, a quarter of that. Those
    /// that come later send one part at a time.
    pub upload_windows: usize,
    /// Bytes a second of all uploads of a visitor. Parts that come faster are taken later.
    pub upload_bytes_per_visitor: Rate,
    /// Bytes a second of all uploads from an address.
    pub upload_bytes_per_address: Rate,
    /// How long the next part of an upload may take.
    pub upload_timeout: Duration,
    /// How long the page of an upload is kept after its connection broke, for the next one to go on with.
    pub upload_resume_timeout: Duration,
    /// How long a browser may take to read a message.
    pub send_timeout: Duration,
    /// How long a browser may send nothing; the script sends something every 25 seconds.
    pub idle_timeout: Duration,
    /// How long the handlers of events may go on after their connection has ended.
    pub finish_timeout: Duration,
    /// Bytes for what is remembered of pages whose connection has ended, and for how long: what they have done, so that it
    /// is not done twice, and the state that came of it.
    pub remembered_bytes: usize,
    /// See [`remembered_bytes`](Self::remembered_bytes).
    pub remember_for: Duration,
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
    /// Connections from one address, or from one network of IPv6 (the first 64 bits).
    pub connections_per_address: usize,
}

/// What a message costs that renders a whole page, or begins an upload. A click costs 1.
pub const PAGE_COST: u32 = 5;

/// How much may be used: of messages in clicks, see [`PAGE_COST`]; of uploads in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Over a longer time.
    pub per_second: u32,
    /// At once.
    pub burst: u32,
}

impl Rate {
    const fn new(per_second: u32, burst: u32) -> Self {
        Self { per_second, burst }
    }
}

impl Limits {
    /// With so many connections from one address, and a budget that fits them: a click a second for each, and all of
    /// them rendered at once, as after a restart of the server.
    #[must_use]
    pub fn with_connections_per_address(self, connections: u32) -> Self {
        Self {
            connections_per_address: usize::try_from(connections).unwrap_or(usize::MAX),
            events_per_address: Rate::new(connections, connections.saturating_mul(PAGE_COST)),
            ..self
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 256 * 1024,
            events: Rate::new(50, 200),
            events_per_visitor: Rate::new(100, 400),
            events_per_address: Rate::new(1_000, 5_000),
            state_bytes: 32 * 1024,
            html_bytes: 2 * 1024 * 1024,
            send_bytes: 8 * 1024 * 1024,
            jobs: 100,
            uploads: 4,
            upload_window: 1024 * 1024,
            upload_windows: 64,
            upload_bytes_per_visitor: Rate::new(16 * 1024 * 1024, 32 * 1024 * 1024),
            upload_bytes_per_address: Rate::new(64 * 1024 * 1024, 128 * 1024 * 1024),
            upload_timeout: Duration::from_secs(60),
            upload_resume_timeout: Duration::from_secs(30),
            send_timeout: Duration::from_secs(15),
            idle_timeout: Duration::from_secs(70),
            finish_timeout: Duration::from_secs(5),
            remembered_bytes: 16 * 1024 * 1024,
            remember_for: Duration::from_secs(120),
            render_timeout: Duration::from_secs(30),
            state_lifetime: Duration::from_secs(24 * 60 * 60),
            session_check: Duration::from_secs(60),
            connections: 50_000,
            connections_per_visitor: 50,
            connections_per_address: 1_000,
        }
    }
}
