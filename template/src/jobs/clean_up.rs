//! Deletes jobs that were done or cancelled `JOBS_KEEP_DAYS` ago.

use serde::{Deserialize, Serialize};
use stack_jobs::{Attempt, Failure, Job, operate};

use crate::{repositories::delete_all, state::AppState};

/// The hourly clean-up.
#[derive(Debug, Serialize, Deserialize)]
pub struct CleanUp {}

impl Job for CleanUp {
    const KIND: &'static str = "clean_up";
}

/// Deletes them.
pub async fn run(state: AppState, _: CleanUp, _: Attempt) -> Result<(), Failure> {
    let (pool, age) = (state.db.pool(), state.config.jobs.keep);
    delete_all(|batch| operate::delete_finished(pool, age, batch)).await?;
    Ok(())
}
