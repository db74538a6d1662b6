//! Sealing anew, under the current key, whatever is under an older one; then the older one can go.

use stack_db::Db;
use stack_web::{progress::Progress, sealed::Vault};

use crate::{
    error::{Error, Result},
    repositories::users,
};

/// How many values are sealed anew by one transaction, and lost at most if the process is killed.
const BATCH: i64 = 100;

/// Seals anew every value that is not under the first key of `ENCRYPTION_KEYS`; `tell` hears how far it is. Returns
/// how many could not be opened, each of which is logged; they stay as they are.
///
/// It keeps no account of its own: what is done is what the values say. So it may be stopped or killed at any time, and
/// the next one goes on where it was. Others may read and write meanwhile: a value that somebody changes is left to them.
///
/// # Errors
/// The database's; what was done until then stays done.
pub async fn rotate(
    db: &Db,
    vault: &Vault,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<usize> {
    let current = vault.current_range();
    let mut progress = Progress::of(users::count_phones_outside(db.pool(), &current).await?);
    tell(progress);
    let mut unopened = 0;
    let mut after = None;
    loop {
        let batch = users::phones_outside(db.pool(), &current, after, BATCH).await?;
        let Some((last, _)) = batch.last() else {
            return Ok(unopened);
        };
        after = Some(*last);
        let count = batch.len();
        let mut exchanges = Vec::with_capacity(count);
        for (user, old) in batch {
            match vault.open(&user, &old) {
                Ok(phone) => exchanges.push((user, vault.seal(&user, &phone), old)),
                Err(error) => {
                    unopened += 1;
                    tracing::error!(%user, %error, "cannot be sealed anew");
                }
            }
        }
        // May run again, as nothing but the database is touched.
        db.run(|tx| {
            let exchanges = &exchanges;
            Box::pin(async move {
                for (user, new, old) in exchanges {
                    users::exchange_phone(&mut **tx, *user, old, new).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
        progress.advance(count);
        tell(progress);
    }
}
