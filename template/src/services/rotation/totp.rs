//! The secrets of codes from an app, as [`rotate`](super::rotate).

use stack_db::Db;
use stack_web::{progress::Progress, sealed::Vault};

use super::BATCH;
use crate::{
    error::{Error, Result},
    repositories::totp_secrets,
};

/// Re-encrypts every secret that is not under the current key. Returns how many cannot be decrypted.
pub(super) async fn rotate(
    db: &Db,
    vault: &Vault,
    on_progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<usize> {
    let current = vault.current_range();
    let mut progress = Progress::of(totp_secrets::count_outside(db.pool(), &current).await?);
    let (mut failed, mut after) = (0, None);
    loop {
        let batch = totp_secrets::outside(db.pool(), &current, after, BATCH).await?;
        let Some((last, _)) = batch.last() else {
            return Ok(failed);
        };
        after = Some(*last);
        let count = batch.len();
        let resealed = vault.reseal(batch);
        failed += count - resealed.len();
        db.run(|tx| {
            let resealed = &resealed;
            Box::pin(async move {
                for (user, old, new) in resealed {
                    totp_secrets::replace(&mut **tx, *user, old, new).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
        progress.advance(count);
        on_progress(progress);
    }
}
