//! Squashes old migrations into one: a baseline.
//!
//! What the old ones lead to becomes one file, with the number of the last of them, and a header by
//! which databases that have applied them are recognized (`stack_db::migrations`). Rows that they have
//! inserted are kept. The file is proven before any other is removed.

use std::path::{Path, PathBuf};

use sqlx::{AssertSqlSafe, Connection as _};
use stack_db::migrations::{Migration, ReplacedMigration, baseline_header};
use stack_db::testing::TestDatabase;
use stack_db::{Migrations, Schema, migrations};

use crate::atomic;
use crate::catalog::Catalog;
use crate::diff::{self, LockPolicy, Step};
use crate::error::Error;
use crate::files;
use crate::fill::in_order;
use crate::object::{Id, Kind};
use crate::scratch::{Database, Scratch, connect, read};
use crate::trial::{Trial, same};

/// What was squashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pruned {
    /// The new file.
    pub baseline: PathBuf,
    /// The files that it has replaced.
    pub replaced: Vec<PathBuf>,
    /// Tables whose rows it inserts, and how many.
    pub rows: Vec<(String, usize)>,
}

/// Squashes the migrations up to the number `through`, which is included, or all of them.
///
/// # Errors
/// Whatever stands in the way, nothing written.
pub async fn prune(
    scratch: &Scratch,
    folder: &Path,
    schema: &Path,
    through: Option<i64>,
) -> Result<Pruned, Error> {
    if let Some(rest) = finish(folder)? {
        return Ok(rest);
    }
    let all = Migrations::read(folder)?;
    let through = through.unwrap_or_else(|| all.last());
    let old = all.through(through);
    match old.all() {
        [] => {
            return Err(Error::NothingToPrune(format!(
                "there is no migration up to {through}"
            )));
        }
        [one] if one.baseline.is_some() || all.all().len() == 1 => {
            return Err(Error::NothingToPrune(format!(
                "`{}` is a single file already",
                one.name
            )));
        }
        _ => {}
    }
    // The schema says which server is needed.
    let server = scratch.database(&Schema::read(schema)?).await?;
    let replayed = Database::replayed(&server, &old).await?;
    let (counts, inserts) = rows(&replayed.database).await?;
    let nothing = read(&server.beside().await?).await?;
    let text = baseline(&old, &nothing, &replayed.catalog, &inserts)?;
    let path = folder.join(format!("{:04}_baseline.sql", old.last()));

    let new = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let trial = Trial::of([(new, text.as_str())].into_iter())?;
    let made = Database::replayed(&server, &trial.migrations).await?;
    same(&made.catalog, &replayed.catalog)?;
    same(&replayed.catalog, &made.catalog)?;
    if rows(&made.database).await? != (counts.clone(), inserts) {
        return Err(Error::Unproven(vec![
            "the rows that the migrations insert".to_owned(),
        ]));
    }

    let replaced: Vec<PathBuf> = old
        .all()
        .iter()
        .map(|migration| migration.path.clone())
        .collect();
    if replaced.contains(&path) {
        // The new file would replace one of those that it is made of.
        return Err(Error::NothingToPrune(format!(
            "`{}` has the name that the new file would get",
            path.display()
        )));
    }
    atomic::write_all([(path.as_path(), text.as_str())])?;
    remove(&replaced)?;
    Ok(Pruned {
        baseline: path,
        replaced,
        rows: counts,
    })
}

/// Ends a squashing that was killed after its file was written.
fn finish(folder: &Path) -> Result<Option<Pruned>, Error> {
    if Migrations::read(folder).is_ok() {
        return Ok(None);
    }
    // The newest file that begins like a baseline; what is wrong otherwise is said by who reads next.
    let files = sql_files(folder)?;
    let mut found: Option<(&PathBuf, Vec<ReplacedMigration>)> = None;
    for (path, text) in &files {
        if let Ok(Some(header)) = migrations::Baseline::parse(text) {
            let last = |replaced: &[ReplacedMigration]| replaced.last().map(|one| one.version);
            if found
                .as_ref()
                .is_none_or(|(_, other)| last(other) < last(&header.replaced))
            {
                found = Some((path, header.replaced));
            }
        }
    }
    let Some((path, named)) = found else {
        return Ok(None);
    };
    // Only what it names, unchanged.
    let mut replaced = Vec::new();
    for (other, text) in files.iter().filter(|(other, _)| other != path) {
        let name = other
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let alone = Trial::of([(name, text.as_str())].into_iter())?;
        let is_named = |migration: &Migration| {
            named
                .iter()
                .any(|one| one.version == migration.version && one.checksum == migration.checksum)
        };
        if alone.migrations.all().iter().any(is_named) {
            replaced.push(other.clone());
        }
    }
    if replaced.is_empty() {
        return Ok(None);
    }
    remove(&replaced)?;
    Ok(Some(Pruned {
        baseline: path.clone(),
        replaced,
        rows: Vec::new(),
    }))
}

/// Every file of a folder that may be a migration, and its text.
fn sql_files(folder: &Path) -> Result<Vec<(PathBuf, String)>, Error> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Error::file("read", folder))? {
        let path = entry.map_err(Error::file("read", folder))?.path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            let text = std::fs::read_to_string(&path).map_err(Error::file("read", &path))?;
            files.push((path, text));
        }
    }
    Ok(files)
}

fn remove(files: &[PathBuf]) -> Result<(), Error> {
    files
        .iter()
        .try_for_each(|path| std::fs::remove_file(path).map_err(Error::file("remove", path)))
}

fn baseline(
    old: &Migrations,
    nothing: &Catalog,
    catalog: &Catalog,
    inserts: &[String],
) -> Result<String, Error> {
    let replaced: Vec<(i64, &[u8])> = old
        .all()
        .iter()
        .map(|migration| (migration.version, migration.checksum.as_slice()))
        .collect();
    let mut steps =
        diff::difference(nothing, catalog, &LockPolicy::default()).map_err(Error::Unsupported)?;
    // Rows come when their tables are complete, and before what would react to them or is made of them.
    let reacts = |step: &Step| {
        matches!(
            step.object.kind,
            Kind::Trigger | Kind::Rule | Kind::MaterializedView | Kind::Policy
        )
    };
    let at = steps.iter().position(reacts).unwrap_or(steps.len());
    let about = Id::new(Kind::Table, "rows");
    let rows = inserts.iter().map(|sql| Step::new(&about, sql));
    steps.splice(at..at, rows);
    let drafts = files::drafts(steps, Some("baseline"));
    let body: Vec<String> = drafts.into_iter().map(|draft| draft.sql).collect();
    Ok(format!("{}{}", baseline_header(&replaced), body.join("\n")))
}

/// How many rows the tables have, and the statements that insert them and set sequences.
type Rows = (Vec<(String, usize)>, Vec<String>);

/// The rows that migrations have inserted, and how far their sequences are.
async fn rows(database: &TestDatabase) -> Result<Rows, Error> {
    let mut connection = connect(database).await?;
    sqlx::raw_sql("set search_path = public")
        .execute(&mut connection)
        .await?;
    let (mut counts, mut inserts) = (Vec::new(), Vec::new());
    for table in in_order(&mut connection).await? {
        // What inherits from a table has its own turn; a partition's rows are those of its table.
        let (partitioned, columns): (bool, Vec<String>) = sqlx::query_as(
            "select c.relkind = 'p', array(
                 select quote_ident(a.attname) from pg_attribute a
                 where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                 order by a.attnum)
             from pg_class c where c.oid = $1::regclass",
        )
        .bind(&table)
        .fetch_one(&mut connection)
        .await?;
        let only = if partitioned { "" } else { "only " };
        let values: Vec<String> = columns
            .iter()
            .map(|column| format!("quote_nullable(t.{column}::text)"))
            .collect();
        if values.is_empty() {
            continue;
        }
        let query = format!(
            "select array_to_string(array[{}], ', ') from {only}{table} t order by 1",
            values.join(", ")
        );
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_all(&mut connection)
            .await?;
        if rows.is_empty() {
            continue;
        }
        let lines: Vec<String> = rows.iter().map(|row| format!("    ({row})")).collect();
        inserts.push(format!(
            "INSERT INTO {table} ({}) OVERRIDING SYSTEM VALUE VALUES\n{}",
            columns.join(", "),
            lines.join(",\n")
        ));
        counts.push((table, rows.len()));
    }
    let positions: Vec<String> = sqlx::query_scalar(
        "select format('SELECT setval(%L, %s, true)', format('%I.%I', schemaname, sequencename), last_value)
         from pg_sequences where last_value is not null order by 1",
    )
    .fetch_all(&mut connection)
    .await?;
    inserts.extend(positions);
    connection.close().await?;
    Ok((counts, inserts))
}
