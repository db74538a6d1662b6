//! How the server responded to each message of a recording.

use std::collections::HashMap;

use serde_json::Value;

use crate::{
    recording::{Event, EventKind, Visitor},
    step::Outcome,
};

/// The response to a message.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Response {
    pub outcome: Outcome,
    /// When it was there.
    pub at: u64,
    /// It was an upload that the visitor cancelled.
    pub cancelled: bool,
}

/// What the browser returned when a live page called it.
#[derive(Clone, Debug)]
pub struct CallResult {
    /// The path of the call.
    pub path: Value,
    /// Whether it succeeded.
    pub ok: bool,
    /// What it returned.
    pub value: Value,
}

/// All responses, by the index of the message among the events.
#[derive(Debug, Default)]
pub(crate) struct Responses {
    by_index: HashMap<usize, Response>,
    pub call_results: Vec<CallResult>,
    /// Messages that wait for their response, by connection.
    pending: HashMap<u64, Vec<Pending>>,
    /// Connection and number of a call → its path.
    calls: HashMap<(u64, u64), Value>,
    /// Connection and number of an upload → index of its message.
    uploads: HashMap<(u64, u64), usize>,
}

/// A message that waits for its response.
#[derive(Debug)]
struct Pending {
    index: usize,
    /// None for the first one of a connection.
    seq: Option<u64>,
    /// Its handler is still at work after the acknowledgement.
    is_working: bool,
}

impl Responses {
    pub(crate) fn of(visitor: &Visitor) -> Self {
        let mut all = Self::default();
        for (index, event) in visitor.events.iter().enumerate() {
            match &event.kind {
                EventKind::ClientMessage(connection, message) => {
                    all.client_message(index, event, *connection, message);
                }
                EventKind::ServerMessage(connection, message) => {
                    all.server_message(event, *connection, message);
                }
                EventKind::Request { .. } | EventKind::UploadChunk(_) => {}
            }
        }
        all
    }

    /// The response to the message with this index.
    pub(crate) fn to(&self, index: usize) -> Response {
        self.by_index.get(&index).copied().unwrap_or_default()
    }

    fn client_message(&mut self, index: usize, event: &Event, connection: u64, message: &Value) {
        let response = Response {
            at: event.ended,
            ..Response::default()
        };
        self.by_index.insert(index, response);
        let number = |at: usize| message[at].as_u64().unwrap_or_default();
        let seq = match message[0].as_str() {
            Some("join") => None,
            Some("ev" | "nav") => Some(number(1)),
            Some("up") => {
                self.uploads.insert((connection, number(4)), index);
                Some(number(1))
            }
            Some("upx") => {
                let upload = self.uploads.get(&(connection, number(1)));
                if let Some(response) = upload.and_then(|index| self.by_index.get_mut(index)) {
                    response.cancelled = true;
                }
                return;
            }
            Some("ret") => {
                if let Some(path) = self.calls.remove(&(connection, number(1))) {
                    self.call_results.push(CallResult {
                        path,
                        ok: message[2].as_bool().unwrap_or_default(),
                        value: message[3].clone(),
                    });
                }
                return;
            }
            _ => return,
        };
        self.pending.entry(connection).or_default().push(Pending {
            index,
            seq,
            is_working: false,
        });
    }

    fn server_message(&mut self, event: &Event, connection: u64, message: &Value) {
        for call in message["c"].as_array().into_iter().flatten() {
            let number = call[0].as_u64().unwrap_or_default();
            self.calls.insert((connection, number), call[1].clone());
        }
        let Some(pending) = self.pending.get_mut(&connection) else {
            return;
        };
        let outcome = Outcome::of(message);
        let acknowledged = message["a"].as_u64();
        let is_in = |list: &str, seq: u64| {
            message[list]
                .as_array()
                .is_some_and(|list| list.iter().any(|one| one.as_u64() == Some(seq)))
        };
        pending.retain_mut(|one| {
            let is_answered = match one.seq {
                None => message.get("v").is_some(),
                Some(seq) if one.is_working => is_in("d", seq) || message.get("n").is_some(),
                Some(seq) => acknowledged.is_some_and(|upto| upto >= seq),
            };
            if !is_answered && !outcome.ends_page() {
                return true;
            }
            let response = self.by_index.entry(one.index).or_default();
            response.at = event.ended;
            // Whether joining brings HTML depends on what both sides know, not on the visitor.
            if one.seq.is_some() || outcome.ends_page() {
                response.outcome = response.outcome.max(outcome);
            }
            // Its handler is still at work, and what that brings is part of the response.
            one.is_working =
                outcome < Outcome::Navigation && one.seq.is_some_and(|seq| is_in("w", seq));
            one.is_working
        });
    }
}
