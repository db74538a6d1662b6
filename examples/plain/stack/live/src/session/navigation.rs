//! Going from page to page, and away.

use std::{collections::BTreeMap, future::Future, pin::pin, sync::Arc};

use serde_json::value::RawValue;
use tokio::time::Instant;
use tracing::Instrument;

use super::{Incoming, Io, Session, Step};
use crate::{
    PageError, Window,
    protocol::{CloseReason, Entry, Message, Navigate},
    saved::StateBinding,
};

/// The states of components, by their paths.
type States = BTreeMap<String, Vec<Box<RawValue>>>;

/// What the browser has of the page that is left.
struct Shown {
    html: String,
    head: String,
}

/// How a page was made.
enum Mounted {
    Whole(Result<(), PageError>),
    /// Not to its end: the browser wants another one by now.
    Left(Navigate),
}

impl<I: Io> Session<I> {
    /// Goes where a link, Back or Forward leads.
    pub(super) async fn follow(&mut self, to: Navigate) -> Step {
        let shown = self.shown();
        self.go(&shown, to).await
    }

    /// Another page in the place of this one, because the server says so.
    pub(super) async fn navigate(&mut self, url: &str) -> Step {
        let shown = self.shown();
        match self.arrive(&shown, url, None).await? {
            Some(to) => self.go(&shown, to).await,
            None => Ok(()),
        }
    }

    async fn go(&mut self, shown: &Shown, to: Navigate) -> Step {
        let mut next = Some(to);
        while let Some(to) = next {
            self.acknowledge(to.seq);
            self.page.lock().flash.value = None;
            self.begin_navigation(&to.url);
            let span = self.span();
            let back = (to.kind == "pop").then_some(to.entry);
            next = self.arrive(shown, &to.url, back).instrument(span).await?;
        }
        Ok(())
    }

    fn shown(&self) -> Shown {
        let inner = self.page.lock();
        Shown {
            html: inner.html(false),
            head: inner.head.clone(),
        }
    }

    /// What `mounting` comes to, unless the session ends or the browser asks for another page meanwhile. Any other message
    /// waits for the page.
    async fn unless_left(
        &mut self,
        mounting: impl Future<Output = Result<(), PageError>>,
    ) -> Step<Mounted> {
        let mut mounting = pin!(mounting);
        let mut listens = self.held.is_none();
        loop {
            let incoming = tokio::select! {
                biased;
                () = &mut self.session_end => return Err(CloseReason::SessionEnded),
                mounted = &mut mounting => return Ok(Mounted::Whole(mounted)),
                incoming = self.io.receive(), if listens => incoming,
            };
            match incoming {
                Incoming::Text(text) => {
                    let held = self.hold(&text)?;
                    match held.message {
                        Message::Navigate(to) if held.until <= Instant::now() => {
                            return Ok(Mounted::Left(to));
                        }
                        message => {
                            let until = held.until;
                            self.held = Some(Box::new(super::HeldMessage { until, message }));
                            listens = false;
                        }
                    }
                }
                Incoming::Binary(bytes) => self.chunk(bytes)?,
                Incoming::Control => self.spend(1)?,
                // Who is gone is so when the page is there, too, which is remembered then.
                Incoming::Gone => listens = false,
                Incoming::TooLarge => return Err(CloseReason::TooLarge),
                Incoming::Unreadable => return Err(CloseReason::Protocol),
            }
        }
    }

    /// Puts the page at `url` in the place of the one that is shown, and returns where the browser wants to go instead
    /// meanwhile. `back`: what its entry of the history has kept of it. With another query it is the same page, and
    /// keeps its states.
    async fn arrive(
        &mut self,
        shown: &Shown,
        url: &str,
        back: Option<Entry>,
    ) -> Step<Option<Navigate>> {
        const MAX_REDIRECTS: usize = 5;
        let is_back = back.is_some();
        let (mut kept, streams) = match back {
            Some(entry) => (self.restored(url, &entry), Window::plausible(entry.streams)),
            None => (self.with_query(url), BTreeMap::new()),
        };
        let restored = is_back && kept.is_some();
        let mut windows = restored.then_some(streams);
        let mut url = url.to_owned();
        for redirects in 0..MAX_REDIRECTS {
            let (path, query) = split(&url);
            let Some((place, name, render)) = self.page.live.find(path, query) else {
                return self.leave(&url).await.map(|()| None);
            };
            {
                let mut inner = self.page.lock();
                inner.url = place;
                // For the first page only: where that redirects, another one begins.
                inner.saved = kept.take().unwrap_or_default();
                inner.windows = windows.take().unwrap_or_default();
                inner.query_readers.clear();
                inner.title.clear();
                inner.head.clear();
                inner.flash.readers.clear();
                inner.zone.readers.clear();
                inner.uploads.clear();
            }
            let page = Arc::clone(&self.page);
            let mounting = page.in_time(page.mount(name, render));
            match self.unless_left(mounting).await? {
                Mounted::Left(to) => return Ok(Some(to)),
                Mounted::Whole(Ok(())) => {
                    {
                        let mut inner = self.page.lock();
                        let text = inner.url.text();
                        if !is_back {
                            inner.outbox.url = Some((text, "push"));
                        } else if text != url {
                            inner.outbox.url = Some((text, "replace"));
                        }
                        inner.outbox.head = (shown.head != inner.head).then(|| inner.head.clone());
                        let as_it_was = restored && redirects == 0;
                        inner.outbox.navigated = Some(if as_it_was { 2 } else { 1 });
                        let items = inner.take_first_items();
                        inner.reset_items(items);
                    }
                    return self.send(Some(&shown.html)).await.map(|()| None);
                }
                Mounted::Whole(Err(PageError::Redirect(to))) => url = to,
                Mounted::Whole(Err(error)) => {
                    return self.mount_failed(error, &url).await.map(|()| None);
                }
            }
        }
        self.leave(&url).await.map(|()| None)
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
