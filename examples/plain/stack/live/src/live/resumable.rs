//! Sessions that the next connection of their page may go on with.

use tokio::sync::oneshot;

use super::{Live, Visit, visitor_key};
use crate::session::Claim;

/// A page of a visitor's browser, by the id that the browser has chosen.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct ResumeKey {
    visitor: [u8; 16],
    page: Box<str>,
}

impl ResumeKey {
    pub(crate) fn new(visit: &Visit, page: &str) -> Option<Self> {
        (1..=64).contains(&page.len()).then(|| Self {
            visitor: visitor_key(&visit.secret),
            page: page.into(),
        })
    }
}

impl Live {
    /// Where claims of the page arrive. Ends when the receiver is dropped.
    pub(crate) fn offer(&self, key: ResumeKey) -> oneshot::Receiver<Claim> {
        let (claims, receiver) = oneshot::channel();
        let mut offers = self.0.offers.lock();
        offers.retain(|_, other| !other.is_closed());
        offers.insert(key, claims);
        receiver
    }

    /// The session that has the page, if there is one.
    pub(crate) fn claim(&self, key: &ResumeKey) -> Option<oneshot::Sender<Claim>> {
        self.0.offers.lock().remove(key)
    }
}
