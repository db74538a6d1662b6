//! Connects to the database.
//!
//! `DATABASE_URL` names it. Without it, development starts an embedded server in `.data/`, which keeps running for the
//! next start. Development creates the tables of an empty database from `schema/`. Production applies migrations only
//! on request: `migrate`, or `serve --migrate`.

use stack_db::{Db, Migrations, PoolSettings, Schema, embedded};
use stack_web::StartError;

use crate::config::Config;

pub mod migrations;

/// The name of the development database.
const NAME: &str = env!("APP_NAME");

/// Connects to the database and ensures that it has its tables.
///
/// # Errors
/// [`StartError`], whose message is shown to the user.
pub async fn open(config: &Config) -> Result<Db, StartError> {
    let db = connect(config).await?;
    if config.environment.is_production() {
        require_migrated(&migrations::main(config)?, &db).await?;
    } else {
        fill(&schema(config)?, &db).await?;
    }
    Ok(db)
}

/// Connects to the database without checking its tables.
///
/// # Errors
/// [`StartError`], whose message is shown to the user.
pub async fn connect(config: &Config) -> Result<Db, StartError> {
    let url = match &config.database_url {
        Some(url) => url.expose().to_owned(),
        None => start_embedded_server(config, NAME).await?,
    };
    let settings = PoolSettings {
        max_connections: config.database_connections,
        verify_tls: config.environment.is_production(),
        ..PoolSettings::default()
    };
    Ok(Db::connect(&url, settings).await?)
}

/// Starts the embedded server unless it is running, and returns the URL of its database `name`.
async fn start_embedded_server(config: &Config, name: &str) -> Result<String, StartError> {
    let data_dir = config.project_dir.join(".data");
    let server = embedded::start(&data_dir, |step| tracing::info!("{step}")).await?;
    server.create_database_if_missing(name).await?;
    Ok(server.url(name))
}

fn schema(config: &Config) -> Result<Schema, StartError> {
    Ok(Schema::read(config.project_dir.join("schema"))?)
}

/// Creates the tables of an empty database from its schema. Only development does this.
async fn fill(schema: &Schema, db: &Db) -> Result<(), StartError> {
    if schema.fill_if_empty(db.pool()).await? {
        tracing::info!("created the tables of an empty database from `schema/`");
    } else if schema.changed_since_fill(db.pool()).await? {
        tracing::warn!(
            "`schema/` has changed since the database was created from it; `cargo dev pave` creates it again"
        );
    }
    Ok(())
}

/// Fails if a migration is pending: production does not change tables by itself, and should not fail in every request.
async fn require_migrated(migrations: &Migrations, db: &Db) -> Result<(), StartError> {
    let status = migrations.require(db.pool()).await?;
    if let Some(newer) = status.newer {
        tracing::warn!(
            "the database is newer than this release: migration {newer} is applied, and the newest one of this release is {}",
            migrations.last()
        );
    }
    Ok(())
}
