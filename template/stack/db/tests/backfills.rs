//! Backfills: every row has its turn once, whatever is killed when.

mod folder;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sqlx::AssertSqlSafe;
use stack_db::migrations::{Error, Event, Resolution, State, Timeouts};
use stack_db::testing::TestDatabase;
use stack_db::{Db, Migrations, PoolSettings, Schema};

use folder::Folder;

const ROWS: (&str, &str) = (
    "0001_rows.sql",
    "create table t (id int primary key, n int not null);
     insert into t select g, 1 from generate_series(1, 100000) g;",
);
/// A row that has two turns is told from one that has one.
const FILL: (&str, &str) = (
    "0002_fill.sql",
    "-- backfill: t by id\nupdate t set n = n * 3 + 1 where true /* batch */;",
);
/// Names the database to the process that a test starts to kill it.
const VARIABLE: &str = "BACKFILL_OF";

fn read(files: &[(&str, &str)]) -> Migrations {
    Migrations::read(&Folder::with(files).0).expect("readable")
}

async fn apply(files: &[(&str, &str)], database: &TestDatabase) -> Result<Vec<String>, Error> {
    let outcome = read(files).apply(database.pool(), |_| {}).await;
    outcome.map(|outcome| outcome.applied)
}

async fn with_rows() -> TestDatabase {
    let database = TestDatabase::create(&Schema::empty()).await;
    apply(&[ROWS], &database).await.expect("applied");
    database
}

async fn run(sql: &str, database: &TestDatabase) {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql));
    sql.execute(database.pool()).await.expect("run");
}

/// How many rows have each value.
async fn values(database: &TestDatabase) -> Vec<(i32, i64)> {
    sqlx::query_as("select n, count(*) from t group by n order by n")
        .fetch_all(database.pool())
        .await
        .expect("answered")
}

async fn has_progress(database: &TestDatabase) -> bool {
    sqlx::query_scalar("select to_regclass('_backfill_progress') is not null")
        .fetch_one(database.pool())
        .await
        .expect("answered")
}

/// How many rows had their turn.
async fn done(database: &TestDatabase) -> i64 {
    if !has_progress(database).await {
        return 0;
    }
    let rows = sqlx::query_scalar("select coalesce(max(rows), 0) from _backfill_progress");
    rows.fetch_one(database.pool()).await.expect("answered")
}

#[tokio::test]
async fn every_row_has_its_turn_once_though_the_process_is_killed_five_times() {
    if let Ok(url) = std::env::var(VARIABLE) {
        let db = Db::connect(&url, PoolSettings::default())
            .await
            .expect("connected");
        read(&[ROWS, FILL])
            .apply(db.pool(), |_| {})
            .await
            .expect("applied");
        return;
    }
    let database = with_rows().await;
    let mut before = 0;
    for _ in 0..5 {
        let mut child = child(&database);
        while done(&database).await == before {
            assert!(
                child.try_wait().expect("known").is_none(),
                "it was not killed in time"
            );
            tokio::task::yield_now().await;
        }
        child.kill().expect("killed");
        child.wait().expect("known");
        // What the server has begun may still be committed.
        before = done(&database).await;
        assert!((1..100_000).contains(&before), "{before}");
        let states = states(&read(&[ROWS, FILL]), &database).await;
        assert_eq!(states, [State::Applied, State::Begun]);
    }
    assert_eq!(
        apply(&[ROWS, FILL], &database).await.expect("applied"),
        ["0002_fill.sql"]
    );
    assert_eq!(values(&database).await, [(4, 100_000)]);
    assert!(!has_progress(&database).await);
    assert!(
        apply(&[ROWS, FILL], &database)
            .await
            .expect("applied")
            .is_empty()
    );
}

fn child(database: &TestDatabase) -> Child {
    Command::new(std::env::current_exe().expect("known"))
        .args([
            "--exact",
            "every_row_has_its_turn_once_though_the_process_is_killed_five_times",
        ])
        .env(VARIABLE, database.url())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("started")
}

async fn states(migrations: &Migrations, database: &TestDatabase) -> Vec<State> {
    let mut connection = database.pool().acquire().await.expect("connected");
    let (entries, _) = migrations.states(&mut connection).await.expect("read");
    entries.into_iter().map(|entry| entry.state).collect()
}

#[tokio::test]
async fn how_far_it_is_is_told_after_each_batch() {
    let database = with_rows().await;
    run("analyze t", &database).await;
    let mut told = Vec::new();
    let all = read(&[ROWS, FILL]);
    let report = |event: Event<'_>| {
        if let Event::Filled(migration, filled) = event {
            assert_eq!(migration.version, 2);
            told.push(filled);
        }
    };
    all.apply(database.pool(), report).await.expect("applied");
    assert!(
        told.is_sorted_by_key(|filled| filled.rows) && told.len() > 1,
        "{told:?}"
    );
    let last = told.last().expect("told");
    assert_eq!((last.rows, last.total), (100_000, Some(100_000)));
}

#[tokio::test]
async fn a_row_that_is_refused_stops_it_and_with_another_text_it_goes_on_from_there() {
    let database = with_rows().await;
    run("alter table t add check (id <> 700 or n < 4)", &database).await;
    let error = apply(&[ROWS, FILL], &database)
        .await
        .expect_err("refused")
        .to_string();
    assert!(
        error.contains("0002_fill.sql`, line 2: ") && error.contains("check constraint"),
        "{error}"
    );
    assert_eq!(values(&database).await, [(1, 99_500), (4, 500)]);
    let mended = (
        "0002_fill.sql",
        "-- backfill: t by id\nupdate t x set n = n * 3 + 1 where id <> 700 /* batch x */",
    );
    apply(&[ROWS, mended], &database).await.expect("applied");
    assert_eq!(values(&database).await, [(1, 1), (4, 99_999)]);
}

#[tokio::test]
async fn a_person_may_have_it_begin_again() {
    let database = with_rows().await;
    run(
        "alter table t add constraint c check (id <> 700 or n < 4)",
        &database,
    )
    .await;
    apply(&[ROWS, FILL], &database).await.expect_err("refused");
    let all = read(&[ROWS, FILL]);
    all.resolve(database.pool(), 2, Resolution::Again)
        .await
        .expect("recorded");
    run("alter table t drop constraint c", &database).await;
    apply(&[ROWS, FILL], &database).await.expect("applied");
    assert_eq!(values(&database).await, [(4, 99_500), (13, 500)]);
}

#[tokio::test]
async fn a_row_that_somebody_holds_is_waited_for() {
    let database = with_rows().await;
    let mut other = database.pool().begin().await.expect("begun");
    sqlx::raw_sql("update t set n = n where id = 1")
        .execute(&mut *other)
        .await
        .expect("held");
    let timeouts = Timeouts {
        lock: Duration::from_millis(20),
        ..Timeouts::default()
    };
    let all = read(&[ROWS, FILL]).with_timeouts(timeouts);
    let waits = "select exists (select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database())";
    let release = async {
        while !sqlx::query_scalar::<_, bool>(waits)
            .fetch_one(database.pool())
            .await
            .expect("answered")
        {
            tokio::task::yield_now().await;
        }
        other.rollback().await.expect("released");
    };
    let (applied, ()) = tokio::join!(all.apply(database.pool(), |_| {}), release);
    applied.expect("applied");
    assert_eq!(values(&database).await, [(4, 100_000)]);
}

#[tokio::test]
async fn a_key_of_several_columns_and_names_in_quotes_will_do() {
    let database = TestDatabase::create(&Schema::empty()).await;
    let rows = (
        "0001_rows.sql",
        "create table \"T by x\" (\"A, \"\"B\"\"\" uuid, b text, n int not null, primary key (\"A, \"\"B\"\"\", b));
         insert into \"T by x\" select md5((g / 3)::text)::uuid, 'it''s ' || g, 1 from generate_series(1, 5000) g;
         create view t as select n from \"T by x\"",
    );
    let fill = (
        "0002_fill.sql",
        "-- backfill: \"T by x\" by \"A, \"\"B\"\"\", B\nupdate \"T by x\" set n = n * 3 + 1 where true /* batch */;",
    );
    apply(&[rows, fill], &database).await.expect("applied");
    assert_eq!(values(&database).await, [(4, 5000)]);
}

#[tokio::test]
async fn a_table_without_a_key_goes_by_the_place_of_its_rows() {
    let database = TestDatabase::create(&Schema::empty()).await;
    let rows = (
        "0001_rows.sql",
        "create table t (n int, part int not null) partition by list (part);
         create table one partition of t for values in (1); create table \"Two\" partition of t for values in (2);
         insert into t select nullif(g % 10, 0), 1 + (g % 3) / 2 from generate_series(1, 60000) g;",
    );
    let fill = (
        "0002_fill.sql",
        "-- backfill: t by ctid\nupdate t set n = 4 where n is null /* batch */;",
    );
    apply(&[rows], &database).await.expect("applied");
    let mut batches = 0;
    let report = |event: Event<'_>| batches += i32::from(matches!(event, Event::Filled(..)));
    read(&[rows, fill])
        .apply(database.pool(), report)
        .await
        .expect("applied");
    assert!(batches > 1, "{batches}");
    let values = values(&database).await;
    assert_eq!(values.len(), 9);
    assert_eq!(values[3], (4, 12_000));
    let none = (
        "0003_none.sql",
        "-- backfill: u by ctid\nupdate t set n = 4 where n is null /* batch */;",
    );
    let error = apply(&[rows, fill, none], &database).await;
    let error = error.expect_err("refused").to_string();
    assert!(error.contains("there is no table `u`"), "{error}");
}

#[tokio::test]
async fn what_is_no_key_is_refused_before_anything_is_done() {
    let database = with_rows().await;
    let fill = |first: &'static str| (("0002_fill.sql"), first);
    for (file, reason) in [
        (
            "-- backfill: t by n\nupdate t set n = 1 where true /* batch */",
            "`n` is no key of `t`",
        ),
        (
            "-- backfill: u by id\nupdate t set n = 1 where true /* batch */",
            "there is no table `u`",
        ),
    ] {
        let error = apply(&[ROWS, fill(file)], &database)
            .await
            .expect_err("refused")
            .to_string();
        assert!(error.contains(reason), "{error}");
    }
    assert!(!has_progress(&database).await);
}
