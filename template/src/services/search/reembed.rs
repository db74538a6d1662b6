//! Embedding everything again, for a person who waits: after another model was chosen, or a vector database was lost.

use super::index;
use crate::{app::AppState, error::Result, repositories::notes};

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Notes that were seen to: embedded just now, or before.
    pub done: u64,
    /// Notes in all, as many as there were at the start.
    pub total: u64,
}

/// Embeds every note whose embedding is missing, outdated, or by another model; `tell` hears how far it is.
///
/// It keeps no account of its own: what is done is what the table says. So it may be stopped or killed at any time, and
/// the next one goes on where it was. Others may search and write meanwhile.
///
/// # Errors
/// The first one; what was done until then stays done.
pub async fn reembed(state: &AppState, tell: &mut (dyn FnMut(Progress) + Send)) -> Result<()> {
    state.vectors()?;
    let total = u64::try_from(notes::by_id::count(state.db.pool()).await?).unwrap_or_default();
    let mut done = 0;
    tell(Progress { done, total });
    let mut after = None;
    loop {
        let owners = index::owners(state, after).await?;
        let Some(last) = owners.last().copied() else {
            return Ok(());
        };
        for owner in owners {
            let mut advance = |count: usize| {
                done = total.min(done + count as u64);
                tell(Progress { done, total });
            };
            index::index_telling(state, owner, &mut advance).await?;
        }
        after = Some(last);
    }
}
