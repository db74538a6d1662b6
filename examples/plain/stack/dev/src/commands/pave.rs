//! `cargo dev pave`: drops every database and creates it again.
//!
//! A mistake in the schema, or a kill, leaves the old database as it was: emptying and filling are one
//! transaction ([`postgres`]).

mod postgres;

use std::process::ExitCode;
use std::time::Instant;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use stack_db::Schema;

use super::seed;
use crate::cli::Pave;
use crate::databases::{DATABASES, Database};
use crate::error::{Error, Result};
use crate::guard;
use crate::project::Project;
use crate::ui;

pub(super) async fn run(project: &Project, arguments: &Pave) -> Result<ExitCode> {
    let begun = Instant::now();
    // All of them are looked at before the first is touched.
    let mut targets = Vec::new();
    for database in DATABASES {
        match project.url(database).await? {
            Some(url) => targets.push(Target::of(project, database, &url)?),
            None => ui::warning(&format!(
                "`{}` is not set: that database is left out",
                database.variable
            )),
        }
    }
    for target in &targets {
        target.require_ours(&arguments.confirm).await?;
    }
    for target in &targets {
        let mut server = target.server().await?;
        postgres::pave(target, &mut server).await?;
        server.close().await?;
        ui::say(&format!(
            "paved `{}` from `{}`",
            target.name, target.database.schema
        ));
    }
    if !arguments.no_seed {
        seed::run(project)?;
    }
    ui::say(&format!("done in {:.1} s", begun.elapsed().as_secs_f32()));
    Ok(ExitCode::SUCCESS)
}

/// A database that may be dropped, and what it is made of.
struct Target {
    database: &'static Database,
    options: PgConnectOptions,
    name: String,
    schema: Schema,
}

impl Target {
    fn of(project: &Project, database: &'static Database, url: &str) -> Result<Self> {
        guard::require_local(project, url)?;
        let options: PgConnectOptions = url.parse()?;
        let Some(name) = options.get_database().map(str::to_owned) else {
            return Err(Error::new(format!(
                "the URL of `{}` names no database",
                database.variable
            )));
        };
        if ["postgres", "template0", "template1", "system"].contains(&name.as_str()) {
            return Err(Error::new(format!(
                "`{name}` is the server's own database, which is not dropped"
            ))
            .hint(format!("name another one in `{}`", database.variable)));
        }
        let schema = Schema::read(project.schema(database))?;
        Ok(Self {
            database,
            options,
            name,
            schema,
        })
    }

    /// A database that holds tables was filled by this project, or a person confirms that it may go: what
    /// is reached by `localhost` may be a tunnel to somewhere else.
    async fn require_ours(&self, confirmed: &[String]) -> Result<()> {
        if confirmed.contains(&self.name) {
            return Ok(());
        }
        let mut server = self.server().await?;
        let there = exists(&mut server, &self.name).await?;
        server.close().await?;
        if !there {
            return Ok(());
        }
        let pool = PgPool::connect_with(self.options.clone()).await?;
        let ours = Schema::is_recorded(&pool).await?;
        let (tables, migrated): (i64, i64) = sqlx::query_as(
            "select count(*), count(*) filter (where table_name = '_sqlx_migrations')
             from information_schema.tables where table_type = 'BASE TABLE'
             and table_schema not in ('pg_catalog', 'information_schema')",
        )
        .fetch_one(&pool)
        .await?;
        pool.close().await;
        if tables == 0 || ours && migrated == 0 {
            return Ok(());
        }
        let name = &self.name;
        let why = if migrated > 0 {
            "was migrated"
        } else {
            "was not made from `schema/`"
        };
        Err(Error::new(format!(
            "the database `{name}` holds {tables} tables and {why}: it may be one that somebody needs"
        ))
        .hint(format!("if it may go: `cargo dev pave --confirm {name}`")))
    }

    /// A connection to the server, to a database that stays.
    async fn server(&self) -> Result<PgConnection> {
        let mut reason = String::new();
        for name in ["postgres", "template1"] {
            match self.options.clone().database(name).connect().await {
                Ok(connection) => return Ok(connection),
                Err(error) => reason = error.to_string(),
            }
        }
        let Database { name, variable, .. } = self.database;
        Err(Error::new(format!(
            "the server of the database `{name}` cannot be reached: {reason}"
        ))
        .hint(format!(
            "is it running, and is `{variable}` right? Without it, `cargo dev db start` starts one"
        )))
    }
}

async fn exists(server: &mut PgConnection, name: &str) -> Result<bool> {
    let query = "select exists (select 1 from pg_database where datname = $1)";
    Ok(sqlx::query_scalar(query)
        .bind(name)
        .fetch_one(server)
        .await?)
}

async fn execute(connection: &mut PgConnection, sql: String) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await?;
    Ok(())
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
