//! Re-encrypts values with the current key, so that older keys can be removed.

use stack_db::Db;
use stack_web::{progress::Progress, sealed::Vault};

use crate::{
    error::{Error, Result},
    repositories::users,
};

/// How many values one transaction re-encrypts; the work on these is repeated if the process is killed.
const BATCH: i64 = 100;

/// Re-encrypts every value that is not under the first key of `ENCRYPTION_KEYS`. Returns how many values cannot be
/// decrypted; each is logged and stays as it is.
///
/// The values themselves record the progress: each names its key. So it may be killed at any time, and the next run
/// resumes. Requests may read and write meanwhile: a value that is changed concurrently is left alone.
///
/// # Errors
/// Errors of the database; the batches before stay committed.
pub async fn rotate(
    db: &Db,
    vault: &Vault,
    on_progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<usize> {
    let current = vault.current_range();
    let mut progress = Progress::of(users::count_phones_outside(db.pool(), &current).await?);
    on_progress(progress);
    let mut failed = 0;
    let mut after = None;
    loop {
        let batch = users::phones_outside(db.pool(), &current, after, BATCH).await?;
        let Some((last, _)) = batch.last() else {
            break;
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
                    users::replace_phone(&mut **tx, *user, old, new).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
        progress.advance(count);
        on_progress(progress);
    }
    Ok(failed)
}
