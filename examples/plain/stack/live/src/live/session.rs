//! The session of a visitor, and how its pages find out that it has ended.

use std::{error::Error, future::Future, sync::Arc, time::Duration};

use futures_util::{FutureExt, StreamExt, TryFutureExt, future::BoxFuture};
use tokio::time::sleep;

use super::Live;
use crate::broadcast::{Lagged, Mailbox};

/// The session that a visitor is logged in with. When it ends, so do the connections of its pages.
#[derive(Clone)]
pub struct Session {
    key: Arc<str>,
    check: Arc<Check>,
}

impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

type Check = dyn Fn() -> BoxFuture<'static, Result<bool, CheckError>> + Send + Sync;
type CheckError = Box<dyn Error + Send + Sync>;

/// Ready when the session has ended.
pub(crate) type SessionEnd = BoxFuture<'static, ()>;

impl Session {
    /// The session that [`Live::end_session`] calls `key`: its id, or a digest of its secret, but not the secret, which
    /// the database would see. `check` says whether the session is still valid, for ends that nobody has published, such
    /// as its expiry; an error means that it is not known. It is called when a page connects and then at least once in
    /// [`Limits::session_check`](crate::Limits::session_check).
    pub fn new<F, E>(
        key: impl Into<Arc<str>>,
        check: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<bool, E>> + Send + 'static,
        E: Into<CheckError> + 'static,
    {
        Self {
            key: key.into(),
            check: Arc::new(move || check().map_err(Into::into).boxed()),
        }
    }

    /// Subscribes to the end of the session, and checks it after that: so an end is either heard or seen. The result is
    /// `None` if it has ended already.
    ///
    /// # Errors
    /// Those of the check.
    pub(crate) async fn watch(&self, live: &Live) -> Result<Option<SessionEnd>, CheckError> {
        let (mailbox, mut deliveries) = Mailbox::new();
        let subscription = live.hub().subscribe(&topic(&self.key), &mailbox, 0);
        if !(self.check)().await? {
            return Ok(None);
        }
        let (session, period) = (self.clone(), live.limits().session_check);
        let ended = async move {
            let _subscription = subscription;
            let mut wait = later(period);
            loop {
                let check = async {
                    sleep(wait).await;
                    session.is_valid().await
                };
                tokio::select! {
                    delivery = deliveries.next() => match delivery {
                        // The end may be among what was missed.
                        Some(Err(Lagged)) => wait = soon(period),
                        _ => return,
                    },
                    valid = check => match valid {
                        true => wait = later(period),
                        false => return,
                    },
                }
            }
        };
        Ok(Some(ended.boxed()))
    }

    /// As long as nobody can say, the session counts as valid: whatever a page does asks the same database.
    async fn is_valid(&self) -> bool {
        (self.check)().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the session of a live page cannot be checked");
            true
        })
    }
}

impl Live {
    /// Ends the connections of the session `key` in every process. Their browsers load the page again. Called after the
    /// session has been deleted: a page that connects meanwhile checks it.
    pub fn end_session(&self, key: &str) {
        if let Err(error) = self.hub().publish(&topic(key), &()) {
            tracing::warn!(%error, "the end of a session was not published to its pages");
        }
    }
}

fn topic(key: &str) -> String {
    format!("session ended {key}")
}

/// Between half of `period` and all of it, so that the pages of a process do not all ask at once.
fn later(period: Duration) -> Duration {
    period / 2 + part(period / 2)
}

fn soon(period: Duration) -> Duration {
    part(period / 30)
}

/// A random part of `most`.
fn part(most: Duration) -> Duration {
    let random = getrandom::u32().unwrap_or_default();
    most.mul_f64(f64::from(random) / f64::from(u32::MAX))
}
