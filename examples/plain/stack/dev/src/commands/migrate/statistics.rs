//! `cargo dev migrate statistics`: how large the tables of production are, in a file beside the migrations.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use stack_migrate::hazard;

use crate::cli::MigrateStatistics;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::ui;

/// The file's name in the folder of migrations.
const FILE: &str = "statistics.json";

#[derive(Deserialize, Serialize)]
struct Size {
    rows: u64,
    bytes: u64,
}

/// Rows as the server estimates them; a partitioned table is as large as its partitions.
const SIZES: &str = "
    select c.oid::regclass::text, sum(greatest(p.reltuples, 0))::bigint, sum(pg_total_relation_size(p.oid))::bigint
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_class p on p.oid = c.oid and c.relkind in ('r', 'm')
                    or c.relkind = 'p' and p.relkind = 'r' and p.oid in (select relid from pg_partition_tree(c.oid))
    where c.relpersistence <> 't' and c.relname <> '_sqlx_migrations'
      and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_toast'
    group by c.oid";

pub(super) async fn fetch(project: &Project, arguments: &MigrateStatistics) -> Result<ExitCode> {
    let database = Project::database(&arguments.database)?;
    let options: PgConnectOptions = arguments.url.parse()?;
    let options = options.options([("default_transaction_read_only", "on")]);
    let mut connection = options.connect().await?;
    sqlx::raw_sql("set search_path = public")
        .execute(&mut connection)
        .await?;
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(SIZES).fetch_all(&mut connection).await?;
    connection.close().await?;
    let sizes: BTreeMap<String, Size> = rows
        .into_iter()
        .map(|(table, rows, bytes)| {
            let [rows, bytes] = [rows, bytes].map(i64::unsigned_abs);
            (table, Size { rows, bytes })
        })
        .collect();
    let path = project.migrations(database).join(FILE);
    let failed = |error| Error::new(format!("cannot write `{}`: {error}", path.display()));
    std::fs::create_dir_all(project.migrations(database)).map_err(failed)?;
    std::fs::write(&path, serde_json::to_string_pretty(&sizes)? + "\n").map_err(failed)?;
    ui::result(&format!("wrote {}", path.display()));
    let statistics = of(sizes);
    let large: Vec<String> = statistics
        .tables
        .keys()
        .filter(|table| statistics.is_large(table))
        .map(|table| format!("`{table}`"))
        .collect();
    ui::say(&match large.is_empty() {
        true => "no table is large".to_owned(),
        false => format!("large, and so migrated online: {}", large.join(", ")),
    });
    Ok(ExitCode::SUCCESS)
}

/// What is noted beside these migrations; nothing if there is no file.
pub(super) fn read(migrations: &Path) -> Result<hazard::Statistics> {
    let path = migrations.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(of(BTreeMap::new()));
        }
        text => {
            text.map_err(|error| Error::new(format!("cannot read `{}`: {error}", path.display())))?
        }
    };
    let sizes = serde_json::from_str(&text).map_err(|error| {
        Error::new(format!("`{}`: {error}", path.display()))
            .hint("cargo dev migrate statistics URL")
    })?;
    Ok(of(sizes))
}

fn of(sizes: BTreeMap<String, Size>) -> hazard::Statistics {
    let sizes = sizes.into_iter();
    let sizes = sizes.map(|(table, Size { rows, bytes })| (table, hazard::Size { rows, bytes }));
    hazard::Statistics {
        tables: sizes.collect(),
    }
}
