//! Files, as they arrive.

use axum::body::Bytes;
use futures_util::FutureExt;
use tokio::sync::mpsc;

use super::{Io, Session, SessionResult};
use crate::{
    Ctx,
    page::Run,
    protocol::Close,
    upload::{File, Receiving, Upload},
    watch::Why,
};

impl<I: Io> Session<I> {
    pub(super) fn upload(
        &mut self,
        seq: u64,
        version: u64,
        handler: &str,
        reference: u32,
        files: Vec<(String, u64, String)>,
    ) {
        let files: Vec<File> = files
            .into_iter()
            .map(|(name, size, content_type)| File {
                name,
                size,
                content_type,
            })
            .collect();
        let found = self.page.lock().handler(handler, version);
        let Some((owner, site, Run::Upload(accept, run))) = found else {
            return;
        };
        let taken = self.page.lock().uploads.contains_key(&reference);
        let refused = accept.refuses(&files).or_else(|| {
            (taken || !self.may_begin())
                .then(|| "Too much is going on at once. Try again in a moment.".into())
        });
        if let Some(why) = refused {
            self.page
                .lock()
                .outbox
                .upload_refused
                .push((reference, why));
            return;
        }
        self.begin(Why::Upload, Some(site));
        let watched = self.turn.pop();
        let (sender, chunks) = mpsc::channel(2);
        let ctx = Ctx::later(&self.page, owner);
        let received = vec![0; files.len()];
        let upload = Upload {
            files: files.clone(),
            reference,
            ctx: ctx.clone(),
            chunks,
            received: 0,
        };
        // The future is made here and runs in the loop, where its panics are caught; so are those of making it.
        let job = async move { run(ctx, upload).await }.boxed();
        let mut inner = self.page.lock();
        inner.uploads.insert(
            reference,
            Receiving {
                files,
                received,
                chunks: sender,
            },
        );
        inner.spawn(owner, Some(seq), Some(reference), watched, job);
        drop(inner);
        self.reply.working.push(seq);
    }

    /// Four bytes of the upload, four of the file, and the content.
    pub(super) fn chunk(&mut self, mut bytes: Bytes) -> SessionResult {
        if !self.rate_limit.allow() {
            return Err(Close::TooManyEvents);
        }
        if bytes.len() < 8 {
            return Err(Close::Protocol);
        }
        let head = bytes.split_to(8);
        let number =
            |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (reference, file) = (number(0), usize::try_from(number(4)).unwrap_or(usize::MAX));
        let mut inner = self.page.lock();
        let Some(receiving) = inner.uploads.get_mut(&reference) else {
            return Ok(());
        };
        if !receiving.take(file, bytes) {
            let broken = inner.uploads.remove(&reference);
            inner
                .outbox
                .upload_refused
                .push((reference, "The upload was broken off.".into()));
            drop(inner);
            drop(broken);
        }
        Ok(())
    }
}
