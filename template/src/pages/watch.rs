//! Traces and metrics of live pages.
//!
//! Each event is a trace of its own, linked to the request that its connection began with: a connection lasts for
//! hours, and nobody wants to see an hour to understand a click.

use std::any::Any;

use stack_live::{
    Visit,
    watch::{Watch, Watched, Work},
};

use crate::{
    metrics::Metrics,
    telemetry::{self, Link, Trace},
};

/// Watches all live pages.
pub struct LivePages(pub Metrics);

impl Watch for LivePages {
    fn connection(&self) -> Box<dyn Any + Send> {
        Box::new(self.0.live_connection())
    }

    fn work(&self, visit: &Visit, work: &Work) -> Watched {
        let trace = Trace::generate();
        let (page, kind) = (work.page, work.why.as_str());
        let handler = work
            .handler
            .map(|at| format!("{}:{}", at.file(), at.line()));
        let name = telemetry::exporting().then(|| format!("{kind} {page}"));
        // Of the highest level, so that every line has the id whatever is logged.
        let span = tracing::error_span!(
            parent: None,
            "live",
            trace_id = trace.id(),
            page,
            kind,
            handler,
            otel.name = name,
            otel.kind = telemetry::exporting().then_some("server"),
        );
        telemetry::start(&span, &trace, visit.extensions.get::<Link>());
        Watched {
            id: trace.id().into(),
            span,
            end: Box::new(self.0.live_work(page, kind)),
        }
    }

    fn sent(&self, bytes: usize) {
        self.0.live_sent(bytes);
    }
}
