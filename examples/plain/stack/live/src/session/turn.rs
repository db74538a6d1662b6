//! What a connection does between two messages to the browser, named and watched.

use std::{error::Error, panic::Location};

use tracing::Span;

use super::{Io, Session, navigation::split};
use crate::{
    Ctx, Stop,
    watch::{Watched, Why, Work},
};

impl<I: Io> Session<I> {
    /// Work of the page that is shown begins.
    pub(super) fn begin(&mut self, why: Why, handler: Option<&'static Location<'static>>) {
        let page = self.page.lock().url.pattern;
        self.begin_work(&Work { page, why, handler });
    }

    /// The page at `url` is about to take the place of this one.
    pub(super) fn begin_navigation(&mut self, url: &str) {
        let (path, query) = split(url);
        let place = self.page.live.find(path, query);
        self.begin_work(&Work {
            page: place.map_or("", |(url, _, _)| url.pattern),
            why: Why::Navigate,
            handler: None,
        });
    }

    fn begin_work(&mut self, work: &Work) {
        let watched = self.page.live.watch().work(&self.page.visit, work);
        self.go_on_with(Some(watched));
    }

    /// Work that has begun earlier is at the end of its job.
    pub(super) fn go_on_with(&mut self, watched: Option<Watched>) {
        if let Some(watched) = watched {
            self.page.lock().work = Some(watched.id.clone());
            self.turn.push(watched);
        }
    }

    /// That of the work under way.
    pub(super) fn span(&self) -> Span {
        let watched = self.turn.last();
        watched.map_or_else(Span::none, |watched| watched.span.clone())
    }

    /// Everything was sent.
    pub(super) fn end_turn(&mut self) {
        if !self.turn.is_empty() {
            self.turn.clear();
            self.page.lock().work = None;
        }
    }

    /// Tells the application of an error. `why` is for one that came without an event.
    pub(super) fn failed(&mut self, why: Why, at: u32, error: Box<dyn Error + Send + Sync>) {
        if self.turn.is_empty() {
            self.begin(why, None);
        }
        let ctx = Ctx::later(&self.page, at);
        self.span().in_scope(|| self.page.live.error(&ctx, error));
    }

    /// Tells the visitor that the page has stopped, and the log why.
    pub(super) fn broken(&mut self, why: Why, stop: &Stop) {
        if self.turn.is_empty() {
            self.begin(why, None);
        }
        let path = self.page.lock().url.path.clone();
        let id = self.page.lock().work.clone().unwrap_or_default();
        self.span()
            .in_scope(|| tracing::error!(?stop, id = &*id, path, "a live page has stopped"));
        let mut text =
            format!("This page has stopped working. If you report this, please name {id}.");
        if cfg!(debug_assertions) {
            text.push_str(&format!(" {stop:?}"));
        }
        self.reply.error = Some(text);
        self.anything = true;
    }
}
