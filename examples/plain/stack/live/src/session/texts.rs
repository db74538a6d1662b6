//! Texts of the markup that `cargo dev` changes while a page is shown. A release build has none of it.

use super::{Io, Session};

/// Tells when texts have changed.
pub(super) struct Texts(#[cfg(debug_assertions)] maud::texts::Subscription);

impl Texts {
    pub(super) fn new() -> Self {
        Self(
            #[cfg(debug_assertions)]
            maud::texts::subscribe(),
        )
    }

    /// Ready when texts have changed. Nothing is lost if the future is dropped.
    #[cfg(debug_assertions)]
    pub(super) async fn changed(&mut self) {
        self.0.changed().await;
    }

    #[cfg(not(debug_assertions))]
    pub(super) async fn changed(&mut self) {
        std::future::pending().await
    }
}

impl<I: Io> Session<I> {
    /// Renders every component again. States are kept.
    pub(super) fn texts_changed(&mut self) {
        for instance in self.page.lock().instances.values_mut() {
            instance.dirty = true;
        }
    }
}
