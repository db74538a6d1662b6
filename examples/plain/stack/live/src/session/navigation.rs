//! Going from page to page, and away.

use std::sync::Arc;

use tokio::time::timeout;

use super::{Io, Session, SessionResult};
use crate::{
    Stop,
    page::{Render, Slot},
    protocol::Close,
    watch::Why,
};

impl<I: Io> Session<I> {
    /// Another page in the place of this one.
    pub(super) async fn navigate(&mut self, url: &str, pop: bool) -> SessionResult {
        const MOST: usize = 5;
        let mut url = url.to_owned();
        for _ in 0..MOST {
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
            match self.mount(name, render).await {
                Ok(()) => {
                    let text = self.page.lock().url.text();
                    if !pop {
                        self.reply.url = Some((text, "push"));
                    } else if text != url {
                        self.reply.url = Some((text, "replace"));
                    }
                    self.reply.navigated = Some(1);
                    let items = self.page.lock().first_items();
                    self.reset_items(items);
                    self.forget_items();
                    self.anything = true;
                    return self.send_what_there_is(Some(&old)).await;
                }
                Err(Stop::Redirect(to)) => url = to,
                Err(stop) => return self.instead(stop, &url).await,
            }
        }
        self.leave(&url).await
    }

    pub(super) async fn mount(&mut self, name: &'static str, render: Render) -> Result<(), Stop> {
        let patience = self.page.live.limits().render_timeout;
        let page = Arc::clone(&self.page);
        match timeout(patience, page.mount(name, render)).await {
            Ok(mounted) => mounted,
            Err(_) => Err(Stop::Panicked("a page takes too long to render".into())),
        }
    }

    pub(super) fn reset_items(&self, items: Vec<(String, String)>) {
        let resets = items
            .into_iter()
            .map(|(id, html)| (id, "reset", String::new(), html));
        self.page.lock().outbox.items.extend(resets);
    }

    pub(super) fn forget_items(&self) {
        for instance in self.page.lock().instances.values_mut() {
            for slot in &mut instance.slots {
                if let Slot::Stream { first } = slot {
                    *first = None;
                }
            }
        }
    }

    /// What is shown when a page cannot be: its real address says it with a status of its own.
    pub(super) async fn instead(&mut self, stop: Stop, url: &str) -> SessionResult {
        match stop {
            Stop::Redirect(to) => self.leave(&to).await,
            Stop::Failed(_) => self.leave(url).await,
            stop @ Stop::Panicked(_) => {
                self.broken(Why::Render, &stop);
                self.send_reply().await?;
                Err(Close::Panicked)
            }
        }
    }

    pub(super) async fn leave(&mut self, url: &str) -> SessionResult {
        self.reply.leave = Some(url.to_owned());
        self.send_reply().await?;
        Err(Close::Gone)
    }
}

/// Path and query of a URL on this site, without its fragment.
pub(super) fn split(url: &str) -> (&str, &str) {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    url.split_once('?').unwrap_or((url, ""))
}
