//! `migrate`, and the same before `serve`.

use std::error::Error;

use clap::Args;
use stack_db::{
    Db, Migrations,
    migrations::{self, Outcome},
};
use stack_web::StartError;

use super::say;
use crate::{
    config::Config,
    database::{self, migrations as ours},
};

#[derive(Debug, Args)]
pub struct Migrate {
    /// Run nothing, and record the migrations up to this number as applied: for a database that was made from
    /// `schema/`, or by hand
    #[arg(long, value_name = "N")]
    assume_through: Option<i64>,
}

impl Migrate {
    /// Migrates, and prints the name of each file.
    pub async fn run(self, config: &Config) -> Result<(), Box<dyn Error>> {
        let db = database::connect(config).await?;
        self.one(&ours::main(config)?, &db).await?;
        Ok(())
    }

    async fn one(&self, migrations: &Migrations, db: &Db) -> Result<(), StartError> {
        let outcome = match self.assume_through {
            None => {
                let print = |name: &str| say(&format!("applied {name}"));
                let apply = migrations.apply(db.pool(), |migration| print(&migration.name));
                apply.await?
            }
            Some(through) => {
                let outcome = migrations.assume(db.pool(), through).await?;
                for name in &outcome.applied {
                    say(&format!("assumed {name}"));
                }
                outcome
            }
        };
        if let Some(baseline) = &outcome.carried {
            say(&format!("carried over to {baseline}"));
        }
        if outcome == Outcome::default() {
            say("nothing to do");
        }
        Ok(())
    }
}

/// Migrates. A database that belongs to a newer release is left to the check at the start: to go back to an older
/// release has to be possible.
pub async fn before_serving(config: &Config) -> Result<(), StartError> {
    let db = database::connect(config).await?;
    before_serving_one(&ours::main(config)?, &db).await?;
    Ok(())
}

async fn before_serving_one(migrations: &Migrations, db: &Db) -> Result<(), StartError> {
    let log = |name: &str| tracing::info!("applied the migration {name}");
    let outcome = migrations.apply(db.pool(), |migration| log(&migration.name));
    match outcome.await {
        Ok(_) | Err(migrations::Error::Newer { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
