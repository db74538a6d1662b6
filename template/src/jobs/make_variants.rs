//! Makes the smaller pictures of a file, and has the pages of its note show them.

use stack_jobs::{Attempt, Failure};

use crate::{
    repositories::files,
    services::{self, files::variants::MakeVariants},
    state::AppState,
};

/// Makes them.
pub async fn run(state: AppState, job: MakeVariants, _: Attempt) -> Result<(), Failure> {
    if !state.files.make_variants(job.file).await? {
        return Ok(());
    }
    if let Some(owner) = files::owner(state.db.pool(), job.file).await? {
        services::notes::changed(state.live.hub(), owner);
    }
    Ok(())
}
