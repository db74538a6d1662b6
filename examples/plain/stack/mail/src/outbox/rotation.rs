//! Re-encrypts what waits with the current key, so that older keys can be removed.

use sqlx::PgPool;

use super::{Outbox, table};

/// How many rows are read at a time.
const BATCH: i64 = 100;

impl Outbox {
    /// Re-encrypts every row that is not under the first key. Returns how many cannot be decrypted; each is logged and stays
    /// as it is. It may be killed at any time: each row names its key.
    ///
    /// # Errors
    /// Errors of the database; the rows before stay re-encrypted.
    pub async fn rotate(&self, pool: &PgPool) -> sqlx::Result<usize> {
        let current = self.vault.current_range();
        let (mut failed, mut after) = (0, None);
        loop {
            let batch = table::outside(pool, &current, after, BATCH).await?;
            let Some((last, _)) = batch.last() else {
                return Ok(failed);
            };
            after = Some(*last);
            let count = batch.len();
            let resealed = self.vault.reseal(batch);
            failed += count - resealed.len();
            for (id, old, new) in resealed {
                table::replace(pool, id, &old, &new).await?;
            }
        }
    }
}
