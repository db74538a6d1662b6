//! The way that CockroachDB is migrated, tried on PostgreSQL: the lock in a row, and statements
//! that are alone.

use crate::Schema;
use crate::migrations::apply::{Outcome, Session};
use crate::migrations::lock::Lock;
use crate::migrations::{Error, Migrations};
use crate::testing::TestDatabase;

struct Folder(std::path::PathBuf);

impl Folder {
    fn with(name: &str, files: &[(&str, &str)]) -> Self {
        let path = std::env::temp_dir().join(format!("stack-db-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("created");
        for (name, text) in files {
            std::fs::write(path.join(name), text).expect("written");
        }
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn empty() -> TestDatabase {
    let folder = Folder::with("empty", &[]);
    TestDatabase::create(&Schema::read(&folder.0).expect("readable")).await
}

async fn apply(files: &Migrations, database: &TestDatabase) -> Result<Outcome, Error> {
    let options = database.pool().connect_options();
    let mut session = Session::begin_on_cockroach(&options, files).await?;
    let outcome = files.apply_in(&mut session, &mut |_| {}).await;
    session.end().await?;
    outcome
}

#[tokio::test]
async fn by_the_row_too_several_at_once_apply_once() {
    let folder = Folder::with(
        "row",
        &[
            ("0001_a.sql", "create table a (id int)"),
            ("0002_b.sql", "insert into a values (1)"),
            (
                "0003_c.sql",
                "insert into a values (2); insert into a values (3);",
            ),
        ],
    );
    let files = Migrations::read(&folder.0).expect("readable");
    let database = empty().await;
    let one = async || {
        let outcome = apply(&files, &database).await;
        outcome.expect("applied").applied.len()
    };
    let (a, b, c) = tokio::join!(one(), one(), one());
    assert_eq!(a + b + c, 3);
    let rows: i64 = sqlx::query_scalar("select count(*) from a")
        .fetch_one(database.pool())
        .await
        .expect("rows");
    assert_eq!(rows, 3);
    // The table of the lock is no table of the user's.
    assert!(
        files
            .status(database.pool())
            .await
            .expect("read")
            .pending
            .is_empty()
    );
}

#[tokio::test]
async fn the_row_is_locked_until_its_connection_is_gone() {
    let database = empty().await;
    let options = database.pool().connect_options();
    let first = Lock::take_row(&options).await.expect("taken");
    let second = Lock::take_row(&options);
    tokio::pin!(second);
    let waiting = "select exists (select 1 from pg_locks where not granted)";
    loop {
        tokio::select! {
            biased;
            _ = &mut second => panic!("two have the lock"),
            waits = sqlx::query_scalar::<_, bool>(waiting).fetch_one(database.pool()) => {
                if waits.expect("answered") {
                    break;
                }
            }
        }
    }
    drop(first);
    second
        .await
        .expect("taken")
        .release()
        .await
        .expect("released");
}

#[tokio::test]
async fn a_statement_that_is_alone_and_refused_is_forgotten() {
    let folder = Folder::with("alone", &[("0001_a.sql", "create table a (id txet)")]);
    let files = Migrations::read(&folder.0).expect("readable");
    let database = empty().await;
    let outcome = apply(&files, &database).await;
    assert!(matches!(outcome, Err(Error::Refused(_))));
    let status = files.status(database.pool()).await.expect("read");
    assert_eq!(status.pending, ["0001_a.sql"]);
}
