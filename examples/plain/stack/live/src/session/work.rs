//! What a connection does between two messages to the browser, with an id and a span.

use std::{error::Error, panic::Location};

use tracing::Span;

use super::{Io, Session, Step, navigation::split};
use crate::{
    Ctx, PageError,
    observer::{ActiveWork, Trigger, Work},
    protocol::CloseReason,
};

impl<I: Io> Session<I> {
    /// Work of the page that is shown begins.
    pub(super) fn begin(&mut self, trigger: Trigger, handler: Option<&'static Location<'static>>) {
        let page = self.page.lock().url.pattern;
        self.begin_work(&Work {
            page,
            trigger,
            handler,
        });
    }

    /// The page at `url` is about to take the place of this one.
    pub(super) fn begin_navigation(&mut self, url: &str) {
        let (path, query) = split(url);
        let place = self.page.live.find(path, query);
        self.begin_work(&Work {
            page: place.map_or("", |(url, _, _)| url.pattern),
            trigger: Trigger::Navigate,
            handler: None,
        });
    }

    fn begin_work(&mut self, work: &Work) {
        let work = self.page.live.observer().work(&self.page.visit, work);
        self.resume(Some(work));
    }

    /// The job of work that has begun earlier has ended; what follows from it belongs to that work.
    pub(super) fn resume(&mut self, work: Option<ActiveWork>) {
        if let Some(work) = work {
            self.page.lock().work_id = Some(work.id.clone());
            self.work.push(work);
        }
    }

    /// That of the work under way.
    pub(super) fn span(&self) -> Span {
        let work = self.work.last();
        work.map_or_else(Span::none, |work| work.span.clone())
    }

    /// Everything was sent.
    pub(super) fn end_work(&mut self) {
        if !self.work.is_empty() {
            self.work.clear();
            self.page.lock().work_id = None;
        }
    }

    /// Passes an error to the application. `trigger` is for one that came without an event.
    pub(super) fn failed(
        &mut self,
        trigger: Trigger,
        at: u32,
        error: Box<dyn Error + Send + Sync>,
    ) {
        if self.work.is_empty() {
            self.begin(trigger, None);
        }
        let ctx = Ctx::later(&self.page, at);
        self.span().in_scope(|| self.page.live.error(&ctx, error));
    }

    /// Logs a panic, and puts a message for the visitor into the outbox: the page has stopped. `trigger` is for one that
    /// came without an event.
    pub(super) fn panicked(&mut self, trigger: Trigger, error: &PageError) {
        if self.work.is_empty() {
            self.begin(trigger, None);
        }
        let path = self.page.lock().url.path.clone();
        let id = self.page.lock().work_id.clone().unwrap_or_default();
        self.span()
            .in_scope(|| tracing::error!(?error, id = &*id, path, "a live page has stopped"));
        let mut text =
            format!("This page has stopped working. If you report this, please name {id}.");
        if cfg!(debug_assertions) {
            text.push_str(&format!(" {error:?}"));
        }
        self.page.lock().outbox.error = Some(text);
    }

    /// A handler, an effect or a subscription of the component `at` has panicked: that component ends, and if it is the
    /// page itself, the page.
    pub(super) fn component_panicked(&mut self, trigger: Trigger, at: u32, error: &PageError) {
        if self.work.is_empty() {
            self.begin(trigger, None);
        }
        if !self.span().in_scope(|| self.page.fail(at, error)) {
            self.panicked(trigger, error);
        }
    }

    /// Ends a page whose rendering has panicked.
    pub(super) async fn stop_page(&mut self, error: &PageError) -> Step {
        self.panicked(Trigger::Render, error);
        self.send_outbox().await?;
        Err(CloseReason::Panicked)
    }
}
