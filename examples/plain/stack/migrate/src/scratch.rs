//! Databases in which everything is tried, and which go afterwards.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};
use stack_db::testing::TestDatabase;
use stack_db::{Migrations, Schema};

use crate::catalog::Catalog;
use crate::diff::quote;
use crate::error::Error;
use crate::fill;

/// How many tables one query is about: it locks them all, and a server has room for so many locks.
const AT_ONCE: usize = 50;

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

pub(crate) async fn connect(database: &TestDatabase) -> Result<PgConnection, Error> {
    Ok(PgConnection::connect_with(&database.pool().connect_options()).await?)
}

pub(crate) async fn read(database: &TestDatabase) -> Result<Catalog, Error> {
    let mut connection = connect(database).await?;
    let catalog = Catalog::read(&mut connection).await?;
    connection.close().await?;
    Ok(catalog)
}

/// Tables that have rows in one database and none in the other.
pub(crate) async fn rows_missing(
    made: &TestDatabase,
    wanted: &TestDatabase,
) -> Result<Vec<String>, Error> {
    let has = with_rows(made).await?;
    let mut tables = with_rows(wanted).await?;
    tables.retain(|table| !has.contains(table));
    Ok(tables)
}

/// Those of a database, asked for at once.
async fn with_rows(database: &TestDatabase) -> Result<Vec<String>, Error> {
    let mut connection = connect(database).await?;
    let mut found = Vec::new();
    for tables in fill::in_order(&mut connection).await?.chunks(AT_ONCE) {
        let asked = tables.iter().map(|table| {
            format!(
                "case when exists (select from {table}) then {} end",
                quote(table)
            )
        });
        let asked: Vec<String> = asked.collect();
        let query = format!("select array_remove(array[{}], null)", asked.join(", "));
        let filled: Vec<String> = sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_one(&mut connection)
            .await?;
        found.extend(filled);
    }
    connection.close().await?;
    Ok(found)
}
