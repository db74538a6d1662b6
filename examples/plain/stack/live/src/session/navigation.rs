//! Going from page to page, and away.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::value::RawValue;

use super::{Io, Session, Step};
use crate::{
    PageError,
    protocol::{CloseReason, Entry},
    saved::StateBinding,
};

/// The states of components, by their paths.
type States = BTreeMap<String, Vec<Box<RawValue>>>;

impl<I: Io> Session<I> {
    /// Another page in the place of this one. `back`: what its entry of the history has kept of it. With another query
    /// it is the same page, and keeps its states.
    pub(super) async fn navigate(&mut self, url: &str, back: Option<Entry>) -> Step {
        const MAX_REDIRECTS: usize = 5;
        let is_back = back.is_some();
        let (mut kept, streams) = match back {
            Some(entry) => (self.restored(url, &entry), entry.streams),
            None => (self.with_query(url), BTreeMap::new()),
        };
        let restored = is_back && kept.is_some();
        let mut windows = restored.then_some(streams);
        let mut shown_head = None;
        let mut url = url.to_owned();
        for redirects in 0..MAX_REDIRECTS {
            let (path, query) = split(&url);
            let Some((place, name, render)) = self.page.live.find(path, query) else {
                return self.leave(&url).await;
            };
            let old = {
                let mut inner = self.page.lock();
                let old = inner.html(false);
                inner.url = place;
                // For the first page only: where that redirects, another one begins.
                inner.saved = kept.take().unwrap_or_default();
                inner.windows = windows.take().unwrap_or_default();
                inner.query_readers.clear();
                inner.title.clear();
                shown_head = shown_head.or(Some(std::mem::take(&mut inner.head)));
                inner.head.clear();
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
                        if !is_back {
                            inner.outbox.url = Some((text, "push"));
                        } else if text != url {
                            inner.outbox.url = Some((text, "replace"));
                        }
                        inner.outbox.head =
                            (shown_head.as_ref() != Some(&inner.head)).then(|| inner.head.clone());
                        let as_it_was = restored && redirects == 0;
                        inner.outbox.navigated = Some(if as_it_was { 2 } else { 1 });
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

    /// The states that an entry of the history has kept, if they are this visitor's, of this page, and not too old.
    fn restored(&self, url: &str, entry: &Entry) -> Option<States> {
        let binding = StateBinding {
            visitor: &self.page.visit.secret,
            path: split(url).0,
        };
        let live = &self.page.live;
        let limit = live.limits().state_bytes;
        let saved = live
            .signer()
            .open(binding, &entry.state, &entry.mac, limit)?;
        Some(saved.components)
    }

    /// The states of the page, if only another query of it is asked for.
    fn with_query(&self, url: &str) -> Option<States> {
        let inner = self.page.lock();
        let (path, query) = split(url);
        let other = path == inner.url.path && query != inner.url.query;
        other.then(|| inner.save(0).components)
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
