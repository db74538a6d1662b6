//! Two databases, and what leads from one to the other.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use stack_db::Schema;
use stack_db::testing::TestDatabase;
use stack_migrate::Catalog;
use stack_migrate::diff::{self, LockPolicy, Step, Transaction, UnsupportedChange};

use crate::judge;

/// A database made by one text of SQL.
pub(crate) async fn database(sql: &str) -> TestDatabase {
    let database = TestDatabase::create(&Schema::empty()).await;
    let mut connection = connect(&database).await;
    if let Err(error) = sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
    {
        panic!("{error}\nin: {sql}");
    }
    connection.close().await.unwrap();
    database
}

/// The server's version: 18.
pub(crate) async fn version(database: &TestDatabase) -> i32 {
    sqlx::query_scalar("select current_setting('server_version_num')::int / 10000")
        .fetch_one(database.pool())
        .await
        .unwrap()
}

pub(crate) async fn connect(database: &TestDatabase) -> PgConnection {
    let options: sqlx::postgres::PgConnectOptions = database.url().parse().unwrap();
    options.connect().await.unwrap()
}

pub(crate) async fn catalog(database: &TestDatabase) -> Catalog {
    let mut connection = connect(database).await;
    let catalog = Catalog::read(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    catalog
}

/// Runs steps as the migrator would, which has to work.
pub(crate) async fn apply(database: &TestDatabase, steps: &[Step]) {
    if let Err((step, error)) = try_apply(database, steps).await {
        let all: Vec<&str> = steps.iter().map(|step| step.sql.as_str()).collect();
        panic!("{error}\nin: {}\nof:\n{}", step.sql, all.join(";\n"));
    }
}

/// Runs steps as the migrator would: those that stand together in one transaction. Returns the first
/// that the server refuses, and what it says.
pub(crate) async fn try_apply<'s>(
    database: &TestDatabase,
    steps: &'s [Step],
) -> Result<(), (&'s Step, sqlx::Error)> {
    let mut connection = connect(database).await;
    let (now, later): (Vec<&Step>, Vec<&Step>) = steps
        .iter()
        .partition(|step| step.transaction != Transaction::Later);
    let mut open = false;
    let mut last = steps.first();
    for step in now.into_iter().chain(later) {
        let together = step.transaction == Transaction::Shared;
        if together != open {
            let sql = if together {
                "begin; set local check_function_bodies = off"
            } else {
                "commit"
            };
            let done = sqlx::raw_sql(sql).execute(&mut connection).await;
            done.map_err(|error| (last.unwrap_or(step), error))?;
            open = together;
        }
        last = Some(step);
        sqlx::raw_sql(AssertSqlSafe(step.sql.as_str()))
            .execute(&mut connection)
            .await
            .map_err(|error| (step, error))?;
    }
    if let (true, Some(last)) = (open, last) {
        let done = sqlx::raw_sql("commit").execute(&mut connection).await;
        done.map_err(|error| (last, error))?;
    }
    Ok(())
}

pub(crate) async fn steps(
    from: &str,
    to: &str,
    locks: &LockPolicy,
) -> Result<Vec<Step>, Vec<UnsupportedChange>> {
    let (from, to) = (database(from).await, database(to).await);
    diff::difference(&catalog(&from).await, &catalog(&to).await, locks)
}

/// The statements from one schema to another, after proof that they lead there.
pub(crate) async fn proven(from: &str, to: &str) -> Vec<Step> {
    proven_with(from, to, &LockPolicy::default()).await
}

pub(crate) async fn proven_with(from: &str, to: &str, locks: &LockPolicy) -> Vec<Step> {
    let (old, new) = (database(from).await, database(to).await);
    let wanted = catalog(&new).await;
    let steps = match diff::difference(&catalog(&old).await, &wanted, locks) {
        Ok(steps) => steps,
        Err(gaps) => panic!("from\n{from}\nto\n{to}\n{gaps:#?}"),
    };
    apply(&old, &steps).await;
    judge::alike(&old, &new, &steps).await;
    let rest = diff::difference(&catalog(&old).await, &wanted, locks).unwrap();
    assert_eq!(rest, [], "a second look finds more after {steps:#?}");
    steps
}

pub(crate) fn sql(steps: &[Step]) -> Vec<String> {
    steps.iter().map(|step| step.sql.clone()).collect()
}
