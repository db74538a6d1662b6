//! Files, as they arrive.

use std::sync::Arc;

use axum::body::Bytes;
use futures_util::FutureExt;
use tokio::time::Instant;

use super::{Io, Session, Step};
use crate::{
    Ctx,
    observer::Trigger,
    page::{HandlerKind, Job},
    protocol::{self, CloseReason},
    upload::{IncomingUpload, Upload},
};

/// What the visitor is told.
pub(super) const ABORTED: &str = "The upload was aborted. Try again.";

impl<I: Io> Session<I> {
    /// Begins an upload, if the handler takes these files.
    pub(super) fn upload(&mut self, message: protocol::Upload) {
        let protocol::Upload {
            seq,
            reference,
            files,
            ..
        } = message;
        let found = self.page.lock().handler(&message.handler, message.version);
        let Some((owner, site, HandlerKind::Upload(accept, run))) = found else {
            return;
        };
        let (taken, most) = {
            let (inner, limits) = (self.page.lock(), self.page.live.limits());
            let taken = inner.uploads.contains_key(&reference);
            (taken, inner.uploads.len() >= limits.uploads)
        };
        let refused = accept.refuses(&files).or_else(|| {
            (taken || most || !self.may_begin())
                .then(|| "Too much is going on at once. Try again in a moment.".into())
        });
        if let Some(why) = refused {
            let mut inner = self.page.lock();
            inner.outbox.upload_refused.push((reference, why));
            return;
        }
        self.begin(Trigger::Upload, Some(site));
        let window = self.permit.upload_window();
        let (incoming, chunks) = IncomingUpload::new(&files, &window);
        let granted = (reference, 0, window.bytes());
        let ctx = Ctx::later(&self.page, owner);
        let upload = Upload {
            files,
            reference,
            ctx: ctx.clone(),
            chunks,
            received: 0,
            permit: Arc::clone(&self.permit),
            window,
            next_at: Instant::now(),
        };
        // The future is made here and runs in the loop, where its panics are caught; so are those of making it.
        let future = async move { run(ctx, upload).await }.boxed();
        let job = Job {
            owner,
            seqs: vec![seq],
            upload: Some(reference),
            work: self.work.pop(),
            ..Job::default()
        };
        let mut inner = self.page.lock();
        inner.uploads.insert(reference, incoming);
        inner.spawn(job, future);
        inner.outbox.working.push(seq);
        inner.outbox.upload_at.push(granted);
        drop(inner);
        self.offer();
    }

    /// Four bytes of the upload, four of the file, and the content. It is not an event, and has a budget of its own, see
    /// [`Upload::chunk`].
    pub(super) fn chunk(&mut self, mut bytes: Bytes) -> Step {
        self.check_session_end()?;
        if bytes.len() < 8 {
            return Err(CloseReason::Protocol);
        }
        let head = bytes.split_to(8);
        let number =
            |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (reference, file) = (number(0), usize::try_from(number(4)).unwrap_or(usize::MAX));
        let mut inner = self.page.lock();
        let Some(upload) = inner.uploads.get_mut(&reference) else {
            drop(inner);
            return self.spend(1);
        };
        if !upload.take(file, bytes) {
            let broken = inner.uploads.remove(&reference);
            inner
                .outbox
                .upload_refused
                .push((reference, ABORTED.into()));
            drop(inner);
            drop(broken);
        }
        Ok(())
    }
}
