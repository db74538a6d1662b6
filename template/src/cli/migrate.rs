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
{%- if pgvector %}
    /// Only the vector database. Without this, both are migrated, and what is assumed is assumed of the other one
    #[arg(long)]
    vectors: bool,
{%- endif %}
}

impl Migrate {
    /// Migrates, and prints the name of each file.
    pub async fn run(self, config: &Config) -> Result<(), Box<dyn Error>> {
{%- if pgvector %}
        if self.vectors {
            let Some(vectors) = database::vectors::connect(config).await? else {
                let text = "there is no vector database: `VECTOR_DATABASE_URL` is not set";
                return Err(StartError(text.to_owned()).into());
            };
            self.one(&ours::vectors(config)?, &vectors).await?;
            return Ok(());
        }
{%- endif %}
        let db = database::connect(config).await?;
        self.one(&ours::main(config)?, &db).await?;
{%- if pgvector %}
        if self.assume_through.is_none()
            && let Some(vectors) = database::vectors::connect(config).await?
        {
            self.one(&ours::vectors(config)?, &vectors).await?;
        }
{%- endif %}
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
{%- if pgvector %}
    if let Some(vectors) = database::vectors::connect(config).await? {
        before_serving_one(&ours::vectors(config)?, &vectors).await?;
    }
{%- endif %}
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
