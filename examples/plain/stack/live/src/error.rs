//! Why a page or a component returns no markup.

use std::{any::Any, error::Error, panic::Location};

/// What a page, a component and an async handler may return. Any error becomes one by `?`.
#[derive(Debug)]
pub enum PageError {
    /// The visitor should be somewhere else: a path, with a query if it has one.
    Redirect(String),
    /// Something failed. The application decides what the visitor is shown.
    Failed(Box<dyn Error + Send + Sync>),
    /// A component panicked, with this message. It ends, and the page goes on without it until somebody starts it again;
    /// where it is the page itself, the page ends.
    Panicked(String),
}

/// What components return.
pub type Result<T = maud::Markup, E = PageError> = std::result::Result<T, E>;

impl PageError {
    /// Sends the visitor to `path`.
    pub fn redirect(path: impl Into<String>) -> Self {
        Self::Redirect(path.into())
    }

    /// A panic, with its message.
    pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Self::Panicked(text.unwrap_or_else(|| "a panic without a message".into()))
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for PageError {
    #[track_caller]
    fn from(error: E) -> Self {
        let at = Location::caller();
        // For the overlay of `cargo dev`; nothing else is interested.
        tracing::trace!(target: "place", file = at.file(), line = at.line(), column = at.column());
        Self::Failed(Box::new(error))
    }
}
