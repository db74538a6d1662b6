//! The first message, and the page that it is about.

use std::sync::Arc;

use futures_util::StreamExt;
use tokio::time::{Instant, timeout};
use tracing::Instrument;

use super::{Incoming, Io, Session, Step, navigation::split};
use crate::{
    PageError, Window,
    hash::hash,
    live::{PAGE_COST, Remembered, items_hash, wait_until},
    observer::Trigger,
    page::Page,
    protocol::{CloseReason, Join, Message},
    saved::{SavedState, StateBinding},
};

impl<I: Io> Session<I> {
    pub(super) async fn first_message(&mut self) -> Step<Join> {
        let limit = self.page.live.limits().send_timeout;
        let first = async {
            loop {
                match self.io.receive().await {
                    Incoming::Control if self.budget.spend(1) => {}
                    incoming => return incoming,
                }
            }
        };
        let join = match timeout(limit, first).await {
            Ok(Incoming::Text(text)) => match Message::parse(&text) {
                Ok(Message::Join(join)) => *join,
                _ => return Err(CloseReason::Protocol),
            },
            Ok(Incoming::Binary(_) | Incoming::Unreadable) => {
                return Err(CloseReason::Protocol);
            }
            Ok(Incoming::Control) => return Err(CloseReason::TooManyEvents),
            Ok(Incoming::TooLarge) => return Err(CloseReason::TooLarge),
            Ok(Incoming::Gone) | Err(_) => return Err(CloseReason::Gone),
        };
        wait_until(Instant::now() + self.permit.spend(PAGE_COST)).await;
        Ok(join)
    }

    /// Renders the page again, from the state that the browser kept, or from what came of its last events, if it has not
    /// heard of that.
    pub(super) async fn join(&mut self, mut join: Join) -> Step {
        let live = self.page.live.clone();
        self.watch_session().await?;
        let before = self.come_back(&join).await;
        let told = before.as_ref().map(Remembered::told);
        // What came of its last events, if it has not heard of that.
        let missed = before.filter(|before| before.acknowledged > join.seen && !join.going);
        let mut moved = None;
        if let Some(missed) = &missed {
            if let Some(url) = &missed.left_for {
                return self.leave(url).await;
            }
            if missed.url != join.url {
                let same_path = split(&missed.url).0 == split(&join.url).0;
                moved = Some(if same_path { "replace" } else { "push" });
                join.url.clone_from(&missed.url);
            }
        }
        let (path, query) = split(&join.url);
        let Some((url, name, render)) = live.find(path, query) else {
            return self.leave(&join.url).await;
        };
        let binding = StateBinding {
            visitor: &self.page.visit.secret,
            path,
        };
        let saved = match &missed {
            Some(missed) => serde_json::from_str(&missed.state).ok(),
            None => live
                .signer()
                .open(binding, &join.state, &join.mac, live.limits().state_bytes),
        };
        self.state_expires = saved.as_ref().map_or(0, |saved: &SavedState| saved.expires);
        if saved.is_none() && missed.is_none() && !join.state.is_empty() {
            if live.signer().is_signed(binding, &join.state, &join.mac) {
                tracing::debug!("a saved state is not valid any more, so the page begins anew");
            } else {
                let address = self.page.visit.address.map(tracing::field::display);
                tracing::info!(target: "security", path, address, "the state of a page is refused: its signature does not fit");
            }
        }
        // Of what it has missed the browser has neither state nor title.
        let known = saved.is_some() && missed.is_none();
        let (visit, mailbox) = (self.page.visit.clone(), self.page.lock().mailbox.take());
        self.page = Page::new(live, visit, url, saved, mailbox);
        {
            let mut inner = self.page.lock();
            if known || missed.is_some() && moved.is_none() {
                inner.windows = Window::plausible(std::mem::take(&mut join.streams));
            }
            let outbox = &mut inner.outbox;
            if let Some((acknowledged, cut_off, failed)) = told {
                outbox.acknowledged = Some(acknowledged);
                (outbox.cut_off, outbox.failed) = (cut_off, failed);
            }
            if let Some(how) = moved {
                outbox.url = Some((join.url.clone(), how));
                outbox.navigated = (how == "push").then_some(1);
            }
        }
        self.begin(Trigger::Join, None);
        let span = self.span();
        let joined = self.mount_again(join, name, render, known);
        joined.instrument(span).await
    }

    /// What is remembered of the page, if this is not its first connection here.
    async fn come_back(&mut self, join: &Join) -> Option<Remembered> {
        self.acknowledged = join.seen;
        let (open, before) = self.page.live.open_page(self.key?).await;
        self.open = Some(open);
        let before = before?;
        self.acknowledged = self.acknowledged.max(before.acknowledged);
        Some(before)
    }

    async fn mount_again(
        &mut self,
        join: Join,
        name: &'static str,
        render: crate::page::Render,
        known: bool,
    ) -> Step {
        let page = Arc::clone(&self.page);
        if let Err(error) = page.in_time(page.mount(name, render)).await {
            return self.mount_failed(error, &join.url).await;
        }
        // A browser that shows something else has had the parts that are loaded later.
        let waits = {
            let inner = page.lock();
            inner.is_loading() && hash(&inner.html(false)) != join.hash
        };
        if waits && let Err(error) = page.in_time(self.load_parts()).await {
            return self.mount_failed(error, &join.url).await;
        }
        {
            let mut inner = self.page.lock();
            inner.version = 1;
            // Mounting has made every handler, and the browser knows them from version 1 on.
            inner.handlers_changed = false;
            inner.outbox.version = Some(1);
            let html = inner.html(false);
            if hash(&html) != join.hash {
                inner.outbox.html = Some(html);
            } else if known {
                // The browser has them from the GET.
                (inner.outbox.title, inner.outbox.head) = (None, None);
            }
            let items = inner.take_first_items();
            if !items.is_empty() && (join.again || items_hash(&items) != join.items) {
                inner.reset_items(items);
            }
        }
        self.state = if known { join.state } else { String::new() };
        self.send(None).await?;
        self.set_zone(join.tz);
        self.flush().await
    }

    /// Waits for what is loaded later.
    async fn load_parts(&mut self) -> Result<(), PageError> {
        let page = Arc::clone(&self.page);
        while page.lock().is_loading() {
            self.begin_jobs();
            let Some((job, result)) = self.jobs.next().await else {
                break;
            };
            self.job_ended(job, result);
            page.render_dirty().await?;
        }
        Ok(())
    }

    /// The session may have ended since the upgrade of the connection.
    async fn watch_session(&mut self) -> Step {
        let Some(session) = &self.page.visit.session else {
            return Ok(());
        };
        match session.watch(&self.page.live).await {
            Ok(Some(end)) => {
                self.session_end = end;
                Ok(())
            }
            Ok(None) => Err(CloseReason::SessionEnded),
            Err(error) => {
                tracing::warn!(%error, "the session of a live page cannot be checked");
                Err(CloseReason::Restart)
            }
        }
    }

    /// The zone that the browser says, once; the state may have had an older one.
    fn set_zone(&self, zone: Option<String>) {
        let plausible = |zone: &String| {
            let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
            zone.len() <= 64 && zone.bytes().all(harmless)
        };
        let Some(zone) = zone.filter(plausible) else {
            return;
        };
        let mut inner = self.page.lock();
        let readers = inner.zone.set(Some(zone));
        inner.mark_dirty(&readers);
    }
}
