//! Going from page to page, and away.

use std::sync::Arc;

use super::{Io, Session, Step};
use crate::{PageError, protocol::CloseReason};

impl<I: Io> Session<I> {
    /// Another page in the place of this one.
    pub(super) async fn navigate(&mut self, url: &str, pop: bool) -> Step {
        const MAX_REDIRECTS: usize = 5;
        let mut url = url.to_owned();
        for _ in 0..MAX_REDIRECTS {
            let (path, query) = split(&url);
            let Some((place, name, render)) = self.page.live.find(path, query) else {
                return self.leave(&url).await;
            };
            let old = {
                let mut inner = self.page.lock();
                let old = inner.html(false);
                inner.url = place;
                inner.saved.clear();
                inner.title.clear();
                inner.flash.readers.clear();
                inner.zone.readers.clear();
                inner.uploads.clear();
                old
            };
            let page = Arc::clone(&self.page);
            match page.in_time(page.mount(name, render)).await {
                Ok(()) => {
                    {
                        let mut inner = self.page.lock();
                        let text = inner.url.text();
                        if !pop {
                            inner.outbox.url = Some((text, "push"));
                        } else if text != url {
                            inner.outbox.url = Some((text, "replace"));
                        }
                        inner.outbox.navigated = Some(1);
                        let items = inner.take_first_items();
                        inner.reset_items(items);
                    }
                    return self.send(Some(&old)).await;
                }
                Err(PageError::Redirect(to)) => url = to,
                Err(error) => return self.mount_failed(error, &url).await,
            }
        }
        self.leave(&url).await
    }

    /// What is shown instead of a page that cannot be: a real load of its address, which has a status of its own.
    pub(super) async fn mount_failed(&mut self, error: PageError, url: &str) -> Step {
        match error {
            PageError::Redirect(to) => self.leave(&to).await,
            PageError::Failed(_) => self.leave(url).await,
            error @ PageError::Panicked(_) => self.stop_page(&error).await,
        }
    }

    pub(super) async fn leave(&mut self, url: &str) -> Step {
        self.page.lock().outbox.leave = Some(url.to_owned());
        self.send_outbox().await?;
        Err(CloseReason::Gone)
    }
}

/// Path and query of a URL on this site, without its fragment.
pub(super) fn split(url: &str) -> (&str, &str) {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    url.split_once('?').unwrap_or((url, ""))
}
