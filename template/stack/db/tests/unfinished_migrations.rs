//! Migrations outside of a transaction that end in the middle: never run again by themselves, unless the catalog or the
//! file says that this is right.

mod folder;

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _};
use stack_db::migrations::{Error, Resolution};
use stack_db::testing::TestDatabase;
use stack_db::{Migrations, Schema};

use folder::Folder;

const ROWS: (&str, &str) = (
    "0001_rows.sql",
    "create table t (id int primary key, n int); insert into t select g, 1 from generate_series(1, 10) g;
     create procedure fill() language plpgsql as $$ begin
         for i in 1..10 loop
             update t set n = n * 100 where id = i;
             if i = 6 then raise 'stop'; end if;
             commit;
         end loop;
     end $$;",
);
const FILL: (&str, &str) = ("0002_fill.sql", "-- no-transaction\ncall fill();");
const INDEX: (&str, &str) = (
    "0002_index.sql",
    "-- no-transaction\n-- By hand.\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"t_N\" ON public.t (n, id);",
);
/// It cannot be built, and leaves an invalid index.
const TWICE: &str = "create unique index concurrently \"t_N\" on t (n)";

async fn empty() -> TestDatabase {
    TestDatabase::create(&Schema::read(&Folder::with(&[]).0).expect("readable")).await
}

fn read(files: &[(&str, &str)]) -> Migrations {
    Migrations::read(&Folder::with(files).0).expect("readable")
}

async fn apply(files: &[(&str, &str)], database: &TestDatabase) -> Result<Vec<String>, Error> {
    let outcome = read(files).apply(database.pool(), |_| {}).await;
    outcome.map(|outcome| outcome.applied)
}

/// What is left of a process that was killed while it applied this one: the record that it has begun.
async fn killed(migration: (&str, &str), database: &TestDatabase) {
    let all = read(&[migration]);
    let migration = &all.all()[0];
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values ($1, '', false, $2, -1)",
    )
    .bind(migration.version)
    .bind(&migration.checksum)
    .execute(database.pool())
    .await
    .expect("written");
}

/// A database with the rows.
async fn with_rows() -> TestDatabase {
    let database = empty().await;
    apply(&[ROWS], &database).await.expect("applied");
    database
}

async fn run(sql: &str, database: &TestDatabase) -> Result<(), sqlx::Error> {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql));
    sql.execute(database.pool()).await.map(drop)
}

/// Whether there is an index `"t_N"`, and whether it is valid.
async fn index(database: &TestDatabase) -> Option<bool> {
    sqlx::query_scalar("select indisvalid from pg_index where indexrelid = to_regclass('\"t_N\"')")
        .fetch_optional(database.pool())
        .await
        .expect("answered")
}

async fn sum(database: &TestDatabase) -> i64 {
    sqlx::query_scalar("select sum(n) from t")
        .fetch_one(database.pool())
        .await
        .expect("answered")
}

#[tokio::test]
async fn a_procedure_that_commits_and_fails_is_not_run_again_until_somebody_says_so() {
    let database = with_rows().await;
    let error = apply(&[ROWS, FILL], &database).await.expect_err("stopped");
    assert!(
        matches!(error, Error::RefusedHalfway { version: 2, .. }),
        "{error}"
    );
    for _ in 0..2 {
        let error = apply(&[ROWS, FILL], &database).await.expect_err("begun");
        assert!(
            matches!(error, Error::Unfinished { version: 2, .. }),
            "{error}"
        );
        let text = error.to_string();
        assert!(
            text.contains("cargo run -- migrate --resolve 2 applied`"),
            "{text}"
        );
    }
    assert_eq!(sum(&database).await, 505, "five rows were filled, once");

    let files = read(&[ROWS, FILL]);
    run("update t set n = 100 where n = 1", &database)
        .await
        .expect("completed by hand");
    let resolved = files.resolve(database.pool(), 2, Resolution::Applied).await;
    resolved.expect("recorded");
    assert!(
        apply(&[ROWS, FILL], &database)
            .await
            .expect("done")
            .is_empty()
    );
    let again = files.resolve(database.pool(), 2, Resolution::Again).await;
    assert!(matches!(again, Err(Error::NotBegun { .. })), "{again:?}");
}

#[tokio::test]
async fn what_was_undone_by_hand_and_mended_runs_again() {
    let database = with_rows().await;
    apply(&[ROWS, FILL], &database).await.expect_err("stopped");
    run("update t set n = 1", &database).await.expect("undone");
    let mended = (
        "0002_fill.sql",
        "-- no-transaction\ndo $$ begin update t set n = 5; commit; end $$;",
    );
    let files = read(&[ROWS, mended]);
    let resolved = files.resolve(database.pool(), 2, Resolution::Again).await;
    resolved.expect("recorded");
    assert_eq!(
        apply(&[ROWS, mended], &database).await.expect("applied"),
        ["0002_fill.sql"]
    );
    assert_eq!(sum(&database).await, 50);
}

#[tokio::test]
async fn a_file_that_says_so_runs_again_by_itself() {
    let database = with_rows().await;
    let fill = (
        "0002_fill.sql",
        "-- no-transaction\n-- repeatable\ndo $$ begin update t set n = 7 where n = 1; commit; end $$;",
    );
    killed(fill, &database).await;
    run("update t set n = 7 where id < 5", &database)
        .await
        .expect("its first part");
    assert_eq!(
        apply(&[ROWS, fill], &database).await.expect("applied"),
        ["0002_fill.sql"]
    );
    assert_eq!(sum(&database).await, 70);
}

#[tokio::test]
async fn a_mistake_that_did_nothing_can_be_mended() {
    let database = with_rows().await;
    for sql in [
        "create index concurrently i on nowhere (id);",
        "create index concurrently t_pkey on t (n);",
        "update t set n = 5; select 1 / 0;",
    ] {
        let bad = format!("-- no-transaction\n{sql}");
        let error = apply(&[ROWS, ("0002_bad.sql", &bad)], &database).await;
        let error = error.expect_err("refused");
        assert!(matches!(error, Error::Refused(_)), "{error}");
    }
    assert_eq!(sum(&database).await, 10);
    apply(&[ROWS, INDEX], &database).await.expect("applied");
}

#[tokio::test]
async fn a_unique_index_over_rows_that_are_alike_leaves_nothing_behind() {
    let database = with_rows().await;
    let twice = format!("-- no-transaction\n{TWICE};");
    let twice = ("0002_twice.sql", twice.as_str());
    let error = apply(&[ROWS, twice], &database).await.expect_err("alike");
    assert!(matches!(error, Error::Refused(_)), "{error}");
    assert_eq!(index(&database).await, None);
    run("update t set n = id", &database).await.expect("mended");
    assert_eq!(
        apply(&[ROWS, twice], &database).await.expect("applied"),
        ["0002_twice.sql"]
    );
    assert_eq!(index(&database).await, Some(true));
}

#[tokio::test]
async fn an_index_whose_build_was_killed_is_built_again_if_it_is_invalid_or_missing() {
    for half_built in [true, false] {
        let database = with_rows().await;
        killed(INDEX, &database).await;
        if half_built {
            run(TWICE, &database).await.expect_err("alike");
            assert_eq!(index(&database).await, Some(false));
        }
        assert_eq!(
            apply(&[ROWS, INDEX], &database).await.expect("applied"),
            ["0002_index.sql"]
        );
        assert_eq!(index(&database).await, Some(true));
    }
}

#[tokio::test]
async fn an_index_whose_build_was_killed_after_its_end_is_recorded() {
    let database = with_rows().await;
    run("create unique index \"t_N\" on t (n, id)", &database)
        .await
        .expect("built");
    killed(INDEX, &database).await;
    assert!(
        apply(&[ROWS, INDEX], &database)
            .await
            .expect("recorded")
            .is_empty()
    );
}

#[tokio::test]
async fn an_index_that_the_server_still_builds_is_waited_for() {
    let database = with_rows().await;
    let mut reader = sqlx::PgConnection::connect_with(&database.pool().connect_options())
        .await
        .expect("connected");
    sqlx::raw_sql("begin isolation level repeatable read; select * from t")
        .execute(&mut reader)
        .await
        .expect("read");
    let building = tokio::spawn({
        let pool = database.pool().clone();
        async move {
            let build = "create unique index concurrently \"t_N\" on t (n, id)";
            sqlx::raw_sql(build).execute(&pool).await.expect("built");
        }
    });
    while index(&database).await.is_none() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    killed(INDEX, &database).await;
    let files = read(&[ROWS, INDEX]);
    let mut settled = std::pin::pin!(files.apply(database.pool(), |_| {}));
    let early = tokio::time::timeout(Duration::from_millis(300), &mut settled).await;
    assert!(early.is_err(), "{early:?}");
    sqlx::raw_sql("commit")
        .execute(&mut reader)
        .await
        .expect("ended");
    assert!(settled.await.expect("recorded").applied.is_empty());
    building.await.expect("built");
    assert_eq!(index(&database).await, Some(true));
}

#[tokio::test]
async fn an_index_whose_dropping_was_killed_is_dropped_unless_it_is_gone() {
    for there in [true, false] {
        let database = with_rows().await;
        let drop = (
            "0002_drop.sql",
            "-- no-transaction\ndrop index concurrently public.\"t_N\";",
        );
        if there {
            run("create index \"t_N\" on t (n)", &database)
                .await
                .expect("built");
        }
        killed(drop, &database).await;
        apply(&[ROWS, drop], &database).await.expect("settled");
        assert_eq!(index(&database).await, None);
    }
}

#[tokio::test]
async fn nobody_records_as_applied_what_the_catalog_denies() {
    let database = with_rows().await;
    killed(INDEX, &database).await;
    let files = read(&[ROWS, INDEX]);
    let denied = files.resolve(database.pool(), 2, Resolution::Applied).await;
    assert!(
        matches!(denied, Err(Error::Contradiction { done: false, .. })),
        "{denied:?}"
    );
    let again = files.resolve(database.pool(), 2, Resolution::Again).await;
    again.expect("recorded");
    assert_eq!(
        apply(&[ROWS, INDEX], &database).await.expect("applied"),
        ["0002_index.sql"]
    );
    let unknown = files.resolve(database.pool(), 9, Resolution::Again).await;
    assert!(
        matches!(unknown, Err(Error::NoSuch { version: 9, .. })),
        "{unknown:?}"
    );
}
