//! Embeds all notes with progress: after a change of the model, or after the vector database was lost.

use stack_web::progress::Progress;

use super::{Search, index};
use crate::{error::Result, repositories::notes};

/// Embeds every note whose embedding is missing, outdated, or from another model.
///
/// The table itself records the progress, so it may be killed at any time, and the next run resumes. Requests may search
/// and write meanwhile.
///
/// # Errors
/// The first error; the embeddings before stay stored.
pub async fn reembed(
    search: &Search,
    on_progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<()> {
    let mut progress = Progress::of(notes::by_id::count(search.db.pool()).await?);
    on_progress(progress);
    let mut after = None;
    loop {
        let owners = index::owners(search, after).await?;
        let Some(last) = owners.last().copied() else {
            return Ok(());
        };
        for owner in owners {
            let mut advance = |count| {
                if count > 0 {
                    progress.advance(count);
                    on_progress(progress);
                }
            };
            index::index_with_progress(search, owner, &mut advance).await?;
        }
        after = Some(last);
    }
}
