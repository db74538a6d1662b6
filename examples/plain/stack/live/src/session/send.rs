//! Rendering what has changed, and sending what there is to say.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use tokio::time::timeout;
use tracing::{Instrument, Span};

use super::{Io, Session, Step};
use crate::{
    Limits, PageError,
    observer::Trigger,
    page::NewJob,
    patch_targets::targets,
    protocol::{CloseReason, Reply},
    saved::{self, StateBinding},
    splice::splices,
};

impl<I: Io> Session<I> {
    /// Renders what has changed and sends what there is to say.
    pub(super) async fn flush(&mut self) -> Step {
        if self.page.lock().outbox.error.is_some() {
            self.send_outbox().await?;
            return Err(CloseReason::Panicked);
        }
        self.begin_jobs();
        let destination = self.page.lock().navigate.take();
        if let Some(to) = destination {
            return self.navigate(&to).await;
        }
        let old = {
            let inner = self.page.lock();
            let dirty = inner.instances.values().any(|instance| instance.dirty);
            dirty.then(|| inner.html(false))
        };
        if old.is_some() {
            let page = Arc::clone(&self.page);
            match page.in_time(page.render_dirty()).await {
                Ok(()) => {}
                Err(PageError::Redirect(to)) => return self.navigate(&to).await,
                Err(PageError::Failed(error)) => {
                    let root = self.page.lock().root();
                    self.failed(Trigger::Render, root.unwrap_or_default(), error);
                }
                Err(error @ PageError::Panicked(_)) => return self.stop_page(&error).await,
            }
        }
        self.send(old.as_deref()).await
    }

    pub(super) fn begin_jobs(&mut self) {
        let new = std::mem::take(&mut self.page.lock().jobs);
        for NewJob { mut job, future } in new {
            // What begins a load is done when it has ended.
            if job.is_load {
                job.work = self.work.pop();
            }
            let span = job.work.as_ref().map(|work| work.span.clone());
            let work = future.instrument(span.unwrap_or_else(Span::none));
            let work = AssertUnwindSafe(work).catch_unwind().map(move |outcome| {
                let result = match outcome {
                    Ok(Ok(result)) => result,
                    // Its component is gone.
                    Ok(Err(_aborted)) => Ok(()),
                    Err(panic) => Err(PageError::panicked(&*panic)),
                };
                (job, result)
            });
            self.jobs.push(work.boxed());
        }
    }

    /// Sends the difference to `old`, the state, and the outbox; nothing if there is nothing.
    pub(super) async fn send(&mut self, old: Option<&str>) -> Step {
        // Effects of what was just rendered begin now.
        self.begin_jobs();
        let limits = self.page.live.limits().clone();
        if let Some(old) = old
            && !self.put_html(old, limits.html_bytes)
        {
            let error = PageError::Panicked("a page is larger than `Limits::html_bytes`".into());
            return self.stop_page(&error).await;
        }
        self.page.lock().event = None;
        if self.is_answered_later() {
            return Ok(());
        }
        if old.is_some() || self.state.is_empty() || self.has_news() {
            self.put_state(&limits);
        }
        match self.has_news() {
            true => self.send_outbox().await,
            false => Ok(()),
        }
    }

    /// Whether there is nothing to say but that events were heard whose loads will answer them.
    fn is_answered_later(&self) -> bool {
        let mut inner = self.page.lock();
        let Some(last) = inner.outbox.acknowledged else {
            return false;
        };
        !self.pinged
            && inner.outbox.only_acknowledges()
            && inner.owes_all(self.acknowledgement_sent + 1, last)
    }

    pub(super) fn has_news(&self) -> bool {
        self.pinged || self.page.lock().outbox != Reply::default()
    }

    /// Puts the difference to `old` into the outbox. False if the page is larger than `limit` bytes.
    fn put_html(&self, old: &str, limit: usize) -> bool {
        let mut inner = self.page.lock();
        let new = inner.html(false);
        if new.len() > limit {
            return false;
        }
        if new != old || inner.handlers_changed {
            inner.version += 1;
            inner.outbox.version = Some(inner.version);
            let change = splices(old, &new);
            if inner.outbox.navigated.is_none() {
                inner.outbox.targets = targets(old, &new, &change);
            }
            inner.outbox.splices = (!change.0.is_empty()).then_some(change);
        }
        inner.handlers_changed = false;
        true
    }

    /// Puts the state into the outbox, if it has changed.
    pub(super) fn put_state(&mut self, limits: &Limits) {
        let latest = saved::expiry(limits.state_lifetime);
        // The time alone is no change, until half of it is over.
        let renew = self.state_expires + limits.state_lifetime.as_secs() / 2 <= latest;
        if renew || self.state_expires > latest {
            self.state_expires = latest;
        }
        let mut inner = self.page.lock();
        let saved = inner.save(self.state_expires);
        let mut state = serde_json::to_string(&saved).unwrap_or_default();
        if state.len() > limits.state_bytes {
            tracing::warn!(
                path = inner.url.path,
                bytes = state.len(),
                "the state of a page is too large to travel, so the page begins anew after a reconnection"
            );
            state = String::new();
        }
        let navigated = inner.outbox.navigated.is_some();
        if state == self.state && !navigated {
            return;
        }
        let binding = StateBinding {
            visitor: &self.page.visit.secret,
            path: &inner.url.path,
        };
        inner.outbox.mac = Some(self.page.live.signer().sign(binding, &state));
        if self.state.is_empty() || navigated {
            inner.outbox.state = Some(state.clone());
        } else {
            inner.outbox.state_splices = Some(splices(&self.state, &state));
        }
        drop(inner);
        self.state = state;
    }

    pub(super) async fn send_outbox(&mut self) -> Step {
        self.pinged = false;
        let mut reply = std::mem::take(&mut self.page.lock().outbox);
        reply.forget_what_is_over();
        self.left_for = reply.leave.clone().or(self.left_for.take());
        if let Some(seq) = reply.acknowledged {
            self.acknowledgement_sent = seq;
        }
        if self.gone {
            return Ok(());
        }
        let mut text = serde_json::to_string(&reply).map_err(|_| CloseReason::Protocol)?;
        let too_large = text.len() > self.page.live.limits().send_bytes;
        if too_large {
            let error = "a message to the browser is larger than `Limits::send_bytes`";
            self.panicked(Trigger::Render, &PageError::Panicked(error.into()));
            let reply = std::mem::take(&mut self.page.lock().outbox);
            text = serde_json::to_string(&reply).map_err(|_| CloseReason::Protocol)?;
        }
        self.sent.add(&text, self.is_uploading());
        self.send_text(text).await?;
        match too_large {
            true => Err(CloseReason::Panicked),
            false => Ok(()),
        }
    }

    pub(super) async fn send_text(&mut self, text: String) -> Step {
        self.page.live.observer().sent(text.len());
        let limit = self.page.live.limits().send_timeout;
        match timeout(limit, self.io.send(text)).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(CloseReason::Gone),
            Err(_) => Err(CloseReason::SlowReader),
        }
    }
}
