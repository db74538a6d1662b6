//! A database of its own for each test.
//!
//! A template database holds the schema; a test gets a copy of its files, which takes about 20 ms
//! instead of running the schema again. So tests need no cleaning up between them, may commit,
//! and run side by side.
//!
//! [`TestTransaction`] is for a test of a few statements that needs no pool: a transaction on a
//! database that all such tests share, rolled back at its end, in a third of the time.
//!
//! The server is that of `DATABASE_URL` if set (the test databases are made beside the named one,
//! which is never touched); else an embedded one under `.data/test` of the workspace, tuned for speed
//! instead of safety and left running for the next `cargo test`.

mod reaper;
mod rollback;
mod server;

use std::path::PathBuf;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use crate::{Schema, embedded, schema, sql_file};
use reaper::Reaper;
pub use rollback::TestTransaction;
use server::Location;

/// Connections of one test's pool. Tests run in parallel on one server, whose connections are
/// limited; a handful each is enough to test what happens at the same time.
const POOL_SIZE: u32 = 5;

/// Why a test has no database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The embedded server did not start.
    #[error(transparent)]
    Embedded(#[from] embedded::Error),
    /// The schema has a mistake.
    #[error(transparent)]
    Schema(#[from] schema::Error),
    /// The server refused something.
    #[error("cannot create a test database: {}{}", .0, hint(.0))]
    Database(#[from] sqlx::Error),
    /// There is no workspace above the current folder, so no place for the server's data.
    #[error(
        "no `Cargo.lock` in `{}` or above it\n\
         hint: run the tests with `cargo test` in the project's folder", .0.display()
    )]
    NoWorkspace(PathBuf),
    /// The thread that talks to the server for this process could not start, or has panicked.
    #[error("the thread that creates and drops the test databases has ended")]
    Gone,
}

/// What a role lacks that may not.
fn hint(error: &sqlx::Error) -> &'static str {
    match sql_file::code(error).as_deref() {
        Some("42501") => {
            "\nhint: as an administrator of that server: `ALTER ROLE … CREATEDB`; \
             or take `DATABASE_URL` out of the environment to use the project's own server"
        }
        _ => "",
    }
}

/// A database that lives as long as this value.
///
/// Dropping it drops the database. If the process is killed first, the next one that uses the
/// server does it.
#[derive(Debug)]
pub struct TestDatabase {
    pool: PgPool,
    url: String,
    name: String,
    reaper: Reaper,
}

impl TestDatabase {
    /// Creates a database with the schema, and connects lazily.
    ///
    /// The first call for a schema makes the template, and the very first starts the server; any
    /// other takes about 20 ms.
    ///
    /// # Panics
    /// With the text of [`Error`], if there is no database: a test cannot go on without.
    pub async fn create(schema: &Schema) -> Self {
        match Self::try_create(schema).await {
            Ok(database) => database,
            Err(error) => panic!("error: {error}"),
        }
    }

    /// [`TestDatabase::create`] for those who want the error.
    ///
    /// # Errors
    /// Whatever prevented it.
    pub async fn try_create(schema: &Schema) -> Result<Self, Error> {
        let variable = "DATABASE_URL";
        Self::create_on(Location::of(variable), schema).await
    }

    /// [`TestDatabase::try_create`] on the server that `url` leads to, whatever `DATABASE_URL` is.
    ///
    /// # Errors
    /// Whatever prevented it.
    pub async fn create_at(url: &str, schema: &Schema) -> Result<Self, Error> {
        Self::create_on(Location::Url(url.to_owned()), schema).await
    }

    /// An empty database on the same server.
    ///
    /// # Errors
    /// Whatever prevented it.
    pub async fn beside(&self) -> Result<Self, Error> {
        Self::create_with(self.reaper.clone(), &Schema::empty()).await
    }

    /// [`TestDatabase::try_create`] on the workspace's own server, whatever `DATABASE_URL` is.
    ///
    /// # Errors
    /// Whatever prevented it.
    pub async fn create_own(schema: &Schema) -> Result<Self, Error> {
        Self::create_on(Location::Embedded, schema).await
    }

    async fn create_on(server: Location, schema: &Schema) -> Result<Self, Error> {
        Self::create_with(Reaper::of(server)?, schema).await
    }

    async fn create_with(reaper: Reaper, schema: &Schema) -> Result<Self, Error> {
        let (name, url) = reaper.create(schema.clone()).await?;
        let options: PgConnectOptions = url.parse()?;
        let pool = PgPoolOptions::new()
            .max_connections(POOL_SIZE)
            .acquire_timeout(Duration::from_secs(20))
            .connect_lazy_with(options);
        Ok(Self {
            pool,
            url,
            name,
            reaper,
        })
    }

    /// A small pool to this database.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The URL of this database, for code that connects by itself.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // Waits, about 5 ms: what is not dropped when the process ends is left to the next one.
        self.reaper.drop_database(&self.name);
    }
}
