//! The ids of traces that have one already.

use std::cell::Cell;

use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};

thread_local! {
    /// That of the next trace that begins in this thread.
    static NEXT: Cell<Option<TraceId>> = const { Cell::new(None) };
}

/// A trace that begins while `begin` runs has this id.
pub(super) fn with_trace(id: TraceId, begin: impl FnOnce()) {
    NEXT.set(Some(id));
    begin();
    NEXT.set(None);
}

/// Takes the id of [`with_trace`], else random ones.
#[derive(Debug, Default)]
pub(super) struct Ids(RandomIdGenerator);

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        NEXT.take().unwrap_or_else(|| self.0.new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        self.0.new_span_id()
    }
}
