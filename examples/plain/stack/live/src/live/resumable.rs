//! Sessions that the next connection of their page may go on with.

use tokio::sync::oneshot;

use super::{Live, PageKey};
use crate::session::Claim;

impl Live {
    /// Where claims of the page arrive. Ends when the receiver is dropped.
    pub(crate) fn offer(&self, key: PageKey) -> oneshot::Receiver<Claim> {
        let (claims, receiver) = oneshot::channel();
        let mut offers = self.0.offers.lock();
        offers.retain(|_, other| !other.is_closed());
        offers.insert(key, claims);
        receiver
    }

    /// The session that has the page, if there is one.
    pub(crate) fn claim(&self, key: PageKey) -> Option<oneshot::Sender<Claim>> {
        self.0.offers.lock().remove(&key)
    }
}
