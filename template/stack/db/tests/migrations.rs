//! Migrations on real databases: applied once, in order, whole or not at all, and every mistake
//! named.

mod folder;

use std::process::{Command, Stdio};

use sqlx::postgres::PgPool;
use stack_db::migrations::{Error, Event, Outcome, Status, baseline_header};
use stack_db::testing::TestDatabase;
use stack_db::{Migrations, Schema};

use folder::Folder;

const USERS: (&str, &str) = ("0001_users.sql", "create table users (id int primary key);");
const NOTES: (&str, &str) = (
    "0002_notes.sql",
    "create table notes (id int primary key);\ninsert into notes values (1);",
);
const INDEX: (&str, &str) = (
    "0003_index.sql",
    "-- no-transaction\ncreate index concurrently notes_id on notes (id);",
);

/// A database without any table.
async fn empty() -> TestDatabase {
    TestDatabase::create(&Schema::read(&Folder::with(&[]).0).expect("readable")).await
}

fn read(files: &[(&str, &str)]) -> Migrations {
    Migrations::read(&Folder::with(files).0).expect("readable")
}

fn mistake(files: &[(&str, &str)]) -> String {
    Migrations::read(&Folder::with(files).0)
        .expect_err("a mistake")
        .to_string()
}

async fn apply(files: &[(&str, &str)], database: &TestDatabase) -> Result<Outcome, Error> {
    read(files).apply(database.pool(), |_| {}).await
}

async fn applied(files: &[(&str, &str)], database: &TestDatabase) -> Vec<String> {
    apply(files, database).await.expect("applied").applied
}

async fn refused(files: &[(&str, &str)], database: &TestDatabase) -> Error {
    apply(files, database).await.expect_err("refused")
}

async fn has_table(database: &TestDatabase, name: &str) -> bool {
    sqlx::query_scalar("select to_regclass($1) is not null")
        .bind(name)
        .fetch_one(database.pool())
        .await
        .expect("answered")
}

async fn recorded(pool: &PgPool) -> Vec<i64> {
    sqlx::query_scalar("select version from _sqlx_migrations where success order by version")
        .fetch_all(pool)
        .await
        .expect("read")
}

/// A baseline of the first of these files, with this text.
fn baseline(replaced: &[(&str, &str)], sql: &str) -> String {
    let replaced: Vec<_> = read(replaced)
        .all()
        .iter()
        .map(|migration| (migration.version, migration.checksum.clone()))
        .collect();
    baseline_header(&replaced) + sql
}

#[tokio::test]
async fn each_file_is_applied_once_and_in_order() {
    let database = empty().await;
    assert_eq!(applied(&[USERS], &database).await, ["0001_users.sql"]);
    let mut seen = Vec::new();
    let outcome = read(&[INDEX, NOTES, USERS])
        .apply(database.pool(), |event| {
            if let Event::Applied(migration) = event {
                seen.push(migration.version);
            }
        })
        .await
        .expect("applied");
    assert_eq!(outcome.applied, ["0002_notes.sql", "0003_index.sql"]);
    assert_eq!(seen, [2, 3]);
    assert_eq!(recorded(database.pool()).await, [1, 2, 3]);
    assert!(applied(&[USERS, NOTES, INDEX], &database).await.is_empty());
}

#[tokio::test]
async fn sqlx_itself_finds_the_record_in_order() {
    let folder = Folder::with(&[USERS, NOTES, INDEX]);
    let database = empty().await;
    let ours = Migrations::read(&folder.0).expect("readable");
    ours.apply(database.pool(), |_| {}).await.expect("applied");
    let sqlx = sqlx::migrate::Migrator::new(folder.0.as_path())
        .await
        .expect("readable");
    sqlx.run(database.pool())
        .await
        .expect("nothing to do, and nothing to complain of");
    let embedded = Migrations::embedded(&sqlx, "migrations").expect("readable");
    for (one, other) in embedded.all().iter().zip(ours.all()) {
        assert_eq!((&one.name, &one.checksum), (&other.name, &other.checksum));
        assert_eq!(one.path, std::path::Path::new("migrations").join(&one.name));
    }
}

#[tokio::test]
async fn several_at_once_apply_once() {
    let database = empty().await;
    let files = read(&[USERS, NOTES, INDEX]);
    let one = || files.apply(database.pool(), |_| {});
    let (a, b, c) = tokio::join!(one(), one(), one());
    let counts = [a, b, c].map(|one| one.expect("applied").applied.len());
    assert_eq!(counts.iter().sum::<usize>(), 3, "{counts:?}");
    let rows: i64 = sqlx::query_scalar("select count(*) from notes")
        .fetch_one(database.pool())
        .await
        .expect("rows");
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn a_mistake_is_named_by_file_and_line_and_the_files_before_it_stay() {
    let database = empty().await;
    let bad = (
        "0002_bad.sql",
        "create table half (id int);\ninsert into half values (1);\ncreate table x (a txet);",
    );
    let error = refused(&[USERS, bad], &database).await.to_string();
    assert!(
        error.contains("0002_bad.sql`, line 3: type \"txet\" does not exist"),
        "{error}"
    );
    assert!(has_table(&database, "users").await && !has_table(&database, "half").await);
    assert_eq!(recorded(database.pool()).await, [1]);
    // Mended, it runs: it was never applied.
    assert_eq!(
        applied(&[USERS, NOTES], &database).await,
        ["0002_notes.sql"]
    );
}

#[tokio::test]
async fn an_edited_file_is_named_with_the_way_back() {
    let database = empty().await;
    applied(&[USERS, NOTES], &database).await;
    let edited = ("0001_users.sql", "create table users (id bigint);");
    let error = refused(&[edited, NOTES], &database).await;
    assert!(matches!(error, Error::Edited { .. }), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("0001_users.sql` was edited after it was applied")
            && text.contains("hint: `git log --oneline -- '/")
            && text.contains("0001_users.sql'` lists its versions"),
        "{text}"
    );
}

#[tokio::test]
async fn a_file_that_was_renumbered_is_not_edited_for_whoever_has_applied_it() {
    let database = empty().await;
    let (mine, theirs) = (
        "create table mine (id int);",
        "create table theirs (id int);",
    );
    let more = "create table more (mine int);";
    applied(
        &[USERS, ("0002_mine.sql", mine), ("0003_more.sql", more)],
        &database,
    )
    .await;
    let merged = [
        USERS,
        ("0002_theirs.sql", theirs),
        ("0003_mine.sql", mine),
        ("0004_more.sql", more),
    ];
    let status = read(&merged).status(database.pool()).await.expect("read");
    assert_eq!(status.pending, ["0002_theirs.sql"]);
    assert_eq!(applied(&merged, &database).await, ["0002_theirs.sql"]);
    assert_eq!(recorded(database.pool()).await, [1, 2, 3, 4]);
    assert!(applied(&merged, &database).await.is_empty());
    // Whoever has applied neither runs all of them in their order.
    assert_eq!(applied(&merged, &empty().await).await.len(), 4);
}

#[tokio::test]
async fn an_older_release_leaves_a_newer_database_alone_and_may_serve() {
    let database = empty().await;
    applied(&[USERS, NOTES], &database).await;
    let older = read(&[USERS]);
    let status = older.require(database.pool()).await.expect("may serve");
    assert_eq!(
        status,
        Status {
            pending: Vec::new(),
            newer: Some(2)
        }
    );
    let error = refused(&[USERS], &database).await;
    assert!(
        matches!(
            error,
            Error::Newer {
                version: 2,
                last: 1
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_deleted_file_is_no_newer_release() {
    let database = empty().await;
    applied(&[USERS, NOTES], &database).await;
    let error = refused(&[NOTES], &database).await;
    assert!(matches!(error, Error::Unknown { version: 1 }), "{error}");
}

#[tokio::test]
async fn what_is_pending_is_named_with_the_command_that_applies_it() {
    let database = empty().await;
    applied(&[USERS], &database).await;
    let error = read(&[USERS, NOTES])
        .applied_by("shop migrate")
        .require(database.pool())
        .await
        .expect_err("pending");
    assert_eq!(
        error.to_string(),
        "the database lacks the migration `0002_notes.sql`\nhint: shop migrate"
    );
    assert!(!has_table(&database, "notes").await);
}

#[tokio::test]
async fn a_database_that_was_made_in_another_way_is_taken_on_by_assuming() {
    let database = empty().await;
    sqlx::raw_sql(USERS.1)
        .execute(database.pool())
        .await
        .expect("made");
    let error = refused(&[USERS, NOTES], &database).await.to_string();
    assert!(
        error.contains("hint: ") && error.contains("--assume-through 2`"),
        "{error}"
    );
    let files = read(&[USERS, NOTES]);
    let outcome = files
        .assume(database.pool(), 1, false)
        .await
        .expect("assumed");
    assert_eq!(outcome.applied, ["0001_users.sql"]);
    assert_eq!(
        applied(&[USERS, NOTES], &database).await,
        ["0002_notes.sql"]
    );
    let unknown = files.assume(database.pool(), 7, false).await;
    assert!(matches!(unknown, Err(Error::NoSuch { version: 7, .. })));
}

#[tokio::test]
async fn a_database_that_is_not_as_assumed_is_refused_with_the_difference() {
    let database = empty().await;
    sqlx::raw_sql("create table users (id bigint primary key, extra text)")
        .execute(database.pool())
        .await
        .expect("made");
    let files = read(&[USERS]);
    let error = files.assume(database.pool(), 1, false).await;
    let Err(Error::Different { lacks, has, .. }) = error else {
        panic!("{error:?}");
    };
    assert_eq!(lacks, ["column `users.id` integer not null"]);
    assert_eq!(
        has,
        [
            "column `users.extra` text",
            "column `users.id` bigint not null"
        ]
    );
    assert!(recorded_if_any(&database).await.is_empty());
    let outcome = files.assume(database.pool(), 1, true).await;
    assert_eq!(outcome.expect("assumed").applied, ["0001_users.sql"]);
}

async fn recorded_if_any(database: &TestDatabase) -> Vec<i64> {
    match has_table(database, "_sqlx_migrations").await {
        true => recorded(database.pool()).await,
        false => Vec::new(),
    }
}

#[tokio::test]
async fn a_role_that_may_make_no_database_is_told_the_other_way() {
    let database = empty().await;
    let url = database.url();
    let name: String = sqlx::query_scalar("select 'plain_of_' || current_database()")
        .fetch_one(database.pool())
        .await
        .expect("answered");
    let sql = format!(
        "create role {name} login password 'p'; create table users (id int primary key); grant create on schema public to {name}; grant select on users to {name}"
    );
    let run = |sql: String| sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(database.pool());
    run(sql).await.expect("made");
    let (_, rest) = url.split_once('@').expect("a URL with a role");
    let pool = PgPool::connect(&format!("postgres://{name}:p@{rest}"))
        .await
        .expect("connected");
    let error = read(&[USERS])
        .assume(&pool, 1, false)
        .await
        .expect_err("refused")
        .to_string();
    assert!(
        error.contains("CREATEDB")
            && error.contains("cargo dev migrate --against URL --through 1`"),
        "{error}"
    );
    pool.close().await;
    run(format!("drop owned by {name}; drop role {name}"))
        .await
        .expect("dropped");
}

#[tokio::test]
async fn an_empty_database_is_migrated_and_not_assumed() {
    let database = empty().await;
    let outcome = read(&[USERS]).assume(database.pool(), 1, false).await;
    assert!(matches!(outcome, Err(Error::NothingToAssume { .. })));
    assert_eq!(applied(&[USERS], &database).await, ["0001_users.sql"]);
}

#[test]
fn a_name_that_is_none_is_refused() {
    for name in [
        "users.sql",
        "x1_users.sql",
        "0000_a.sql",
        "0001_.sql",
        "0001_a.down.sql",
    ] {
        let text = mistake(&[(name, "")]);
        assert!(
            text.contains(name) && text.contains("hint: `0001_"),
            "{text}"
        );
    }
    assert_eq!(read(&[("readme.md", "")]).last(), 0);
    let missing = Migrations::read("no/such/folder").expect("empty");
    assert!(missing.all().is_empty());
}

#[test]
fn two_files_with_one_number_are_both_named_with_the_command_that_settles_it() {
    let text = mistake(&[USERS, ("0001_other.sql", ""), ("0007_last.sql", "")]);
    assert!(
        text.contains("0001_other.sql` and `") && text.contains("0001_users.sql`"),
        "{text}"
    );
    assert!(text.ends_with("hint: cargo dev migrate renumber"), "{text}");
}

#[test]
fn a_file_that_would_end_its_transaction_is_refused() {
    let text = mistake(&[("0001_a.sql", "create table t ();\n\ncommit;")]);
    assert!(text.contains("0001_a.sql`, line 3: `COMMIT`"), "{text}");
    read(&[
        ("0001_a.sql", "-- no-transaction\nbegin; commit;"),
        ("0002_b.sql", "savepoint a; rollback to a;"),
        (
            "0003_c.sql",
            "create function f() returns int begin atomic select 1; end;",
        ),
    ]);
}

#[tokio::test]
async fn a_baseline_makes_an_empty_database_and_carries_on_one_that_has_all_it_replaces() {
    let text = baseline(
        &[USERS, NOTES],
        "create table users (); create table notes ();",
    );
    let files = [("0002_baseline.sql", text.as_str()), INDEX_AFTER];
    let fresh = empty().await;
    assert_eq!(
        applied(&files, &fresh).await,
        ["0002_baseline.sql", "0003_after.sql"]
    );

    let old = empty().await;
    applied(&[USERS, NOTES], &old).await;
    // Serving needs no more than that.
    assert_eq!(
        read(&files[..1]).require(old.pool()).await.expect("serves"),
        Status::default()
    );
    let outcome = apply(&files, &old).await.expect("carried on");
    assert_eq!(outcome.carried.as_deref(), Some("0002_baseline.sql"));
    assert_eq!(outcome.applied, ["0003_after.sql"]);
    assert_eq!(recorded(old.pool()).await, [2, 3]);
    let again = apply(&files, &old).await.expect("nothing to do");
    assert_eq!(again, Outcome::default());
}

const INDEX_AFTER: (&str, &str) = ("0003_after.sql", "create table after ();");

#[tokio::test]
async fn a_database_in_the_middle_of_what_a_baseline_replaces_is_refused() {
    let text = baseline(&[USERS, NOTES], "create table users ();");
    let files = [("0002_baseline.sql", text.as_str())];
    let middle = empty().await;
    applied(&[USERS], &middle).await;
    let error = refused(&files, &middle).await;
    assert!(matches!(error, Error::Between { .. }), "{error}");
    assert_eq!(recorded(middle.pool()).await, [1]);
    // The hint: the release before the baseline first.
    applied(&[USERS, NOTES], &middle).await;
    assert!(
        apply(&files, &middle)
            .await
            .expect("carried")
            .carried
            .is_some()
    );
}

#[tokio::test]
async fn a_baseline_does_not_take_a_migration_that_was_another_one() {
    let text = baseline(&[USERS, NOTES], "create table users ();");
    let database = empty().await;
    applied(
        &[("0001_users.sql", "create table users ();"), NOTES],
        &database,
    )
    .await;
    let error = refused(&[("0002_baseline.sql", &text)], &database).await;
    assert!(
        matches!(error, Error::ReplacedEdited { version: 1, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_baseline_of_a_baseline_carries_on_too() {
    let first = baseline(&[USERS, NOTES], "create table users ();");
    let first = [("0002_baseline.sql", first.as_str()), INDEX_AFTER];
    let second = baseline(&first, "create table users ();");
    let second = [("0003_baseline.sql", second.as_str())];
    let database = empty().await;
    applied(&[USERS, NOTES], &database).await;
    // It has skipped a release.
    let error = refused(&second, &database).await;
    assert!(matches!(error, Error::Between { .. }), "{error}");
    applied(&first, &database).await;
    let outcome = apply(&second, &database).await.expect("carried on");
    assert_eq!(outcome.carried.as_deref(), Some("0003_baseline.sql"));
    assert_eq!(recorded(database.pool()).await, [3]);
    assert_eq!(
        applied(&second, &empty().await).await,
        ["0003_baseline.sql"]
    );
}

#[tokio::test]
async fn an_older_release_sees_a_baseline_as_newer_and_may_serve() {
    let database = empty().await;
    applied(&[USERS, NOTES], &database).await;
    let text = baseline(&[USERS, NOTES], "create table users ();");
    apply(&[("0002_baseline.sql", &text)], &database)
        .await
        .expect("carried");
    let older = read(&[USERS, NOTES]);
    let status = older.require(database.pool()).await.expect("may serve");
    assert_eq!(status.newer, Some(2));
    let error = refused(&[USERS, NOTES], &database).await;
    assert!(matches!(error, Error::Newer { version: 2, .. }), "{error}");
}

#[tokio::test]
async fn an_older_release_with_a_baseline_of_its_own_sees_a_second_one_as_newer_too() {
    let database = empty().await;
    let tags = ("0003_tags.sql", "create table tags (id int);");
    applied(&[USERS, NOTES, tags], &database).await;
    let first = baseline(&[USERS, NOTES], "create table users ();");
    let first = ("0002_baseline.sql", first.as_str());
    apply(&[first, tags], &database).await.expect("carried");
    let second = baseline(&[first, tags], "create table users ();");
    apply(&[("0003_baseline.sql", &second)], &database)
        .await
        .expect("carried again");
    let older = read(&[first, tags]);
    let status = older.require(database.pool()).await.expect("may serve");
    assert_eq!(status.newer, Some(3));
}

#[test]
fn files_that_a_baseline_has_replaced_must_not_stand_beside_it() {
    let text = baseline(&[USERS, NOTES], "");
    let text = mistake(&[USERS, ("0002_baseline.sql", &text)]);
    assert!(
        text.contains("0001_users.sql` stands beside the baseline `0002_baseline.sql`"),
        "{text}"
    );
}

/// A process that migrates is killed in the middle of a file: the test starts itself again, as the
/// process to be killed, which the variable tells it.
#[tokio::test]
async fn a_process_that_is_killed_in_the_middle_leaves_nothing_half_done() {
    const VARIABLE: &str = "STACK_DB_TEST_MIGRATE";
    // Waits between two statements until the test lets go of the lock.
    let slow = (
        "0001_slow.sql",
        "create table half (id int);\nselect pg_advisory_xact_lock(42);\ninsert into half values (1);",
    );
    if let Ok(url) = std::env::var(VARIABLE) {
        let pool = PgPool::connect(&url).await.expect("connected");
        read(&[slow]).apply(&pool, |_| {}).await.expect("applied");
        return;
    }
    let database = empty().await;
    let mut barrier = database.pool().acquire().await.expect("connected");
    sqlx::raw_sql("select pg_advisory_lock(42)")
        .execute(&mut *barrier)
        .await
        .expect("locked");
    let mut child = Command::new(std::env::current_exe().expect("known"))
        .args([
            "--exact",
            "a_process_that_is_killed_in_the_middle_leaves_nothing_half_done",
        ])
        .env(VARIABLE, database.url())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    let waiting = "select exists (select 1 from pg_locks l join pg_database d on d.oid = l.database
                   where d.datname = current_database() and l.locktype = 'advisory' and not l.granted)";
    loop {
        let waits: bool = sqlx::query_scalar(waiting)
            .fetch_one(database.pool())
            .await
            .expect("answered");
        if waits {
            break;
        }
        assert!(
            child.try_wait().expect("known").is_none(),
            "it has not begun"
        );
        tokio::task::yield_now().await;
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    drop(barrier.close().await);

    // Waits for the lock, which the server gives back when it notices.
    assert_eq!(applied(&[slow], &database).await, ["0001_slow.sql"]);
    let rows: i64 = sqlx::query_scalar("select count(*) from half")
        .fetch_one(database.pool())
        .await
        .expect("rows");
    assert_eq!(rows, 1);
}
