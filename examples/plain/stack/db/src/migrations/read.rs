//! Migrations from a folder, or from inside of the program.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use sqlx::migrate::{MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};

use super::{Backfill, Baseline, Error, Migration, Migrations, Timeouts};
use crate::{sql_file, statements};

/// The first words of a file that is not to run in a transaction; sqlx's.
const NO_TRANSACTION: &str = "-- no-transaction";

impl Migrations {
    /// Reads every `*.sql` file that lies directly in `dir`. A folder that does not exist holds
    /// none.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Name`], [`Error::Duplicate`], [`Error::Baseline`],
    /// [`Error::Backfill`], [`Error::Replaced`] or [`Error::Transaction`], each with the file.
    pub fn read(dir: impl AsRef<Path>) -> Result<Self, Error> {
        let dir = dir.as_ref();
        let mut all = Vec::new();
        let files = match sql_file::in_folder(dir) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            files => files.map_err(Error::read(dir))?,
        };
        for path in files {
            let sql = std::fs::read_to_string(&path).map_err(Error::read(&path))?;
            all.push(Migration::new(path, AssertSqlSafe(sql).into_sql_str())?);
        }
        Self::new(all)
    }

    /// Takes what `sqlx::migrate!` has put into the program; `dir` is the folder that it was in,
    /// for messages.
    ///
    /// # Errors
    /// As [`Migrations::read`]; sqlx looks for less when it embeds them.
    pub fn embedded(migrator: &Migrator, dir: impl AsRef<Path>) -> Result<Self, Error> {
        let mut all = Vec::new();
        for embedded in migrator.iter() {
            // sqlx keeps no file names, but all that goes into one.
            let name = embedded.description.replace(' ', "_");
            let file = format!(
                "{:04}_{name}{}",
                embedded.version,
                embedded.migration_type.suffix()
            );
            let migration = Migration::new(dir.as_ref().join(file), embedded.sql.clone())?;
            all.push(Migration {
                checksum: embedded.checksum.to_vec(),
                ..migration
            });
        }
        Self::new(all)
    }

    /// The same, where hints say that `command` applies them: `shop migrate`.
    #[must_use]
    pub fn applied_by(self, command: impl Into<String>) -> Self {
        Self {
            command: command.into(),
            ..self
        }
    }

    /// The same, with these time-outs.
    #[must_use]
    pub fn with_timeouts(self, timeouts: Timeouts) -> Self {
        Self { timeouts, ..self }
    }

    /// Sorts them, and looks for what does not go together.
    fn new(mut all: Vec<Migration>) -> Result<Self, Error> {
        all.sort_by(|a, b| (a.version, &a.name).cmp(&(b.version, &b.name)));
        for two in all.windows(2) {
            if let [first, second] = two
                && first.version == second.version
            {
                return Err(Error::Duplicate {
                    version: first.version,
                    first: first.path.clone(),
                    second: second.path.clone(),
                });
            }
        }
        if let Some(at) = all
            .iter()
            .rposition(|migration| migration.baseline.is_some())
            && let Some(before) = at.checked_sub(1)
        {
            return Err(Error::Replaced {
                path: all[before].path.clone(),
                baseline: all[at].name.clone(),
            });
        }
        Ok(Self {
            all,
            command: "cargo run -- migrate".to_owned(),
            timeouts: Timeouts::default(),
        })
    }
}

impl Migration {
    fn new(path: PathBuf, sql: SqlStr) -> Result<Self, Error> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let Some((version, description)) = parse_name(&name) else {
            return Err(Error::Name { path });
        };
        let no_tx = sql.as_str().starts_with(NO_TRANSACTION);
        if !no_tx && let Some((line, word)) = ends_transaction(sql.as_str()) {
            return Err(Error::Transaction { path, line, word });
        }
        let baseline = match Baseline::parse(sql.as_str()) {
            Ok(Some(baseline))
                if baseline.replaced.last().map(|one| one.version) != Some(version) =>
            {
                Err("its number is not that of the last migration it replaces".to_owned())
            }
            parsed => parsed,
        };
        let baseline = match baseline {
            Ok(baseline) => baseline,
            Err(reason) => return Err(Error::Baseline { path, reason }),
        };
        let backfill = match Backfill::parse(sql.as_str()) {
            Ok(backfill) => backfill,
            Err(reason) => return Err(Error::Backfill { path, reason }),
        };
        // sqlx's own, so that its checksum is too.
        let sqlx = sqlx::migrate::Migration::new(
            version,
            Cow::Owned(description.to_owned()),
            MigrationType::Simple,
            sql,
            no_tx,
        );
        Ok(Self {
            version,
            name: name.into_owned(),
            checksum: sqlx.checksum.into_owned(),
            sql: sqlx.sql,
            path,
            no_tx,
            baseline,
            backfill,
        })
    }

    /// What sqlx's table says of it: the name without number and ending.
    pub(super) fn description(&self) -> String {
        parse_name(&self.name).map_or_else(String::new, |(_, name)| name.replace('_', " "))
    }
}

/// Number and description of `0001_what_it_does.sql`.
fn parse_name(name: &str) -> Option<(i64, &str)> {
    let (digits, description) = name.strip_suffix(".sql")?.split_once('_')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if description.is_empty() || !description.chars().all(plain) {
        return None;
    }
    if !digits.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let version = digits.parse().ok().filter(|version| *version > 0)?;
    Some((version, description))
}

/// The line and word of a statement that would end or begin a transaction.
fn ends_transaction(sql: &str) -> Option<(usize, String)> {
    let words = ["abort", "begin", "commit", "end", "rollback"];
    statements::split(sql).iter().find_map(|statement| {
        let first = statement.tokens.first()?;
        let found = words.iter().any(|word| first.is(word))
            || statement.begins(&["start", "transaction"])
            || statement.begins(&["prepare", "transaction"]);
        // To a savepoint is within the transaction.
        let within = first.is("rollback") && statement.tokens.iter().any(|token| token.is("to"));
        (found && !within).then(|| (first.line, first.sql.to_uppercase()))
    })
}
