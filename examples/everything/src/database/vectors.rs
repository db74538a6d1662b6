//! Where the vector database comes from, which search needs and nothing else does.
//!
//! `VECTOR_DATABASE_URL` names one. Without it, and without `DATABASE_URL`, the project's own server has both.

use stack_db::{Db, PoolSettings, Schema};

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
    let url = match (&config.vector_database_url, &config.database_url) {
        (Some(url), _) => url.expose().to_owned(),
        (None, None) => super::start_own_server(config, NAME).await?,
        (None, Some(_)) => {
            tracing::warn!("search is off: `VECTOR_DATABASE_URL` is not set");
            return Ok(());
        }
    };
    let settings = PoolSettings {
        max_connections: config.database_connections,
        ..PoolSettings::default()
    };
    let vectors = Db::connect(&url, settings).await?;
    fill(config, &vectors).await?;
    state.search.turn_on(vectors, embedder::of(config.embedder));
    Ok(())
}

/// In development an empty database is filled; in production that is left to whoever deploys.
async fn fill(config: &Config, vectors: &Db) -> Result<(), StartError> {
    if !config.environment.is_production() {
        let schema = Schema::read(config.project_dir.join("schema/vector"))?;
        if schema.fill_if_empty(vectors.pool()).await? {
            tracing::info!("filled the empty vector database from `schema/vector/`");
        }
        return Ok(());
    }
    let exists: bool = sqlx::query_scalar("SELECT to_regclass('note_embeddings') IS NOT NULL")
        .fetch_one(vectors.pool())
        .await?;
    if exists {
        return Ok(());
    }
    Err(StartError(
        "the vector database has no table `note_embeddings`: it is empty, or `VECTOR_DATABASE_URL` names another one\n\
         hint: cat schema/vector/*.sql | psql --set ON_ERROR_STOP=1 --single-transaction \"$VECTOR_DATABASE_URL\""
            .to_owned(),
    ))
}
