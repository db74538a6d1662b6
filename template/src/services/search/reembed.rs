//! Embedding everything again, for a person who waits: after another model was chosen, or a vector database was lost.

use stack_web::progress::Progress;

use super::{Search, index};
use crate::{error::Result, repositories::notes};

/// Embeds every note whose embedding is missing, outdated, or by another model; `tell` hears how far it is.
///
/// It keeps no account of its own: what is done is what the table says. So it may be stopped or killed at any time, and
/// the next one goes on where it was. Others may search and write meanwhile.
///
/// # Errors
/// The first one; what was done until then stays done.
pub async fn reembed(search: &Search, tell: &mut (dyn FnMut(Progress) + Send)) -> Result<()> {
    let mut progress = Progress::of(notes::by_id::count(search.db.pool()).await?);
    tell(progress);
    let mut after = None;
    loop {
        let owners = index::owners(search, after).await?;
        let Some(last) = owners.last().copied() else {
            return Ok(());
        };
        for owner in owners {
            let mut done = |count| {
                if count > 0 {
                    progress.advance(count);
                    tell(progress);
                }
            };
            index::index_telling(search, owner, &mut done).await?;
        }
        after = Some(last);
    }
}
