//! `cargo dev pave`: every database anew.
//!
//! A new database is made and filled beside the old one, and only then takes its place: a mistake in the
//! schema, or a kill, leaves the old one as it was.

use std::process::ExitCode;
use std::time::Instant;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use stack_db::Schema;

use super::seed;
use crate::cli::Pave;
use crate::error::{Error, Result};
use crate::guard;
use crate::project::{DATABASES, Database, Project};
use crate::ui;

pub(super) async fn run(project: &Project, arguments: &Pave) -> Result<ExitCode> {
    let begun = Instant::now();
    // All of them are looked at before the first is touched.
    let mut targets = Vec::new();
    for database in DATABASES {
        match project.url(database).await? {
            Some(url) => {
                guard::require_local(project, &url)?;
                targets.push((database, url, Schema::read(project.schema(database))?));
            }
            None => ui::warning(&format!("`{}` is not set: that database is left out", database.variable)),
        }
    }
    for (database, url, schema) in &targets {
        pave(database, url, schema).await?;
    }
    if !arguments.no_seed {
        seed::run(project)?;
    }
    ui::say(&format!("done in {:.1} s", begun.elapsed().as_secs_f32()));
    Ok(ExitCode::SUCCESS)
}

async fn pave(database: &Database, url: &str, schema: &Schema) -> Result<()> {
    let options: PgConnectOptions = url.parse()?;
    let Some(name) = options.get_database().map(str::to_owned) else {
        return Err(Error::new(format!("the URL of `{}` names no database", database.variable)));
    };
    if ["postgres", "template0", "template1", "system"].contains(&name.as_str()) {
        return Err(Error::new(format!("`{name}` is the server's own database, which is not dropped"))
            .hint(format!("name another one in `{}`", database.variable)));
    }
    let mut server = connect(&options, database).await?;
    let (new, old) = (format!("{name}__new"), format!("{name}__old"));
    let cockroach = sqlx::query_scalar::<_, String>("select version()")
        .fetch_one(&mut server)
        .await?
        .starts_with("CockroachDB");
    let owned = Names { new: quote(&new), old: quote(&old), name: quote(&name), cockroach };
    drop_database(&mut server, &owned.new, cockroach).await?;
    execute(&mut server, format!("create database {}", owned.new)).await?;
    let filled = fill(&options.clone().database(&new), schema).await;
    if let Err(error) = filled {
        drop_database(&mut server, &owned.new, cockroach).await?;
        return Err(error);
    }
    take_place(&mut server, &owned, &name).await?;
    server.close().await?;
    ui::say(&format!("paved `{name}` from `{}`", database.schema));
    Ok(())
}

struct Names {
    name: String,
    new: String,
    old: String,
    cockroach: bool,
}

async fn connect(options: &PgConnectOptions, database: &Database) -> Result<PgConnection> {
    let mut last = None;
    // CockroachDB has `defaultdb` instead, and both have `postgres` unless somebody dropped it.
    for name in ["postgres", "template1"] {
        match options.clone().database(name).connect().await {
            Ok(connection) => return Ok(connection),
            Err(error) => last = last.or(Some(error)),
        }
    }
    let reason = last.map_or_else(String::new, |error| format!(": {error}"));
    Err(Error::new(format!("the server of the database `{}` cannot be reached{reason}", database.name))
        .hint(format!("is it running, and is `{}` right? Without it, `cargo dev db start` starts one", database.variable)))
}

async fn fill(options: &PgConnectOptions, schema: &Schema) -> Result<()> {
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
    let filled = schema.fill_if_empty(&pool).await;
    pool.close().await;
    filled?;
    Ok(())
}

/// The old one steps aside, the new one takes its name, the old one goes. Whoever is connected is
/// disconnected, and finds the new one when they connect again.
async fn take_place(server: &mut PgConnection, names: &Names, name: &str) -> Result<()> {
    drop_database(server, &names.old, names.cockroach).await?;
    let exists: bool = sqlx::query_scalar("select exists (select 1 from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(&mut *server)
        .await?;
    if exists {
        rename(server, name, &names.name, &names.old, names.cockroach).await?;
    }
    let new = format!("{name}__new");
    rename(server, &new, &names.new, &names.name, names.cockroach).await?;
    drop_database(server, &names.old, names.cockroach).await
}

/// Renames a database, which nobody may be connected to; somebody may connect again in between.
async fn rename(server: &mut PgConnection, bare: &str, from: &str, to: &str, cockroach: bool) -> Result<()> {
    let mut tries = 0;
    loop {
        if !cockroach {
            sqlx::query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1")
                .bind(bare)
                .execute(&mut *server)
                .await?;
        }
        match execute(server, format!("alter database {from} rename to {to}")).await {
            Ok(()) => return Ok(()),
            Err(error) if tries == 50 => return Err(error),
            Err(_) => tries += 1,
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

async fn drop_database(server: &mut PgConnection, name: &str, cockroach: bool) -> Result<()> {
    let how = if cockroach { "cascade" } else { "with (force)" };
    execute(server, format!("drop database if exists {name} {how}")).await
}

async fn execute(server: &mut PgConnection, sql: String) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(server).await?;
    Ok(())
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
