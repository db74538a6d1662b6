//! `rotate`: re-encrypts every encrypted column, also that of the mails that wait, with the first key of `ENCRYPTION_KEYS`.

use std::error::Error;

use stack_web::StartError;

use super::interrupted;
use crate::{app, config::Config, database};

pub(super) async fn run(config: Config) -> Result<(), Box<dyn Error>> {
    let db = database::open(&config).await?;
    let state = app::state(config, db)?;
    let rotated = async {
        let failed = state.links.outbox.rotate(state.db.pool()).await?;
        Ok::<_, crate::error::Error>(failed)
    };
    match rotated.await {
        Ok(0) => Ok(()),
        Ok(failed) => Err(StartError(format!(
            "{failed} values cannot be decrypted; the log names each with its reason\n\
             hint: append the missing keys to `ENCRYPTION_KEYS`, and run the command again"
        ))
        .into()),
        Err(error) => Err(interrupted(error).into()),
    }
}
