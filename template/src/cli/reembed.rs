//! `reembed`: makes every embedding by the model that is chosen now.

use std::error::Error;

use stack_web::{StartError, progress};

use super::go_on_later;
use crate::{app, config::Config, services::search};

pub(super) async fn run(config: Config) -> Result<(), Box<dyn Error>> {
    let state = app::connect(config).await?;
    if state.search.vectors().is_err() {
        let text = "there is no vector database to put embeddings into\n\
                    hint: set `VECTOR_DATABASE_URL`, as `.env.example` shows";
        return Err(StartError(text.to_owned()).into());
    }
    search::reembed(&state.search, &mut progress::on_stderr("embedding notes"))
        .await
        .map_err(go_on_later)?;
    Ok(())
}
