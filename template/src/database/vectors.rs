//! Where the vector database comes from, which search needs and nothing else does.
//!
//! `VECTOR_DATABASE_URL` names one. Without it, and without `DATABASE_URL`, the project's own server has both.

use stack_db::{Db, PoolSettings, Schema};

use super::migrations;
use crate::{
    app::{AppState, StartError},
    config::Config,
    services::embedder,
};

/// The name of the development database: that of the project, and `_vectors`.
const NAME: &str = concat!(env!("CARGO_PKG_NAME"), "_vectors");

/// Connects to the vector database, sees to it that it has its table, and turns search on.
///
/// Where `DATABASE_URL` is set and `VECTOR_DATABASE_URL` is not, search stays off, and everything else works.
///
/// # Errors
/// With a text for the person who started the application.
pub async fn turn_search_on(state: &AppState) -> Result<(), StartError> {
    let config = &state.config;
    let Some(vectors) = connect(config).await? else {
        tracing::warn!("search is off: `VECTOR_DATABASE_URL` is not set");
        return Ok(());
    };
    if config.environment.is_production() {
        super::require_migrated(&migrations::vectors(config)?, &vectors).await?;
    } else {
        let schema = Schema::read(config.project_dir.join("schema/vector"))?;
        super::fill(&schema, &vectors).await?;
    }
    state.search.turn_on(vectors, embedder::of(config.embedder));
    Ok(())
}

/// Connects to the vector database, whatever is in it; `None` if there is to be none.
///
/// # Errors
/// With a text for the person who started the application.
pub async fn connect(config: &Config) -> Result<Option<Db>, StartError> {
    let url = match (&config.vector_database_url, &config.database_url) {
        (Some(url), _) => url.expose().to_owned(),
        (None, None) => super::start_own_server(config, NAME).await?,
        (None, Some(_)) => return Ok(None),
    };
    let settings = PoolSettings {
        max_connections: config.database_connections,
        ..PoolSettings::default()
    };
    Ok(Some(Db::connect(&url, settings).await?))
}
