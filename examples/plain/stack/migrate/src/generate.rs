//! The next migration, written and proven.
//!
//! 1. Replay the migrations on one database, run the schema on another, compare.
//! 2. Divide the steps into files.
//! 3. Replay everything, the new files too, on a third: it must look like the second.
//! 4. Replay the old ones on a fourth, fill it with rows, and run the new ones there.
//! 5. Only then write the files.

use std::path::{Path, PathBuf};

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};
use stack_db::testing::TestDatabase;
use stack_db::{Migrations, Refused, Schema, migrations};
use tempfile::TempDir;

use crate::atomic;
use crate::catalog::Catalog;
use crate::diff::{self, Care, Hazard, LookAlike, Step, look_alikes};
use crate::error::Error;
use crate::files::{self, Draft};
use crate::fill::{self, Filled};
use crate::rename::{self, Rename};

/// The server on which everything is tried, in databases that go afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scratch {
    /// The workspace's own for tests, started if need be.
    #[default]
    Own,
    /// The PostgreSQL that this URL leads to.
    At(String),
}

impl Scratch {
    pub(crate) async fn database(&self, schema: &Schema) -> Result<TestDatabase, Error> {
        Ok(match self {
            Self::Own => TestDatabase::create_own(schema).await?,
            Self::At(url) => TestDatabase::create_at(url, schema).await?,
        })
    }
}

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Where it is tried.
    pub scratch: Scratch,
    /// The folder of migrations; it may be missing yet.
    pub migrations: PathBuf,
    /// The folder of the schema.
    pub schema: PathBuf,
    /// What to call the migration.
    pub name: Option<String>,
    /// Whether steps may take data away.
    pub allow_destructive: bool,
    /// How careful to be.
    pub care: Care,
}

/// A migration that was proven, and is not written yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proven {
    /// The files, in their order; none if there is nothing to do.
    pub files: Vec<(PathBuf, Draft)>,
    /// On what data it was tried.
    pub filled: Filled,
    /// What it did not survive there, where that was announced and allowed.
    pub failed_on_data: Option<String>,
    /// Tables into which the schema inserts rows, and no migration does: rows are not compared.
    pub rows_missing: Vec<String>,
    /// Tables that are called large, and are not there.
    pub unknown_large: Vec<String>,
}

/// Migrations and schema side by side, each in a database of its own.
pub struct Comparison {
    migrations: Migrations,
    before: Database,
    wanted: Database,
    /// The renames so far.
    steps: Vec<Step>,
}

impl Comparison {
    /// Replays the migrations, runs the schema, and reads both.
    ///
    /// # Errors
    /// Of either, or of the server.
    pub async fn begin(request: &Request) -> Result<Self, Error> {
        let migrations = Migrations::read(&request.migrations)?;
        let schema = Schema::read(&request.schema)?;
        let wanted = request.scratch.database(&schema).await?;
        let catalog = read(&wanted).await?;
        let wanted = Database {
            database: wanted,
            catalog,
        };
        let before = Database::replayed(&wanted.database, &migrations).await?;
        Ok(Self {
            migrations,
            before,
            wanted,
            steps: Vec::new(),
        })
    }

    /// What may have been renamed rather than dropped and made: for a person to decide.
    #[must_use]
    pub fn look_alikes(&self) -> Vec<LookAlike> {
        look_alikes(&self.before.catalog, &self.wanted.catalog)
    }

    /// Renames in the replayed database, which knows best what goes along. False if there is nothing of
    /// this name.
    ///
    /// # Errors
    /// [`Error::Refused`] with the server's answer.
    pub async fn rename(&mut self, rename: &Rename) -> Result<bool, Error> {
        let Some(step) = rename.step(&self.before.catalog) else {
            return Ok(false);
        };
        if !rename.leads_to(&self.before.catalog, &self.wanted.catalog) {
            return Err(Error::NotThere(rename.clone()));
        }
        let mut connection = connect(&self.before.database).await?;
        let done = sqlx::raw_sql(AssertSqlSafe(step.sql.as_str()))
            .execute(&mut connection)
            .await;
        done.map_err(|error| Error::Refused {
            object: step.object.to_string(),
            sql: step.sql.clone(),
            message: message(&error),
        })?;
        self.steps.push(step);
        self.before.catalog = Catalog::read(&mut connection).await?;
        // The sequence of a `serial` column is named after it, and keeps its position.
        for step in rename::sequences(&self.before.catalog, &self.wanted.catalog) {
            sqlx::raw_sql(AssertSqlSafe(step.sql.as_str()))
                .execute(&mut connection)
                .await?;
            self.steps.push(step);
        }
        self.before.catalog = Catalog::read(&mut connection).await?;
        connection.close().await?;
        Ok(true)
    }

    /// Writes what is left of the difference, and proves it; the files come with [`Proven::write`].
    ///
    /// # Errors
    /// Whatever stands in the way, nothing written.
    pub async fn prove(self, request: &Request) -> Result<Proven, Error> {
        let Self {
            migrations,
            before,
            wanted,
            mut steps,
        } = self;
        let more = diff::difference(&before.catalog, &wanted.catalog, &request.care);
        steps.extend(more.map_err(Error::Gaps)?);
        let large = request.care.large.iter();
        let is_there = |name: &&String| wanted.catalog.tables().any(|table| table == *name);
        let unknown_large = large.filter(|name| !is_there(name)).cloned().collect();
        if steps.is_empty() {
            return Ok(Proven {
                rows_missing: rows_missing(&before.database, &wanted.database).await?,
                unknown_large,
                ..Proven::default()
            });
        }
        let destroys = |step: &Step| matches!(step.hazard, Some(Hazard::Destroys(_)));
        let destructive = steps.iter().any(destroys);
        if destructive && !request.allow_destructive {
            let alike = look_alikes(&before.catalog, &wanted.catalog);
            return Err(Error::Destructive { steps, alike });
        }
        let drafts = files::drafts(steps, request.name.as_deref());
        let first = migrations.last() + 1;
        let files: Vec<(PathBuf, Draft)> = (first..)
            .zip(drafts)
            .map(|(number, draft)| {
                let name = format!("{number:04}_{}.sql", draft.name);
                (request.migrations.join(name), draft)
            })
            .collect();
        let trial = Trial::new(&migrations, &files)?;
        let replayed = Database::replayed(&wanted.database, &trial.migrations).await;
        let replayed = replayed.map_err(|error| trial.explain(error, &files))?;
        same(&replayed.catalog, &wanted.catalog)?;
        let (filled, failed) = try_on_data(&wanted.database, &migrations, &trial).await?;
        let failed_on_data = match failed {
            // The rows know nothing of a new rule, and may break it: that is announced with the step.
            Some(refused) if step_at(&refused, &files).is_none_or(|step| step.hazard.is_none()) => {
                let message = refused.message;
                return Err(Error::FailsOnData { message });
            }
            failed => failed.map(|refused| refused.message),
        };
        Ok(Proven {
            files,
            filled,
            failed_on_data,
            rows_missing: rows_missing(&replayed.database, &wanted.database).await?,
            unknown_large,
        })
    }
}

impl Proven {
    /// Writes the files, all or none. A kill leaves those in front, each whole: they were proven in this
    /// order, and what is left of the difference comes next time.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Meanwhile`].
    pub fn write(&self) -> Result<(), Error> {
        if let Some((first, _)) = self.files.first() {
            let folder = first.parent().unwrap_or(Path::new(""));
            let number = Migrations::read(folder)?.last() + 1;
            let name = first.file_name().unwrap_or_default().to_string_lossy();
            if !name.starts_with(&format!("{number:04}_")) {
                return Err(Error::Meanwhile(folder.to_owned()));
            }
        }
        let files = self.files.iter();
        atomic::all(files.map(|(path, draft)| (path.as_path(), draft.sql.as_str())))
    }
}

/// Applies a folder of migrations, and what is proven and not written yet, on another server, in a database
/// that goes afterwards.
///
/// # Errors
/// What that server refuses.
pub async fn try_at(url: &str, migrations: &Path, proven: &Proven) -> Result<(), Error> {
    let trial = Trial::new(&Migrations::read(migrations)?, &proven.files)?;
    let database = TestDatabase::create_at(url, &Schema::empty()).await?;
    trial.migrations.apply(database.pool(), |_| {}).await?;
    Ok(())
}

/// Makes an empty migration, to be written by hand.
///
/// # Errors
/// [`Error::Migrations`] or [`Error::File`].
pub fn empty(migrations: &Path, name: &str) -> Result<PathBuf, Error> {
    let number = Migrations::read(migrations)?.last() + 1;
    let path = migrations.join(format!("{number:04}_{name}.sql"));
    let text =
        "-- Written by hand. Runs once, in a transaction, on every database that is migrated.\n";
    atomic::all([(path.as_path(), text)])?;
    Ok(path)
}

/// A database, and what it looks like.
pub(crate) struct Database {
    pub(crate) database: TestDatabase,
    pub(crate) catalog: Catalog,
}

impl Database {
    /// Made by migrations, on the same server as another.
    pub(crate) async fn replayed(
        beside: &TestDatabase,
        migrations: &Migrations,
    ) -> Result<Self, Error> {
        let database = beside.beside().await?;
        migrations.apply(database.pool(), |_| {}).await?;
        let catalog = read(&database).await?;
        Ok(Self { database, catalog })
    }
}

async fn connect(database: &TestDatabase) -> Result<PgConnection, Error> {
    Ok(PgConnection::connect_with(&database.pool().connect_options()).await?)
}

pub(crate) async fn read(database: &TestDatabase) -> Result<Catalog, Error> {
    let mut connection = connect(database).await?;
    let catalog = Catalog::read(&mut connection).await?;
    connection.close().await?;
    Ok(catalog)
}

/// The migrations with the new ones among them, read as the migrator reads them: from a folder.
pub(crate) struct Trial {
    pub(crate) migrations: Migrations,
    /// Goes with the value.
    _folder: TempDir,
}

impl Trial {
    fn new(old: &Migrations, new: &[(PathBuf, Draft)]) -> Result<Self, Error> {
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
    fn explain(&self, error: Error, new: &[(PathBuf, Draft)]) -> Error {
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
fn step_at<'d>(refused: &Refused, new: &'d [(PathBuf, Draft)]) -> Option<&'d Step> {
    let same_name = |path: &Path| path.file_name() == refused.path.file_name();
    let (_, draft) = new.iter().find(|(path, _)| same_name(path))?;
    let line = |step: &Step| {
        let at = draft.sql.find(step.sql.as_str())?;
        Some(draft.sql.get(..at)?.matches('\n').count() + 1)
    };
    draft
        .steps
        .iter()
        .rfind(|step| line(step).is_some_and(|at| at <= refused.line))
}

/// Whether two databases look alike.
pub(crate) fn same(made: &Catalog, wanted: &Catalog) -> Result<(), Error> {
    let names = match diff::difference(made, wanted, &Care::default()) {
        Ok(steps) => steps
            .into_iter()
            .map(|step| step.object.to_string())
            .collect::<Vec<_>>(),
        Err(gaps) => gaps.into_iter().map(|gap| gap.object.to_string()).collect(),
    };
    if names.is_empty() {
        Ok(())
    } else {
        Err(Error::Unproven(names))
    }
}

/// Runs the new migrations where the old ones have rows; returns what it did not survive.
async fn try_on_data(
    beside: &TestDatabase,
    old: &Migrations,
    trial: &Trial,
) -> Result<(Filled, Option<Refused>), Error> {
    let database = beside.beside().await?;
    // The same files from the same folder, so that they count as applied.
    trial
        .migrations
        .through(old.last())
        .apply(database.pool(), |_| {})
        .await?;
    let mut connection = connect(&database).await?;
    let filled = fill::fill(&mut connection).await?;
    connection.close().await?;
    let failed = match trial.migrations.apply(database.pool(), |_| {}).await {
        Ok(_) => None,
        Err(
            migrations::Error::Refused(refused) | migrations::Error::RefusedHalfway { refused, .. },
        ) => Some(refused),
        Err(error) => return Err(error.into()),
    };
    Ok((filled, failed))
}

/// Tables that have rows in one database and none in the other.
async fn rows_missing(made: &TestDatabase, wanted: &TestDatabase) -> Result<Vec<String>, Error> {
    let has = with_rows(made).await?;
    let mut tables = with_rows(wanted).await?;
    tables.retain(|table| !has.contains(table));
    Ok(tables)
}

async fn with_rows(database: &TestDatabase) -> Result<Vec<String>, Error> {
    let mut connection = connect(database).await?;
    let mut found = Vec::new();
    for table in fill::in_order(&mut connection).await? {
        let query = format!("select exists (select from {table})");
        let filled: bool = sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_one(&mut connection)
            .await?;
        if filled {
            found.push(table);
        }
    }
    connection.close().await?;
    Ok(found)
}

fn message(error: &sqlx::Error) -> String {
    error
        .as_database_error()
        .map_or_else(|| error.to_string(), |answer| answer.message().to_owned())
}
