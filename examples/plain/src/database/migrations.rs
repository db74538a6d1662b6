//! The migrations that the program carries along: it needs no files to migrate a database.

use sqlx::migrate::Migrator;
use stack_db::Migrations;
use stack_web::StartError;

use crate::config::Config;

static MAIN: Migrator = sqlx::migrate!("./migrations");

/// Those of the database.
///
/// # Errors
/// If two files have one number, and the like.
pub fn main(config: &Config) -> Result<Migrations, StartError> {
    Ok(Migrations::embedded(&MAIN, "migrations")?.applied_by(command(config)))
}

/// What to type to apply them.
fn command(config: &Config) -> String {
    let program = match config.environment.is_production() {
        true => env!("APP_NAME"),
        false => "cargo run --",
    };
    format!("{program} migrate")
}
