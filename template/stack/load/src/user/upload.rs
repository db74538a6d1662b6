//! Uploads over a live connection.

use super::{Abort, User};
use crate::step::UploadFile;

/// The most bytes of a part of an upload.
const MAX_CHUNK_BYTES: u64 = 32 * 1024;

impl User {
    /// Sends files of these lengths, chunk by chunk.
    pub(super) async fn upload(
        &mut self,
        number: u64,
        upload: u32,
        files: &[UploadFile],
    ) -> Result<(), Abort> {
        let mut sent = 0;
        for (file, (_, size, _)) in files.iter().enumerate() {
            let file = u32::try_from(file).unwrap_or(u32::MAX);
            let mut left = *size;
            while left > 0 {
                let chunk = left.min(MAX_CHUNK_BYTES);
                left -= chunk;
                sent += chunk;
                // As far ahead as the server grants; the first goes at once.
                self.receive_until(number, |live| {
                    let progress = live.upload(upload);
                    let granted = progress.granted.max(MAX_CHUNK_BYTES);
                    progress.is_over()
                        || progress.received.saturating_add(granted) >= sent
                        || live.outcome.ends_page()
                })
                .await?;
                if self.live(number)?.upload(upload).is_over() {
                    break;
                }
                let bytes = usize::try_from(chunk).unwrap_or_default();
                let connection = self.live(number)?;
                connection.send_chunk(upload, file, bytes).await?;
            }
        }
        self.receive_until(number, |live| {
            let progress = live.upload(upload);
            progress.is_over() || progress.received >= sent || live.outcome.ends_page()
        })
        .await?;
        match self.live(number)?.upload(upload).rejected {
            true => Err("an upload that was rejected".into()),
            false => Ok(()),
        }
    }
}
