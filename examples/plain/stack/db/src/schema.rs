//! The desired schema: a folder of `*.sql` files, the source of truth.
//!
//! SQL rather than derives on structs, because SQL can say everything that the database can do.
//! Files run in the order of their names, so a table that refers to another stands in a later file
//! (`010_users.sql`, `020_notes.sql`).

mod record;

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use sqlx::Connection as _;
use sqlx::postgres::{PgConnection, PgPool};

use crate::sql_file::{self, Failure, Refused};

/// The advisory lock under which a database is filled. Any number will do, if all use the same.
const FILL_LOCK: i64 = 0x0073_6368_656d_6121;

/// A file by `pg_dump` leaves no schema in which names are looked for: the next one gets the usual ones back.
const USUAL_PATH: &str = "select set_config('search_path', reset_val, false) from pg_settings
    where name = 'search_path' and setting in ('', '\"\"')";

/// The files of one schema folder, read.
#[derive(Clone, Debug)]
pub struct Schema {
    files: Vec<SchemaFile>,
    checksum: String,
}

#[derive(Clone, Debug)]
struct SchemaFile {
    path: PathBuf,
    sql: String,
}

/// What was wrong with a schema.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or the folder could not be read, or is not UTF-8.
    #[error("cannot read the schema `{}`: {source}", .path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system answered.
        source: std::io::Error,
    },
    /// The server refused a statement of a file. Nothing of the schema was kept.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The database could not be asked.
    #[error("cannot fill the database from the schema: {0}")]
    Database(#[from] sqlx::Error),
}

impl Schema {
    /// Reads every `*.sql` file that lies directly in `dir`, in the order of their numbers.
    ///
    /// # Errors
    /// [`Error::Read`], with the file or folder that could not be read.
    pub fn read(dir: impl AsRef<Path>) -> Result<Self, Error> {
        let dir = dir.as_ref();
        let mut files = Vec::new();
        for path in sql_file::in_folder(dir).map_err(Error::read(dir))? {
            let sql = std::fs::read_to_string(&path).map_err(Error::read(&path))?;
            files.push(SchemaFile { path, sql });
        }
        let checksum = checksum(&files);
        Ok(Self { files, checksum })
    }

    /// No file, so no table.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            files: Vec::new(),
            checksum: checksum(&[]),
        }
    }

    /// SHA-256 of the names and contents of the files, in hexadecimal: two schemas with the same
    /// checksum make the same database.
    #[must_use]
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// The text of each file.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.sql.as_str())
    }

    /// Runs the files if the database has no table yet; returns whether it did.
    ///
    /// In one transaction, so a mistake leaves the database as empty as it was. Under an advisory
    /// lock, so that of several processes one fills it and the others wait.
    ///
    /// A database that was filled remembers from which schema, see [`Schema::changed_since_fill`].
    ///
    /// # Errors
    /// [`Error::Refused`] with file and line, if the server refuses a statement.
    pub async fn fill_if_empty(&self, pool: &PgPool) -> Result<bool, Error> {
        let filled = self.fill_unless_filled(pool).await?;
        if filled {
            self.record(pool).await?;
        }
        Ok(filled)
    }

    /// Runs the files, whatever is there already, in the caller's transaction.
    ///
    /// # Errors
    /// [`Error::Refused`] with file and line, if the server refuses a statement.
    pub async fn run(&self, connection: &mut PgConnection) -> Result<(), Error> {
        for file in &self.files {
            sql_file::run(&mut *connection, &file.path, &file.sql).await?;
            if file.sql.contains("search_path") {
                sqlx::raw_sql(USUAL_PATH).execute(&mut *connection).await?;
            }
        }
        Ok(())
    }

    /// Notes in the database that it was made from this schema, as its comment (`\l+` in psql):
    /// no table that a comparison of schemas would have to overlook. A comment that somebody else
    /// has written stays, and so does the database of an owner who is not us.
    ///
    /// # Errors
    /// [`Error::Database`], if the server cannot be asked.
    pub async fn record(&self, pool: &PgPool) -> Result<(), Error> {
        record::write(pool, &self.checksum).await
    }

    /// Whether a database says that it was made from some schema.
    ///
    /// # Errors
    /// [`Error::Database`], if the server cannot be asked.
    pub async fn is_recorded(pool: &PgPool) -> Result<bool, Error> {
        Ok(record::read(pool).await?.is_some())
    }

    /// Whether the files differ from those that the database was filled from. False if nobody
    /// knows: it was made in another way, or has a comment of its own.
    ///
    /// # Errors
    /// [`Error::Database`], if the server cannot be asked.
    pub async fn changed_since_fill(&self, pool: &PgPool) -> Result<bool, Error> {
        let recorded = record::read(pool).await?;
        Ok(recorded.is_some_and(|checksum| checksum != self.checksum))
    }

    async fn fill_unless_filled(&self, pool: &PgPool) -> Result<bool, Error> {
        let mut connection = pool.acquire().await?;
        let filled = self.fill(&mut connection, Some(FILL_LOCK)).await?;
        if filled {
            // What a file has set, as one by `pg_dump` does, ends with the connection.
            connection.close().await.ok();
        }
        Ok(filled)
    }

    /// Fills a database in one transaction, under an advisory lock if there is one to take.
    pub(crate) async fn fill(
        &self,
        connection: &mut PgConnection,
        lock: Option<i64>,
    ) -> Result<bool, Error> {
        let mut tx = connection.begin().await?;
        if let Some(lock) = lock {
            let lock = sqlx::query("select pg_advisory_xact_lock($1)").bind(lock);
            lock.execute(&mut *tx).await?;
        }
        let empty = !has_tables(&mut tx, &[]).await?;
        if empty {
            self.run(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(empty)
    }
}

impl Error {
    fn read(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Read {
            path: path.to_owned(),
            source,
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refused) => Self::Refused(refused),
            Failure::Database(source) => Self::Database(source),
        }
    }
}

/// SHA-256 of names and contents, in hexadecimal.
fn checksum(files: &[SchemaFile]) -> String {
    let mut digest = Sha256::new();
    for file in files {
        let name = file.path.file_name().unwrap_or_default().as_encoded_bytes();
        digest.update((name.len() as u64).to_le_bytes());
        digest.update(name);
        digest.update((file.sql.len() as u64).to_le_bytes());
        digest.update(&file.sql);
    }
    hex::encode(digest.finalize())
}

/// Whether there is a table of the user's, besides those `except`.
pub(crate) async fn has_tables(
    connection: &mut PgConnection,
    except: &[&str],
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (
             select 1 from information_schema.tables
             where table_type = 'BASE TABLE'
               and table_schema not in ('pg_catalog', 'information_schema')
               and table_name <> all ($1)
         )",
    )
    .bind(except)
    .fetch_one(connection)
    .await
}
