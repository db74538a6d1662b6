//! Rendering what has changed, and saying what there is to say.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use tokio::time::timeout;
use tracing::{Instrument, Span};

use super::{Done, Io, Session, SessionResult};
use crate::{
    Limits, Stop,
    page::{Inner, NewJob},
    protocol::{Close, Reply},
    saved::{self, Bound},
    splice::splices,
    watch::Why,
};

impl<I: Io> Session<I> {
    /// Renders what has changed and sends what there is to say.
    pub(super) async fn flush(&mut self) -> SessionResult {
        if self.reply.error.is_some() {
            self.send_reply().await?;
            return Err(Close::Panicked);
        }
        self.begin_jobs();
        let destination = self.page.lock().navigate.take();
        if let Some(to) = destination {
            return self.navigate(&to, false).await;
        }
        let old = {
            let inner = self.page.lock();
            let dirty = inner.instances.values().any(|instance| instance.dirty);
            dirty.then(|| inner.html(false))
        };
        if old.is_some() {
            let patience = self.page.live.limits().render_timeout;
            let page = Arc::clone(&self.page);
            let settled = match timeout(patience, page.settle()).await {
                Ok(settled) => settled,
                Err(_) => Err(Stop::Panicked(
                    "a component takes too long to render".into(),
                )),
            };
            match settled {
                Ok(()) => {}
                Err(Stop::Redirect(to)) => return self.navigate(&to, false).await,
                Err(Stop::Failed(error)) => {
                    let root = self
                        .page
                        .lock()
                        .instances
                        .keys()
                        .next()
                        .copied()
                        .unwrap_or_default();
                    self.failed(Why::Render, root, error);
                }
                Err(stop @ Stop::Panicked(_)) => {
                    self.broken(Why::Render, &stop);
                    self.send_reply().await?;
                    return Err(Close::Panicked);
                }
            }
        }
        self.send_what_there_is(old.as_deref()).await
    }

    fn begin_jobs(&mut self) {
        let mut inner = self.page.lock();
        let new = std::mem::take(&mut inner.jobs);
        if let Some(deliveries) = inner.deliveries.take() {
            self.deliveries = Some(deliveries);
        }
        drop(inner);
        for NewJob {
            id,
            owner,
            seq,
            upload,
            watched,
            future,
        } in new
        {
            let span = watched.as_ref().map(|watched| watched.span.clone());
            let work = future.instrument(span.unwrap_or_else(Span::none));
            let work = AssertUnwindSafe(work).catch_unwind().map(move |outcome| {
                let result = match outcome {
                    Ok(Ok(result)) => result,
                    // Its component is gone.
                    Ok(Err(_aborted)) => Ok(()),
                    Err(panic) => Err(Stop::panicked(&*panic)),
                };
                Done {
                    id,
                    owner,
                    seq,
                    upload,
                    watched,
                    result,
                }
            });
            self.jobs.push(work.boxed());
        }
    }

    /// Sends the difference to `old`, the state, and the outbox; nothing if there is nothing.
    pub(super) async fn send_what_there_is(&mut self, old: Option<&str>) -> SessionResult {
        // Effects of what was just rendered begin now.
        self.begin_jobs();
        let limits = self.page.live.limits().clone();
        if !self.put_html(old, limits.html_bytes) {
            self.broken(
                Why::Render,
                &Stop::Panicked("a page is larger than `Limits::html_bytes`".into()),
            );
            self.send_reply().await?;
            return Err(Close::Panicked);
        }
        let changed = old.is_some() || self.state.is_empty() || self.reply.version.is_some();
        if changed || self.anything {
            self.put_state(&limits);
        }
        if self.reply.version.is_none() && self.reply.mac.is_none() && !self.anything {
            return Ok(());
        }
        self.send_reply().await
    }

    /// The difference to `old` and the outbox go along. False if the page is larger than `most` bytes.
    fn put_html(&mut self, old: Option<&str>, most: usize) -> bool {
        let mut inner = self.page.lock();
        if let Some(old) = old {
            let new = inner.html(false);
            if new.len() > most {
                return false;
            }
            if new != old || inner.handlers_changed {
                inner.version += 1;
                self.reply.version = Some(inner.version);
                let change = splices(old, &new);
                self.reply.splices = (!change.0.is_empty()).then_some(change);
            }
        }
        inner.handlers_changed = false;
        self.anything |= inner.take_outbox(&mut self.reply);
        true
    }

    /// The state goes along when it has changed.
    fn put_state(&mut self, limits: &Limits) {
        let (mut saved, path) = {
            let inner = self.page.lock();
            (inner.save(0), inner.url.path.clone())
        };
        // The time alone is no change, until half of it is over.
        saved.expires = renewed(
            &self.state,
            saved::expiry(limits.state_lifetime),
            limits.state_lifetime.as_secs(),
        );
        let mut state = serde_json::to_string(&saved).unwrap_or_default();
        if state.len() > limits.state_bytes {
            tracing::warn!(
                path,
                bytes = state.len(),
                "the state of a page is too large to travel, so the page begins anew after a reconnection"
            );
            state = String::new();
        }
        if state == self.state && self.reply.navigated.is_none() {
            return;
        }
        let bound = Bound {
            visitor: &self.page.visit.secret,
            path: &path,
        };
        self.reply.mac = Some(self.page.live.signer().sign(bound, &state));
        if self.state.is_empty() || self.reply.navigated.is_some() {
            self.reply.state = Some(state.clone());
        } else {
            self.reply.state_splices = Some(splices(&self.state, &state));
        }
        self.state = state;
    }

    pub(super) async fn send_reply(&mut self) -> SessionResult {
        let reply = std::mem::take(&mut self.reply);
        self.anything = false;
        let text = serde_json::to_string(&reply).map_err(|_| Close::Protocol)?;
        self.page.live.watch().sent(text.len());
        let patience = self.page.live.limits().send_timeout;
        match timeout(patience, self.io.send(text)).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Close::Gone),
            Err(_) => Err(Close::SlowReader),
        }
    }
}

impl Inner {
    /// Moves what handlers have put there into `reply`; true if there was anything.
    fn take_outbox(&mut self, reply: &mut Reply) -> bool {
        let outbox = std::mem::take(&mut self.outbox);
        let anything = outbox.title.is_some()
            || outbox.url.is_some()
            || outbox.leave.is_some()
            || !outbox.calls.is_empty()
            || !outbox.items.is_empty()
            || !outbox.upload_at.is_empty()
            || !outbox.upload_refused.is_empty()
            || !outbox.upload_done.is_empty();
        reply.title = outbox.title.or(reply.title.take());
        reply.url = reply.url.take().or(outbox.url);
        reply.leave = outbox.leave.or(reply.leave.take());
        reply.calls.extend(outbox.calls);
        reply.items.extend(outbox.items);
        reply.upload_at.extend(outbox.upload_at);
        reply.upload_refused.extend(outbox.upload_refused);
        reply.upload_done.extend(outbox.upload_done);
        anything
    }
}

/// When the state expires: as before, if that is far enough away.
fn renewed(old: &str, new: u64, lifetime: u64) -> u64 {
    #[derive(serde::Deserialize)]
    struct Expiry {
        x: u64,
    }
    match serde_json::from_str::<Expiry>(old) {
        Ok(Expiry { x }) if x + lifetime / 2 > new && x <= new => x,
        _ => new,
    }
}
