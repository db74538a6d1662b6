//! `rotate`: seals every encrypted column anew, under the first key of `ENCRYPTION_KEYS`.

use std::error::Error;

use stack_web::{StartError, progress};

use super::go_on_later;
use crate::{app, config::Config, database, services::rotation};

pub(super) async fn run(config: Config) -> Result<(), Box<dyn Error>> {
    let db = database::open(&config).await?;
    let state = app::state(config, db)?;
    let what = "sealing values anew";
    match rotation::rotate(&state.db, &state.vault, &mut progress::on_stderr(what)).await {
        Ok(0) => Ok(()),
        Ok(unopened) => Err(StartError(format!(
            "{unopened} values cannot be opened; the log says which, and why\n\
             hint: add the keys that are missing to `ENCRYPTION_KEYS`, behind the others, and run it again"
        ))
        .into()),
        Err(error) => Err(go_on_later(error).into()),
    }
}
