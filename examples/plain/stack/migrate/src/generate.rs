//! The next migration, written and proven.
//!
//! 1. Replay the migrations on one database, run the schema on another, compare.
//! 2. Divide the steps into files.
//! 3. Replay everything, the new files too, on a third: it must look like the second.
//! 4. Replay the old ones on a fourth, fill it with rows, and run the new ones there.
//! 5. Only then write the files.

use std::path::{Path, PathBuf};

use sqlx::{AssertSqlSafe, Connection as _};
use stack_db::{Migrations, Schema};

use crate::atomic;
use crate::catalog::Catalog;
use crate::diff::{self, LockPolicy, RenameCandidate, Step, rename_candidates};
use crate::dump::Dumps;
use crate::error::Error;
use crate::files::{self, Draft};
use crate::fill::Filled;
use crate::hazard::{Allowed, Hazard, Name};
use crate::rename::{self, Rename};
use crate::scratch::{Database, Scratch, connect, read, rows_missing};
use crate::trial::{Trial, same, step_at, try_on_data};

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
    /// Which hazards are meant.
    pub allowed: Allowed,
    /// Whether a migration may fail on the rows that are made up, and `pg_dump` may see more than the comparison.
    pub accept: bool,
    /// Whether `pg_dump` is asked as well where there is nothing to do.
    pub thorough: bool,
    /// Which tables must not be locked for long.
    pub locks: LockPolicy,
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
    pub fn rename_candidates(&self) -> Vec<RenameCandidate> {
        rename_candidates(&self.before.catalog, &self.wanted.catalog)
    }

    /// Renames in the replayed database, which knows best what goes along. False if there is nothing of
    /// this name.
    ///
    /// # Errors
    /// [`Error::Refused`] with the server's answer.
    pub async fn rename(&mut self, rename: &Rename) -> Result<bool, Error> {
        let steps = rename.steps(&self.before.catalog, &self.wanted.catalog);
        if steps.is_empty() {
            return Ok(false);
        }
        if !rename.leads_to(&self.before.catalog, &self.wanted.catalog) {
            return Err(Error::UnknownRename(rename.clone()));
        }
        let mut connection = connect(&self.before.database).await?;
        for step in steps {
            let done = sqlx::raw_sql(AssertSqlSafe(step.sql.as_str()))
                .execute(&mut connection)
                .await;
            done.map_err(|error| Error::Refused {
                object: step.object.to_string(),
                sql: step.sql.clone(),
                message: message(&error),
            })?;
            self.steps.push(step);
        }
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
        let (old, new) = (&before.catalog, &wanted.catalog);
        diff::with_hazards(&mut steps, old, new, &request.locks);
        let more = diff::difference(&before.catalog, &wanted.catalog, &request.locks);
        steps.extend(more.map_err(Error::Unsupported)?);
        let large = request.locks.large.iter();
        let is_there = |name: &&String| wanted.catalog.tables().any(|table| table == *name);
        let unknown_large = large.filter(|name| !is_there(name)).cloned().collect();
        if steps.is_empty() {
            if request.thorough {
                let dumps = Dumps::begin(&before.database, &wanted.database).await?;
                nothing_unseen(dumps, request)?;
            }
            return Ok(Proven {
                rows_missing: rows_missing(&before.database, &wanted.database).await?,
                unknown_large,
                ..Proven::default()
            });
        }
        let hazards: Vec<Hazard> = not_allowed(&steps, &request.allowed).cloned().collect();
        if !hazards.is_empty() {
            let candidates = rename_candidates(&before.catalog, &wanted.catalog);
            return Err(Error::NotAllowed {
                hazards,
                candidates,
            });
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
        let dumps = Dumps::begin(&replayed.database, &wanted.database).await?;
        let (filled, failed) = try_on_data(&wanted.database, &migrations, &trial, &files).await?;
        nothing_unseen(dumps, request)?;
        let failed_on_data = match failed {
            None => None,
            Some(failed) => {
                // The rows know nothing of a new rule, and may break it: that is announced with the step. What only rows can
                // break is a hazard as well, though nobody knew of it before.
                let step = step_at(&failed.refused, &files);
                let announced = step.is_some_and(Step::announces_failure);
                let allowed =
                    request.allowed.covers_kind(Name::FailsOnData) && failed.is_about_data;
                if !announced && !allowed && !request.accept {
                    return Err(Error::FailsOnData {
                        sql: step
                            .map(|step| step.sql.lines().next().unwrap_or_default().to_owned()),
                        message: failed.refused.message,
                        rows: failed.rows,
                    });
                }
                Some(failed.refused.message)
            }
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

/// Whether `pg_dump`, where there is one, sees no difference either.
fn nothing_unseen(dumps: Dumps, request: &Request) -> Result<(), Error> {
    match dumps.difference() {
        Some(found) if !found.is_empty() && !request.accept => Err(Error::Unseen(found)),
        _ => Ok(()),
    }
}

/// What is written only on request, and was not asked for.
fn not_allowed<'s>(
    steps: impl IntoIterator<Item = &'s Step>,
    allowed: &Allowed,
) -> impl Iterator<Item = &'s Hazard> {
    let hazards = steps.into_iter().flat_map(|step| &step.hazards);
    hazards.filter(|hazard| hazard.refused && !allowed.covers(hazard))
}

impl Proven {
    /// Hazards that are written only on request, and are not among these.
    pub fn not_allowed(&self, allowed: &Allowed) -> impl Iterator<Item = &Hazard> {
        not_allowed(
            self.files.iter().flat_map(|(_, draft)| &draft.steps),
            allowed,
        )
    }

    /// Writes the files, all or none. A kill leaves those in front, each whole: they were proven in this
    /// order, and what is left of the difference comes next time.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::ConcurrentMigration`].
    pub fn write(&self) -> Result<(), Error> {
        if let Some((first, _)) = self.files.first() {
            let folder = first.parent().unwrap_or(Path::new(""));
            let number = Migrations::read(folder)?.last() + 1;
            let name = first.file_name().unwrap_or_default().to_string_lossy();
            if !name.starts_with(&format!("{number:04}_")) {
                return Err(Error::ConcurrentMigration(folder.to_owned()));
            }
        }
        let files = self.files.iter();
        atomic::write_all(files.map(|(path, draft)| (path.as_path(), draft.sql.as_str())))
    }
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
    atomic::write_all([(path.as_path(), text)])?;
    Ok(path)
}

fn message(error: &sqlx::Error) -> String {
    error
        .as_database_error()
        .map_or_else(|| error.to_string(), |answer| answer.message().to_owned())
}
