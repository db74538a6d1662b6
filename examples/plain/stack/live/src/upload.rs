//! Files on their way from the browser.

use std::sync::Arc;

use axum::body::Bytes;
use serde::Deserialize;
use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};

use crate::{
    Ctx,
    live::{ConnectionPermit, UploadWindow, wait_until},
    parts::PART_BYTES,
};

/// What an upload may consist of. Checked before anything is sent; the sizes again while it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accept {
    /// Bytes of one file.
    pub max_bytes: u64,
    /// Files at once.
    pub max_files: usize,
    /// Content types, such as `image/png` or `image/*`; empty means any. They come from the browser, so this is a help
    /// for people and no protection: look at the content.
    pub types: &'static [&'static str],
}

/// A file, as the browser describes it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct File {
    /// Its name, without a path. Not to be used as one either.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// Its content type, as the browser guesses.
    pub content_type: String,
}

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Which of [`Upload::files`].
    pub file: usize,
    /// Its next bytes.
    pub bytes: Bytes,
}

/// The files of one upload. What is not read is not sent: a slow disk slows the browser down, not the server.
pub struct Upload {
    /// All of them.
    pub files: Vec<File>,
    pub(crate) reference: u32,
    pub(crate) ctx: Ctx,
    pub(crate) chunks: mpsc::Receiver<Chunk>,
    pub(crate) received: u64,
    pub(crate) permit: Arc<ConnectionPermit>,
    pub(crate) window: UploadWindow,
    /// When the budget for uploads has room for another part.
    pub(crate) next_at: Instant,
}

/// The visitor cancelled, or nothing came for [`Limits::upload_timeout`](crate::Limits), before everything was received.
/// A handler that returns it is not logged as one that failed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the upload was aborted")]
pub struct UploadAborted;

impl Upload {
    /// Bytes of all files.
    pub fn size(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// Bytes that were read.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The progress, from 0 to 100.
    pub fn percent(&self) -> u8 {
        let percent = (self.received * 100)
            .checked_div(self.size())
            .unwrap_or(100);
        u8::try_from(percent).unwrap_or(100)
    }

    /// The next part; `None` after the last one of the last file. The browser sends no more than
    /// [`Limits::upload_window`](crate::Limits) ahead of what was taken, so what exceeds
    /// [`Limits::upload_bytes_per_visitor`](crate::Limits) is slowed down. While a broken connection is made again this
    /// waits.
    ///
    /// # Errors
    /// [`UploadAborted`]: discard what was received.
    pub async fn chunk(&mut self) -> Result<Option<Chunk>, UploadAborted> {
        if self.received >= self.size() {
            return Ok(None);
        }
        wait_until(self.next_at).await;
        let limit = self.ctx.page.live.limits().upload_timeout;
        let chunk = timeout(limit, self.chunks.recv()).await.ok().flatten();
        let chunk = chunk.ok_or(UploadAborted)?;
        self.next_at = Instant::now() + self.permit.spend_part(chunk.bytes.len());
        self.received += chunk.bytes.len() as u64;
        let taken = (self.reference, self.received, self.window.bytes());
        self.ctx.page.lock().outbox.upload_at.push(taken);
        self.ctx.page.wake.notify_one();
        Ok(Some(chunk))
    }
}

/// The other end of an [`Upload`].
pub(crate) struct IncomingUpload {
    /// Bytes of each file that have still to come.
    missing: Vec<u64>,
    /// Bytes that have come, whether or not the handler has taken them.
    pub received: u64,
    chunks: mpsc::Sender<Chunk>,
}

impl IncomingUpload {
    /// A channel for as many parts as the browser may send ahead: those of the window, and a short one of each file.
    pub(crate) fn new(files: &[File], window: &UploadWindow) -> (Self, mpsc::Receiver<Chunk>) {
        let parts = window.bytes().div_ceil(PART_BYTES) + files.len();
        let (chunks, receiver) = mpsc::channel(parts);
        let missing = files.iter().map(|file| file.size).collect();
        let incoming = Self {
            missing,
            received: 0,
            chunks,
        };
        (incoming, receiver)
    }

    /// Passes a chunk on. False if it is none that we have asked for.
    pub(crate) fn take(&mut self, file: usize, bytes: Bytes) -> bool {
        let Some(missing) = self.missing.get_mut(file) else {
            return false;
        };
        let Some(left) = missing.checked_sub(bytes.len() as u64) else {
            return false;
        };
        *missing = left;
        self.received += bytes.len() as u64;
        let is_part = (1..=PART_BYTES).contains(&bytes.len());
        is_part && self.chunks.try_send(Chunk { file, bytes }).is_ok()
    }
}

impl Accept {
    /// Why these files are refused, if they are.
    pub(crate) fn refuses(&self, files: &[File]) -> Option<String> {
        if files.is_empty() || files.len() > self.max_files {
            return Some(match self.max_files {
                1 => "Choose one file.".into(),
                most => format!("Choose up to {most} files."),
            });
        }
        let large = files.iter().find(|file| file.size > self.max_bytes);
        let odd = files.iter().find(|file| !self.takes(&file.content_type));
        match (large, odd) {
            (Some(file), _) => Some(format!(
                "“{}” is larger than {}.",
                file.name,
                size(self.max_bytes)
            )),
            (None, Some(file)) => Some(format!(
                "“{}” has a type that is not taken here.",
                file.name
            )),
            (None, None) => None,
        }
    }

    fn takes(&self, content_type: &str) -> bool {
        self.types.is_empty()
            || self
                .types
                .iter()
                .any(|known| match known.strip_suffix('*') {
                    Some(stem) => content_type.starts_with(stem),
                    None => content_type == *known,
                })
    }
}

/// Bytes, for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}
