//! A migration that does not get its locks: others go on, it is tried again, and whoever is in the way is named.

mod folder;

use std::time::Duration;

use sqlx::postgres::{PgConnection, PgPool};
use sqlx::{AssertSqlSafe, Connection as _};
use stack_db::migrations::{Error, Timeouts};
use stack_db::testing::TestDatabase;
use stack_db::{Migrations, Schema};

use folder::Folder;

const NOTES: (&str, &str) = ("0001_notes.sql", "create table notes (id int primary key);");
const COLUMN: (&str, &str) = ("0002_column.sql", "alter table notes add title text;");

/// A database whose migrations so far are these.
async fn migrated(files: &[(&str, &str)]) -> TestDatabase {
    let schema = Schema::read(&Folder::with(&[]).0).expect("readable");
    let database = TestDatabase::create(&schema).await;
    let files = read(files, Timeouts::default());
    files.apply(database.pool(), |_| {}).await.expect("applied");
    database
}

fn read(files: &[(&str, &str)], timeouts: Timeouts) -> Migrations {
    let migrations = Migrations::read(&Folder::with(files).0).expect("readable");
    migrations.with_timeouts(timeouts)
}

/// A transaction that has read `notes`, and goes on.
async fn reader(database: &TestDatabase) -> PgConnection {
    let mut reader = connect(database).await;
    run(&mut reader, "begin isolation level repeatable read").await;
    run(&mut reader, "select count(*) from notes").await;
    reader
}

async fn connect(database: &TestDatabase) -> PgConnection {
    let options = database.pool().connect_options();
    PgConnection::connect_with(&options)
        .await
        .expect("connected")
}

async fn run(connection: &mut PgConnection, sql: &str) {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql));
    sql.execute(connection).await.expect("done");
}

/// Until somebody waits for a lock in this database.
async fn until_somebody_waits(pool: &PgPool) {
    let waits = "select exists (select from pg_stat_activity
        where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0)";
    while !sqlx::query_scalar::<_, bool>(waits)
        .fetch_one(pool)
        .await
        .expect("answered")
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn others_read_while_a_migration_waits_for_its_lock_and_then_it_is_applied() {
    let database = migrated(&[NOTES]).await;
    let mut first = reader(&database).await;
    let timeouts = Timeouts {
        lock: Duration::from_millis(500),
        ..Timeouts::default()
    };
    let files = read(&[NOTES, COLUMN], timeouts);
    let others = async {
        until_somebody_waits(database.pool()).await;
        // Behind the migration, which lets go: the first reader does not before this one has read.
        let mut second = connect(&database).await;
        run(&mut second, "select count(*) from notes").await;
        run(&mut first, "commit").await;
    };
    let (outcome, ()) = tokio::join!(files.apply(database.pool(), |_| {}), others);
    assert_eq!(outcome.expect("applied").applied, ["0002_column.sql"]);
}

#[tokio::test]
async fn whoever_is_in_the_way_is_named_when_the_time_is_up_and_nothing_is_kept() {
    let database = migrated(&[NOTES]).await;
    let mut reader = reader(&database).await;
    let pid: i32 = sqlx::query_scalar("select pg_backend_pid() as reader")
        .fetch_one(&mut reader)
        .await
        .expect("answered");
    let timeouts = Timeouts {
        lock: Duration::from_secs(2),
        retry: Duration::from_millis(1),
        ..Timeouts::default()
    };
    let files = read(&[NOTES, COLUMN], timeouts).applied_by("shop migrate");
    let error = files.apply(database.pool(), |_| {}).await;
    let error = error.expect_err("locked");
    assert!(matches!(error, Error::Locked { .. }), "{error}");
    let text = error.to_string();
    for part in [
        "0002_column.sql",
        "pg_backend_pid() as reader",
        &format!("process {pid} "),
        &format!("SELECT pg_terminate_backend({pid})"),
        "Then: `shop migrate`",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    run(&mut reader, "commit").await;
    let outcome = files.apply(database.pool(), |_| {}).await.expect("applied");
    assert_eq!(outcome.applied, ["0002_column.sql"]);
}

#[tokio::test]
async fn an_index_is_built_concurrently_however_long_an_old_transaction_takes() {
    let database = migrated(&[NOTES]).await;
    let mut reader = reader(&database).await;
    let index = (
        "0002_index.sql",
        "-- no-transaction\ncreate index concurrently notes_id on notes (id);",
    );
    let timeouts = Timeouts {
        lock: Duration::from_millis(1),
        retry: Duration::from_millis(1),
        ..Timeouts::default()
    };
    let files = read(&[NOTES, index], timeouts);
    let others = async {
        until_somebody_waits(database.pool()).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let mut writer = connect(&database).await;
        run(&mut writer, "insert into notes values (1)").await;
        run(&mut reader, "commit").await;
    };
    let (outcome, ()) = tokio::join!(files.apply(database.pool(), |_| {}), others);
    assert_eq!(outcome.expect("applied").applied, ["0002_index.sql"]);
}

#[tokio::test]
async fn a_statement_time_out_of_the_database_is_not_for_migrations() {
    let database = migrated(&[NOTES]).await;
    let name: String = sqlx::query_scalar("select quote_ident(current_database())")
        .fetch_one(database.pool())
        .await
        .expect("answered");
    let sql = format!("alter database {name} set statement_timeout = '200ms'");
    run(&mut connect(&database).await, &sql).await;
    let slow = ("0002_slow.sql", "select pg_sleep(0.5);");
    let outcome = read(&[NOTES, slow], Timeouts::default())
        .apply(database.pool(), |_| {})
        .await
        .expect("applied");
    assert_eq!(outcome.applied, ["0002_slow.sql"]);
    let timeouts = Timeouts {
        statement: Duration::from_millis(100),
        ..Timeouts::default()
    };
    let slower = ("0003_slower.sql", "select pg_sleep(60);");
    let error = read(&[NOTES, slow, slower], timeouts)
        .apply(database.pool(), |_| {})
        .await
        .expect_err("too slow");
    assert!(error.to_string().contains("statement timeout"), "{error}");
}

#[tokio::test]
async fn what_a_file_sets_for_its_session_is_not_for_the_next_one_nor_for_the_record() {
    let dump = (
        "0001_dump.sql",
        "select pg_catalog.set_config('search_path', '', false);\ncreate table public.a (id int);",
    );
    let next = ("0002_next.sql", "create table b (id int);");
    migrated(&[dump, next]).await;
}
