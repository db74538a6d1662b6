//! Phone numbers, as [`rotate`](super::rotate).

use stack_db::Db;
use stack_web::{progress::Progress, sealed::Vault};

use super::BATCH;
use crate::{
    error::{Error, Result},
    repositories::users::phones,
};

/// Re-encrypts every phone number that is not under the current key. Returns how many cannot be decrypted.
pub(super) async fn rotate(
    db: &Db,
    vault: &Vault,
    on_progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<usize> {
    let current = vault.current_range();
    let mut progress = Progress::of(phones::count_outside(db.pool(), &current).await?);
    on_progress(progress);
    let (mut failed, mut after) = (0, None);
    loop {
        let batch = phones::outside(db.pool(), &current, after, BATCH).await?;
        let Some((last, _)) = batch.last() else {
            return Ok(failed);
        };
        after = Some(*last);
        let count = batch.len();
        let resealed = vault.reseal(batch);
        failed += count - resealed.len();
        // `Db::run` may retry this: it has no effect outside of the database.
        db.run(|tx| {
            let resealed = &resealed;
            Box::pin(async move {
                for (user, old, new) in resealed {
                    phones::replace(&mut **tx, *user, old, new).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
        progress.advance(count);
        on_progress(progress);
    }
}
