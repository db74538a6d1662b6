//! `cargo dev db …`

use std::process::{Command, ExitCode};

use stack_db::Db as Handle;
use stack_db::PoolSettings;
use stack_db::embedded;

use crate::cli::Db;
use crate::databases::{DATABASES, Database};
use crate::error::{Error, Result};
use crate::project::Project;
use crate::ui;

pub(super) async fn run(project: &Project, command: Db) -> Result<ExitCode> {
    match command {
        Db::Start => start(project).await,
        Db::Stop => stop(project).await,
        Db::Status => status(project).await,
        Db::Url { database } => {
            ui::result(&url(project, Project::database(&database)?).await?);
            Ok(ExitCode::SUCCESS)
        }
        Db::Psql {
            database,
            arguments,
        } => psql(project, Project::database(&database)?, &arguments).await,
    }
}

async fn url(project: &Project, database: &Database) -> Result<String> {
    match project.url(database).await? {
        Some(url) => Ok(url),
        None => Err(Error::new(format!("`{}` is not set", database.variable))
            .hint("`.env.example` shows how it looks")),
    }
}

/// The project's own server is of use only where no other is set.
fn require_own(project: &Project) -> Result<()> {
    if project.setting("DATABASE_URL").is_none() {
        return Ok(());
    }
    Err(Error::new(
        "`DATABASE_URL` is set, so the database is not the project's own to start and stop",
    )
    .hint("`cargo dev db status` says where it is"))
}

async fn start(project: &Project) -> Result<ExitCode> {
    require_own(project)?;
    let server = project.server().await?;
    for database in DATABASES {
        if let Some(url) = project.url(database).await? {
            let name = url.parse::<sqlx::postgres::PgConnectOptions>()?;
            let name = name.get_database().unwrap_or_default().to_owned();
            server.create_database_if_missing(&name).await?;
            ui::say(&format!("`{}` is at {url}", database.name));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn stop(project: &Project) -> Result<ExitCode> {
    require_own(project)?;
    match embedded::running(&project.data_dir()).await? {
        Some(server) => {
            server.stop().await?;
            ui::say("stopped; the data stays in `.data/`");
        }
        None => ui::say("the server does not run"),
    }
    Ok(ExitCode::SUCCESS)
}

async fn status(project: &Project) -> Result<ExitCode> {
    let own = project.setting("DATABASE_URL").is_none();
    let mut all_there = true;
    if own && embedded::running(&project.data_dir()).await?.is_none() {
        ui::result("the project's own server does not run; `cargo dev db start` starts it");
        return Ok(ExitCode::FAILURE);
    }
    for database in DATABASES {
        let Some(url) = project.url(database).await? else {
            ui::result(&format!(
                "{}: `{}` is not set",
                database.name, database.variable
            ));
            continue;
        };
        let line = match describe(&url).await {
            Ok(line) => line,
            Err(reason) => {
                all_there = false;
                reason
            }
        };
        ui::result(&format!("{}: {line}", database.name));
    }
    Ok(if all_there {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// One line about a database, or why there is none.
pub(super) async fn describe(url: &str) -> std::result::Result<String, String> {
    let settings = PoolSettings {
        max_connections: 1,
        ..PoolSettings::default()
    };
    let db = Handle::connect(url, settings)
        .await
        .map_err(|error| error.to_string())?;
    let (name, version, size, tables): (String, String, i64, i64) = sqlx::query_as(
        "select current_database()::text, current_setting('server_version'),
                coalesce(pg_database_size(current_database()), 0),
                (select count(*) from information_schema.tables where table_type = 'BASE TABLE'
                 and table_schema not in ('pg_catalog', 'information_schema'))",
    )
    .fetch_one(db.pool())
    .await
    .map_err(|error| error.to_string())?;
    let server = format!("PostgreSQL {version}");
    Ok(format!(
        "`{name}` on {server}, {tables} tables, {:.1} MB",
        size as f64 / 1e6
    ))
}

/// Hands the terminal over to `psql`: the server's own if it has one, else that on `PATH`.
async fn psql(project: &Project, database: &Database, arguments: &[String]) -> Result<ExitCode> {
    let url = url(project, database).await?;
    let beside = match project.setting("DATABASE_URL") {
        None => project.server().await?.program("psql"),
        Some(_) => None,
    };
    let program = beside.unwrap_or_else(|| "psql".into());
    let status = Command::new(&program).arg(&url).args(arguments).status().map_err(|error| {
        Error::new(format!("`{}` could not be started: {error}", program.display()))
            .hint("install PostgreSQL's client (`apt-get install postgresql-client`); any other takes `cargo dev db url`")
    })?;
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}
