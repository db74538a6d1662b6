//! Deletes the embeddings of an account that was deleted.

use super::{Search, index};
use crate::models::Owner;

/// Deletes the embeddings of `owner`, whose notes are deleted, in the background. If that fails, the hourly repair does it.
pub fn forget_in_background(search: &Search, owner: Owner) {
    if search.vectors().is_err() {
        return;
    }
    let search = search.clone();
    tokio::spawn(async move {
        if let Err(error) = index(&search, owner).await {
            tracing::warn!(?error, "cannot delete embeddings; will retry later");
        }
    });
}
