//! Where the database comes from.
//!
//! `DATABASE_URL` names one. Without it, in development, the project has a server of its own in `.data/`, which
//! is left running for the next start. An empty database is filled from `schema/` in development; in production
//! that is left to whoever deploys.

use stack_db::{Db, PoolSettings, Schema, embedded};

use crate::{app::StartError, config::Config};

pub mod vectors;

/// The name of the development database: that of the project.
const NAME: &str = env!("CARGO_PKG_NAME");

/// Connects to the database, and sees to it that it has its tables.
///
/// # Errors
/// With a text for the person who started the application.
pub async fn open(config: &Config) -> Result<Db, StartError> {
    let url = match &config.database_url {
        Some(url) => url.expose().to_owned(),
        None => start_own_server(config, NAME).await?,
    };
    let settings = PoolSettings {
        max_connections: config.database_connections,
        // As on CockroachDB, so that a conflict is met in development already.
        serializable: true,
        ..PoolSettings::default()
    };
    let db = Db::connect(&url, settings).await?;
    if !db.is_cockroach() && !config.environment.is_production() {
        tracing::info!(
            "the database is PostgreSQL; for CockroachDB set `DATABASE_URL` as `.env.example` shows"
        );
    }
    if config.environment.is_production() {
        require_tables(&db).await?;
    } else if schema(config)?.fill_if_empty(db.pool()).await? {
        tracing::info!("filled the empty database from `schema/`");
    }
    Ok(db)
}

/// Starts the project's own server, or finds it running, and returns the URL of the database `name` on it.
async fn start_own_server(config: &Config, name: &str) -> Result<String, StartError> {
    let data_dir = config.project_dir.join(".data");
    let needs_vector = schema(config)?.needs_vector();
    let server = embedded::start(&embedded::Options {
        data_dir,
        needs_vector,
    })
    .await?;
    server.create_database_if_missing(name).await?;
    Ok(server.url(name))
}

fn schema(config: &Config) -> Result<Schema, StartError> {
    Ok(Schema::read(config.project_dir.join("schema"))?)
}

/// Production fills nothing by itself, but it says so at the start rather than with every request.
async fn require_tables(db: &Db) -> Result<(), StartError> {
    let exists: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM information_schema.tables
         WHERE table_schema = current_schema() AND table_name = 'users')",
    )
    .fetch_one(db.pool())
    .await?;
    if exists {
        return Ok(());
    }
    Err(StartError(
        "the database has no table `users`: it is empty, or `DATABASE_URL` names another one\n\
         hint: cat schema/*.sql | psql --set ON_ERROR_STOP=1 --single-transaction \"$DATABASE_URL\""
            .to_owned(),
    ))
}
