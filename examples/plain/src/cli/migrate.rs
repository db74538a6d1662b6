//! `migrate`, and `serve --migrate`.

use std::error::Error;

use clap::{Args, ValueEnum};
use stack_db::{
    Db, Migrations,
    migrations::{Error as MigrationError, Outcome, Progress, Resolution},
};
use stack_web::StartError;

use super::print_line;
use crate::{
    config::Config,
    database::{self, migrations},
};

#[derive(Debug, Args)]
pub struct Migrate {
    /// Record the migrations up to this number as applied, without running them: for a database that was created from
    /// `schema/` or by hand
    #[arg(long, value_name = "N")]
    assume_through: Option<i64>,
    /// With `--assume-through`: do not look whether the database is as they would leave it
    #[arg(long, requires = "assume_through")]
    unchecked: bool,
    /// Only say how each migration stands; exit code 1 if the database is not one of this release's migrations. What was
    /// changed beside them is found by `cargo dev migrate --against URL`
    #[arg(long, conflicts_with_all = ["assume_through", "resolve"])]
    status: bool,
    /// Record what became of the migration N, which was begun and has not ended
    #[arg(
        long,
        value_name = "N",
        requires = "resolution",
        conflicts_with = "assume_through"
    )]
    resolve: Option<i64>,
    /// With `--resolve`: it has done all its work, or it shall run again
    #[arg(requires = "resolve")]
    resolution: Option<Resolved>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Resolved {
    Applied,
    Again,
}

impl Migrate {
    /// Migrates, and prints the name of each migration.
    pub async fn run(self, config: &Config) -> Result<(), Box<dyn Error>> {
        let db = database::connect(config).await?;
        self.migrate(&migrations::main(config)?, &db).await?;
        Ok(())
    }

    async fn migrate(&self, migrations: &Migrations, db: &Db) -> Result<(), StartError> {
        if self.status {
            return status(migrations, db).await;
        }
        if let (Some(version), Some(resolution)) = (self.resolve, self.resolution) {
            let (resolution, recorded) = match resolution {
                Resolved::Applied => (Resolution::Applied, "recorded as applied"),
                Resolved::Again => (Resolution::Again, "will run again"),
            };
            migrations.resolve(db.pool(), version, resolution).await?;
            print_line(&format!("migration {version} {recorded}"));
            return Ok(());
        }
        let outcome = match self.assume_through {
            None => {
                let mut progress = Progress::default();
                let apply = migrations.apply(db.pool(), |event| {
                    if let Some(name) = progress.show(event) {
                        print_line(&format!("applied {name}"));
                    }
                });
                apply.await?
            }
            Some(through) => {
                let outcome = migrations
                    .assume(db.pool(), through, self.unchecked)
                    .await?;
                for name in &outcome.applied {
                    print_line(&format!("recorded {name} as applied"));
                }
                outcome
            }
        };
        if let Some(baseline) = &outcome.carried {
            print_line(&format!("switched to the baseline {baseline}"));
        }
        if outcome == Outcome::default() {
            print_line("nothing to do");
        }
        Ok(())
    }
}

/// Prints how each migration stands, and writes nothing.
async fn status(migrations: &Migrations, db: &Db) -> Result<(), StartError> {
    let connection = db.pool().acquire().await;
    let mut connection = connection.map_err(MigrationError::from)?;
    let (entries, unmanaged) = migrations.states(&mut connection).await?;
    for entry in &entries {
        print_line(&entry.to_string());
    }
    let problem = match entries.iter().all(|entry| entry.state.is_at_rest()) {
        _ if unmanaged => "the database has tables, but no record of migrations",
        true => return Ok(()),
        false => "the database is not one that the migrations of this release have made",
    };
    let hint = "hint: `cargo dev migrate --against URL` shows how it differs";
    Err(StartError(format!("{problem}\n{hint}")))
}

/// Applies all pending migrations. A database of a newer release is no error here, so that a rollback to an older
/// release can start; the check at start-up logs it.
pub async fn before_serving(config: &Config) -> Result<(), StartError> {
    let db = database::connect(config).await?;
    apply_pending(&migrations::main(config)?, &db).await?;
    Ok(())
}

async fn apply_pending(migrations: &Migrations, db: &Db) -> Result<(), StartError> {
    let mut progress = Progress::default();
    let outcome = migrations.apply(db.pool(), |event| {
        if let Some(name) = progress.show(event) {
            tracing::info!("applied the migration {name}");
        }
    });
    match outcome.await {
        Ok(_) | Err(MigrationError::Newer { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
