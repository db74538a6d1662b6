//! Migrations that are tried before they are written.

use std::path::{Path, PathBuf};

use sqlx::Connection as _;
use stack_db::testing::TestDatabase;
use stack_db::{Migrations, Refused, migrations};
use tempfile::TempDir;

use crate::catalog::Catalog;
use crate::diff::{self, LockPolicy, Step};
use crate::error::Error;
use crate::files::Draft;
use crate::fill::{self, Filled};
use crate::object::Id;
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

/// Runs the new migrations where the old ones have rows; returns what it did not survive.
pub(crate) async fn try_on_data(
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
