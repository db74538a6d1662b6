//! Compares all notes with their embeddings, and embeds what is missing, outdated, or from another model: at the start of a worker
//! and every hour, once over all processes. While the embedder is down, the next attempts come sooner than that.

use serde::{Deserialize, Serialize};
use stack_jobs::{Attempt, Failure, Job};

use crate::{services::search, state::AppState};

/// The repair.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairEmbeddings {}

impl Job for RepairEmbeddings {
    const KIND: &'static str = "repair_embeddings";
    // What a user does comes first.
    const PRIORITY: i32 = -10;

    fn unique_key(&self) -> Option<String> {
        Some("all notes".to_owned())
    }
}

/// Enqueues it, unless one waits or search is disabled.
pub(super) async fn enqueue(state: AppState) {
    if state.search.vectors().is_err() {
        return;
    }
    let added = stack_jobs::enqueue(state.db.pool(), &RepairEmbeddings {}).await;
    if let Err(error) = added {
        tracing::warn!(%error, "cannot enqueue the repair of the embeddings; it is due every hour");
    }
}

/// Repairs them.
pub async fn run(state: AppState, _: RepairEmbeddings, _: Attempt) -> Result<(), Failure> {
    if state.search.vectors().is_ok() {
        search::repair(&state.search).await?;
    }
    Ok(())
}
