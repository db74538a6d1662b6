//! What live pages do, for logs and metrics.
//!
//! The pages report when work begins and ends and what it is about; what becomes of that is the application's. Everything
//! that is reported here is bounded: patterns of routes, places in the code. Nothing comes from a browser as it is.

use std::{any::Any, panic::Location};

use tracing::Span;

use crate::Visit;

/// Is called when something happens on live pages.
pub trait Observer: Send + Sync + 'static {
    /// A connection begins. What is returned is dropped at its end.
    fn connection(&self) -> Box<dyn Any + Send>;
    /// Work on a page begins.
    fn work(&self, visit: &Visit, work: &Work) -> ActiveWork;
    /// A message of so many bytes is sent to a browser.
    fn sent(&self, bytes: usize);
}

/// What a page does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// The pattern of the page's route; empty for a path that is no live page.
    pub page: &'static str,
    /// What it is done for.
    pub trigger: Trigger,
    /// The line of code that made the handler, for an event and an upload.
    pub handler: Option<&'static Location<'static>>,
}

/// What makes a page do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// A browser has connected, and the page is rendered again.
    Join,
    /// An event of the browser, and a handler was found for it.
    Event,
    /// The visitor chose files.
    Upload,
    /// Another page takes the place of this one.
    Navigate,
    /// A message of another page, or of the database.
    Message,
    /// An effect has failed.
    Effect,
    /// A component has failed to render, without an event.
    Render,
}

impl Trigger {
    /// A word for labels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Event => "event",
            Self::Upload => "upload",
            Self::Navigate => "navigate",
            Self::Message => "message",
            Self::Effect => "effect",
            Self::Render => "render",
        }
    }
}

/// Work under way. Dropped at its end: when its answer was sent, or its async handler has ended and the answer to that
/// was sent.
pub struct ActiveWork {
    /// An id for this work, which a visitor can quote if it fails.
    pub id: Box<str>,
    /// Everything that is logged meanwhile is inside of it.
    pub span: Span,
    /// Dropped at the end.
    pub guard: Box<dyn Any + Send>,
}

/// Observes nothing.
pub(crate) struct NoObserver;

impl Observer for NoObserver {
    fn connection(&self) -> Box<dyn Any + Send> {
        Box::new(())
    }

    fn work(&self, _: &Visit, _: &Work) -> ActiveWork {
        ActiveWork {
            id: crate::random_hex().into(),
            span: Span::none(),
            guard: Box::new(()),
        }
    }

    fn sent(&self, _: usize) {}
}
