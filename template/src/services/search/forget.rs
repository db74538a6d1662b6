//! Deletes the embeddings of an account that was deleted.

use super::{Search, index};
use crate::models::UserId;

/// Deletes the embeddings of `user`, whose notes are deleted, in the background. If that fails, the hourly repair does it.
pub fn forget_in_background(search: &Search, user: UserId) {
    if search.vectors().is_err() {
        return;
    }
    let search = search.clone();
    tokio::spawn(async move {
        if let Err(error) = index(&search, user).await {
            tracing::warn!(?error, "cannot delete embeddings; will retry later");
        }
    });
}
