//! Re-encrypts values with the current key, so that older keys can be removed.

use stack_db::Db;
use stack_web::{progress::Progress, sealed::Vault};

use crate::error::Result;
{%- if phone %}

mod phone;
{%- endif %}
{%- if totp %}

mod totp;
{%- endif %}

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
    let mut failed = 0;
{%- if phone %}
    failed += phone::rotate(db, vault, on_progress).await?;
{%- endif %}
{%- if totp %}
    failed += totp::rotate(db, vault, on_progress).await?;
{%- endif %}
    Ok(failed)
}
