//! `reembed`: embeds every note with the current model.

use std::error::Error;

use stack_web::{StartError, progress};

use super::interrupted;
use crate::{app, config::Config, services::search};

pub(super) async fn run(config: Config) -> Result<(), Box<dyn Error>> {
    let state = app::connect(config).await?;
    if state.search.vectors().is_err() {
        let text = "there is no vector database to store embeddings in\n\
                    hint: set `VECTOR_DATABASE_URL`, as `.env.example` shows";
        return Err(StartError(text.to_owned()).into());
    }
    search::reembed(&state.search, &mut progress::on_stderr("embedding notes"))
        .await
        .map_err(interrupted)?;
    Ok(())
}
