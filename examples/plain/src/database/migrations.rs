//! The migrations, which are compiled into the program: migrating a database needs no files.

use sqlx::migrate::Migrator;
use stack_db::Migrations;
use stack_web::StartError;

use crate::config::Config;

static MAIN: Migrator = sqlx::migrate!("./migrations");

/// The migrations of the database.
///
/// # Errors
/// If the files are invalid, for example if two have the same number.
pub fn main(config: &Config) -> Result<Migrations, StartError> {
    let migrations = Migrations::embedded(&MAIN, "migrations")?;
    Ok(migrations
        .applied_by(command(config))
        .with_timeouts(config.migrate_timeouts))
}

/// The command that applies them, for hints of errors.
fn command(config: &Config) -> String {
    let program = match config.environment.is_production() {
        true => env!("APP_NAME"),
        false => "cargo run --",
    };
    format!("{program} migrate")
}
