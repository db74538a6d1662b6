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
            for (id, old) in batch {
                match self.vault.open(&id, &old) {
                    Ok(json) => {
                        let new = self.vault.seal(&id, &json);
                        table::replace(pool, id, &old, &new).await?;
                    }
                    Err(error) => {
                        failed += 1;
                        tracing::error!(%id, %error, "cannot re-encrypt a mail");
                    }
                }
            }
        }
    }
}
