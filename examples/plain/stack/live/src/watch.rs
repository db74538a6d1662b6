//! What live pages do, for whoever watches over them: logs and metrics.
//!
//! The pages say when work begins and ends and what it is about; what becomes of that is the application's. Everything
//! said here is bounded: patterns of routes, places in the code. Nothing comes from a browser as it is.

use std::{any::Any, panic::Location};

use tracing::Span;

use crate::Visit;

/// Is told what happens on live pages.
pub trait Watch: Send + Sync + 'static {
    /// A connection begins. What is returned is dropped at its end.
    fn connection(&self) -> Box<dyn Any + Send>;
    /// Work on a page begins.
    fn work(&self, visit: &Visit, work: &Work) -> Watched;
    /// A message of so many bytes is sent to a browser.
    fn sent(&self, bytes: usize);
}

/// What a page does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// The pattern of the page's route; empty for a path that is no live page.
    pub page: &'static str,
    /// Why it is done.
    pub why: Why,
    /// The line of code that made the handler, for an event and an upload.
    pub handler: Option<&'static Location<'static>>,
}

/// Why a page does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// A browser has connected, and the page is rendered again.
    Join,
    /// Somebody did something, and a handler was found for it.
    Event,
    /// Somebody chose files.
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

impl Why {
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

/// Work that is watched, until it is dropped: when its answer was sent, or its async handler has ended and the answer
/// to that was sent.
pub struct Watched {
    /// A name for this work, which a visitor can quote if it fails.
    pub id: Box<str>,
    /// Everything that is logged meanwhile is inside of it.
    pub span: Span,
    /// Dropped at the end.
    pub end: Box<dyn Any + Send>,
}

/// Watches nothing.
pub(crate) struct Nobody;

impl Watch for Nobody {
    fn connection(&self) -> Box<dyn Any + Send> {
        Box::new(())
    }

    fn work(&self, _: &Visit, _: &Work) -> Watched {
        Watched {
            id: crate::random_hex().into(),
            span: Span::none(),
            end: Box::new(()),
        }
    }

    fn sent(&self, _: usize) {}
}
