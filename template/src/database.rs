//! Where the database comes from.
//!
//! `DATABASE_URL` names one. Without it, in development, the project has a server of its own in `.data/`, which
//! is left running for the next start. In development an empty database is filled from `schema/`; in production
//! it is migrated, when whoever deploys says so (`serve --migrate`, or `migrate` before).

use stack_db::{Db, Migrations, PoolSettings, Schema, embedded};
use stack_web::StartError;

use crate::config::Config;

pub mod migrations;
{%- if pgvector %}
pub mod vectors;
{%- endif %}

/// The name of the development database: that of the project.
const NAME: &str = env!("APP_NAME");

/// Connects to the database, and sees to it that it has its tables.
///
/// # Errors
/// With a text for the person who started the application.
pub async fn open(config: &Config) -> Result<Db, StartError> {
    let db = connect(config).await?;
{%- if cockroach %}
    let is_postgres = matches!(stack_db::is_cockroach(db.pool()).await, Ok(false));
    if is_postgres && !config.environment.is_production() {
        tracing::info!(
            "the database is PostgreSQL; for CockroachDB set `DATABASE_URL` as `.env.example` shows"
        );
    }
{%- endif %}
    if config.environment.is_production() {
        require_migrated(&migrations::main(config)?, &db).await?;
    } else {
        fill(&schema(config)?, &db).await?;
    }
    Ok(db)
}

/// Connects to the database, whatever is in it.
///
/// # Errors
/// With a text for the person who started the application.
pub async fn connect(config: &Config) -> Result<Db, StartError> {
    let url = match &config.database_url {
        Some(url) => url.expose().to_owned(),
        None => start_own_server(config, NAME).await?,
    };
    let settings = PoolSettings {
        max_connections: config.database_connections,
{%- if cockroach %}
        // As on CockroachDB, so that a conflict is met in development already.
        serializable: true,
{%- endif %}
        ..PoolSettings::default()
    };
    Ok(Db::connect(&url, settings).await?)
}

/// Starts the project's own server, or finds it running, and returns the URL of the database `name` on it.
async fn start_own_server(config: &Config, name: &str) -> Result<String, StartError> {
    let data_dir = config.project_dir.join(".data");
    let server = embedded::start(&data_dir, |step| tracing::info!("{step}")).await?;
    server.create_database_if_missing(name).await?;
    Ok(server.url(name))
}

fn schema(config: &Config) -> Result<Schema, StartError> {
    Ok(Schema::read(config.project_dir.join("schema"))?)
}

/// Fills an empty database from its schema, which only development does.
async fn fill(schema: &Schema, db: &Db) -> Result<(), StartError> {
    if schema.fill_if_empty(db.pool()).await? {
        tracing::info!("filled an empty database from `schema/`");
    } else if schema.changed_since_fill(db.pool()).await? {
        tracing::warn!(
            "`schema/` has changed since the database was filled from it; `cargo dev pave` makes it anew"
        );
    }
    Ok(())
}

/// Production changes no tables by itself, but it says at the start what is missing, rather than with every request.
async fn require_migrated(migrations: &Migrations, db: &Db) -> Result<(), StartError> {
    let status = migrations.require(db.pool()).await?;
    if let Some(newer) = status.newer {
        tracing::warn!(
            "the database is newer than this release: migration {newer} was applied, and the last one known here is {}",
            migrations.last()
        );
    }
    Ok(())
}
