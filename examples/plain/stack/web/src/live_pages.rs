//! What is logged and counted of live pages.
//!
//! Each event has an id of its own: a connection lasts for hours, and nobody wants to read an hour to understand a click.

use std::any::Any;

use stack_live::{
    Visit,
    observer::{ActiveWork, Observer, Work},
};

use crate::{metrics::Metrics, random};

/// Logs and counts what happens on all live pages.
pub struct LivePages(pub Metrics);

impl Observer for LivePages {
    fn connection(&self) -> Box<dyn Any + Send> {
        Box::new(self.0.live_connection())
    }

    fn work(&self, _: &Visit, work: &Work) -> ActiveWork {
        let id = random::id();
        let (page, kind) = (work.page, work.trigger.as_str());
        let handler = work
            .handler
            .map(|at| format!("{}:{}", at.file(), at.line()));
        // Of the highest level, so that every line has the id whatever is logged.
        let span = tracing::error_span!(
            parent: None,
            "live",
            id,
            page,
            kind,
            handler,
        );
        ActiveWork {
            id: id.into(),
            span,
            guard: Box::new(self.0.live_work(page, kind)),
        }
    }

    fn sent(&self, bytes: usize) {
        self.0.live_sent(bytes);
    }
}
