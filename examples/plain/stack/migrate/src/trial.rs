//! Migrations that are tried before they are written.

use std::path::{Path, PathBuf};

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};
use stack_db::testing::TestDatabase;
use stack_db::{Migrations, Refused, migrations};
use tempfile::TempDir;

use crate::catalog::Catalog;
use crate::diff::{self, LockPolicy, Step, last_part};
use crate::error::Error;
use crate::files::Draft;
use crate::fill::{self, Filled};
use crate::object::{Id, Kind};
use crate::scratch::connect;

/// The migrations with the new ones among them, read as the migrator reads them: from a folder.
pub(crate) struct Trial {
    pub(crate) migrations: Migrations,
    /// Goes with the value.
    _folder: TempDir,
}

impl Trial {
    pub(crate) fn new(old: &Migrations, new: &[(PathBuf, Draft)]) -> Result<Self, Error> {
        let old = old
            .all()
            .iter()
            .map(|migration| (migration.name.clone(), migration.sql.as_str()));
        let new = new.iter().filter_map(|(path, draft)| {
            Some((
                path.file_name()?.to_string_lossy().into_owned(),
                draft.sql.as_str(),
            ))
        });
        Self::of(old.chain(new))
    }

    /// A folder of these files.
    pub(crate) fn of<'a>(files: impl Iterator<Item = (String, &'a str)>) -> Result<Self, Error> {
        let place = std::env::temp_dir();
        let folder = tempfile::Builder::new().prefix("migrations-").tempdir();
        let folder = folder.map_err(Error::file("create", &place))?;
        for (name, sql) in files {
            let path = folder.path().join(name);
            std::fs::write(&path, sql).map_err(Error::file("write", &path))?;
        }
        Ok(Self {
            migrations: Migrations::read(folder.path())?,
            _folder: folder,
        })
    }

    /// Says of a statement that was written here and refused what it was about.
    pub(crate) fn explain(&self, error: Error, new: &[(PathBuf, Draft)]) -> Error {
        let Error::Migrations(
            migrations::Error::Refused(refused) | migrations::Error::RefusedHalfway { refused, .. },
        ) = &error
        else {
            return error;
        };
        match step_at(refused, new) {
            Some(step) => Error::Refused {
                object: step.object.to_string(),
                sql: step.sql.lines().next().unwrap_or_default().to_owned(),
                message: refused.message.clone(),
            },
            None => error,
        }
    }
}

/// The step of a new file that was refused: the last one that begins at or before the line.
pub(crate) fn step_at<'d>(refused: &Refused, new: &'d [(PathBuf, Draft)]) -> Option<&'d Step> {
    let same_name = |path: &Path| path.file_name() == refused.path.file_name();
    let (_, draft) = new.iter().find(|(path, _)| same_name(path))?;
    // One statement may be the beginning of another: each is looked for behind the one before.
    let (mut from, mut found) = (0, None);
    for step in &draft.steps {
        let at = from + draft.sql.get(from..)?.find(step.sql.as_str())?;
        if draft.sql.get(..at)?.matches('\n').count() >= refused.line {
            break;
        }
        found = Some(step);
        from = at + step.sql.len();
    }
    found
}

/// Whether two databases look alike.
pub(crate) fn same(made: &Catalog, wanted: &Catalog) -> Result<(), Error> {
    let objects: Vec<Id> = match diff::difference(made, wanted, &LockPolicy::default()) {
        Ok(steps) => steps.into_iter().map(|step| step.object).collect(),
        Err(gaps) => gaps.into_iter().map(|gap| gap.object).collect(),
    };
    let names: Vec<String> = objects.iter().map(Id::to_string).collect();
    if names.is_empty() {
        Ok(())
    } else {
        Err(Error::Unproven(names))
    }
}

/// What a migration did not survive where there are rows.
pub(crate) struct Failed {
    pub(crate) refused: Refused,
    /// Where the row does not fit, rather than the statement.
    pub(crate) is_about_data: bool,
    /// The table that it is about, and the rows that were made up there.
    pub(crate) rows: Option<(String, Vec<String>)>,
}

/// Runs the new migrations where the old ones have rows; returns what it did not survive.
pub(crate) async fn try_on_data(
    beside: &TestDatabase,
    old: &Migrations,
    trial: &Trial,
    new: &[(PathBuf, Draft)],
) -> Result<(Filled, Option<Failed>), Error> {
    let database = beside.beside().await?;
    // The same files from the same folder, so that they count as applied.
    trial
        .migrations
        .through(old.last())
        .apply(database.pool(), |_| {})
        .await?;
    let mut connection = connect(&database).await?;
    let filled = fill::fill(&mut connection).await?;
    let refused = match trial.migrations.apply(database.pool(), |_| {}).await {
        Ok(_) => None,
        Err(
            migrations::Error::Refused(refused) | migrations::Error::RefusedHalfway { refused, .. },
        ) => Some(refused),
        Err(error) => return Err(error.into()),
    };
    let failed = match refused {
        None => None,
        Some(refused) => Some(Failed {
            is_about_data: is_about_data(&refused),
            rows: match table_of(&refused, new) {
                Some(table) => Some(rows_of(&mut connection, &table).await?),
                None => None,
            }
            .filter(|(_, rows)| !rows.is_empty()),
            refused,
        }),
    };
    connection.close().await?;
    Ok((filled, failed))
}

/// Whether the server found fault with a value rather than with the statement: a value that cannot be computed or converted, a
/// rule that a row breaks, an entry too long for its index.
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn is_about_data(refused: &Refused) -> bool {
    let code = refused.source.as_database_error();
    let code = code.and_then(|error| error.code()).unwrap_or_default();
    ["22", "23", "54"]
        .iter()
        .any(|class| code.starts_with(class))
}

/// The table that a refused step is about.
fn table_of(refused: &Refused, new: &[(PathBuf, Draft)]) -> Option<Id> {
    let step = step_at(refused, new)?;
    let mut words = step.sql.split_whitespace();
    let name = match step.object.kind {
        // A partition that is new has the rows of its table.
        Kind::Table => match step.sql.split_once(" PARTITION OF ") {
            Some((_, of)) => of.split_whitespace().next()?.to_owned(),
            None => step.object.name.clone(),
        },
        Kind::Column | Kind::Default | Kind::Constraint => {
            let last = last_part(&step.object.name);
            let table = step.object.name.strip_suffix(&last)?.strip_suffix('.')?;
            table.to_owned()
        }
        Kind::Index => {
            words.find(|word| *word == "ON")?;
            words.find(|word| *word != "ONLY")?.to_owned()
        }
        _ => return None,
    };
    Some(Id::new(Kind::Table, name))
}

/// A few rows of a table, as the server writes them.
async fn rows_of(
    connection: &mut PgConnection,
    table: &Id,
) -> Result<(String, Vec<String>), Error> {
    let known = "select exists (select from pg_class where oid::regclass::text = $1)";
    let is_there: bool = sqlx::query_scalar(known)
        .bind(&table.name)
        .fetch_one(&mut *connection)
        .await?;
    let mut rows = Vec::new();
    if is_there {
        let name = &table.name;
        let query = format!("select left(t::text, 200) from {name} t order by 1 limit 3");
        rows = sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_all(&mut *connection)
            .await?;
    }
    Ok((table.name.clone(), rows))
}
