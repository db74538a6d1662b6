//! The end of a connection: what its events have begun is finished, and what was done is remembered for a page that comes
//! back.

use futures_util::StreamExt;
use tokio::time::timeout;
use tracing::Instrument;

use super::{Io, Session};
use crate::{
    live::{OpenPage, Remembered},
    protocol::CloseReason,
};

/// Failed events that are remembered: those of the last answers, which may not have arrived.
const MAX_FAILED: usize = 16;

impl<I: Io> Session<I> {
    pub(super) async fn finish(&mut self, reason: CloseReason) {
        if matches!(reason, CloseReason::Panicked | CloseReason::SessionEnded) {
            return;
        }
        let Some(open) = self.open.take() else {
            return;
        };
        // A browser that is left by us is still told.
        self.gone = reason != CloseReason::Restart;
        let limit = self.page.live.limits().finish_timeout;
        timeout(limit, self.finish_handlers()).await.ok();
        // Events that wait for what they load were handled all the same.
        let limits = self.page.live.limits().clone();
        self.put_state(&limits);
        if self.has_news() {
            self.send_outbox().await.ok();
        }
        let url = self.page.lock().url.text();
        open.remember(Remembered {
            acknowledged: self.acknowledged,
            cut_off: std::mem::take(&mut self.running),
            failed: std::mem::take(&mut self.failed),
            url,
            state: std::mem::take(&mut self.state),
            left_for: self.left_for.take(),
        });
    }

    async fn finish_handlers(&mut self) {
        while !self.running.is_empty() {
            let Some((job, result)) = self.jobs.next().await else {
                return;
            };
            self.job_ended(job, result);
            let span = self.span();
            // Another page, or an error, is the end of the handlers as well.
            if self.flush().instrument(span).await.is_err() {
                return;
            }
            self.end_work();
        }
    }

    /// The handler of an event has failed; the browser is told, so that it keeps what was sent.
    pub(super) fn event_failed(&mut self, seq: u64) {
        self.page.lock().outbox.failed.push(seq);
        self.failed.push(seq);
        if self.failed.len() > MAX_FAILED {
            self.failed.remove(0);
        }
    }
}

pub(super) async fn replaced(open: Option<&OpenPage>) {
    match open {
        Some(open) => open.replaced().await,
        None => std::future::pending().await,
    }
}
