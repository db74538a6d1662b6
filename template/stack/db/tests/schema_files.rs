//! The schema folder: read, compared, run, and its mistakes named by file and line.

mod folder;

use std::path::Path;

use stack_db::schema::Error;
use stack_db::testing::TestDatabase;
use stack_db::{Refused, Schema};

use folder::Folder;

fn read(files: &[(&str, &str)]) -> Schema {
    Schema::read(&Folder::with(files).0).expect("readable")
}

/// A database without any table.
async fn empty_database() -> TestDatabase {
    TestDatabase::create(&read(&[])).await
}

#[tokio::test]
async fn files_run_in_the_order_of_their_names_and_only_once() {
    let schema = read(&[
        (
            "020_notes.sql",
            "create table notes (owner int references users);",
        ),
        ("010_users.sql", "create table users (id int primary key);"),
        ("readme.md", "no sql"),
    ]);
    let database = empty_database().await;
    assert!(schema.fill_if_empty(database.pool()).await.expect("filled"));
    assert!(
        !schema
            .fill_if_empty(database.pool())
            .await
            .expect("left alone")
    );
}

#[tokio::test]
async fn a_file_by_pg_dump_is_a_schema_and_leaves_nothing_set() {
    let dump = "\\restrict aB3
        SET row_security = off;
        SELECT pg_catalog.set_config('search_path', '', false);
        CREATE TABLE public.users (id integer);
        \n\\unrestrict aB3\n";
    let schema = read(&[
        ("1.sql", dump),
        ("2.sql", "create table notes (id integer);"),
    ]);
    let database = empty_database().await;
    assert!(schema.fill_if_empty(database.pool()).await.expect("filled"));
    let mut connections = Vec::new();
    for _ in 0..database.pool().size().max(1) {
        connections.push(database.pool().acquire().await.expect("a connection"));
    }
    for connection in &mut connections {
        let seen: (bool, bool) = sqlx::query_as(
            "select current_setting('row_security') = 'on', 'notes'::regclass::text = 'notes'",
        )
        .fetch_one(&mut **connection)
        .await
        .expect("an answer");
        assert_eq!(seen, (true, true));
    }
}

#[tokio::test]
async fn several_at_once_fill_one_database_once() {
    let schema = read(&[(
        "a.sql",
        "create table t (id int); insert into t values (1);",
    )]);
    let database = empty_database().await;
    let fill = || schema.fill_if_empty(database.pool());
    let filled = tokio::join!(fill(), fill(), fill());
    let filled = [filled.0, filled.1, filled.2].map(|one| one.expect("filled"));
    assert_eq!(filled.iter().filter(|filled| **filled).count(), 1);
    let rows: i64 = sqlx::query_scalar("select count(*) from t")
        .fetch_one(database.pool())
        .await
        .expect("rows");
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn a_mistake_is_named_by_file_and_line_and_nothing_is_kept() {
    let schema = read(&[
        ("1.sql", "create table kept (id int);"),
        (
            "2.sql",
            "-- ünïcode\ncreate table t (\n  id int,\n  name txet\n);\n",
        ),
    ]);
    let database = empty_database().await;
    let error = schema
        .fill_if_empty(database.pool())
        .await
        .expect_err("there is no type txet");
    let text = error.to_string();
    assert!(
        text.contains("2.sql`, line 4: type \"txet\" does not exist"),
        "{text}"
    );
    let kept: bool = sqlx::query_scalar("select to_regclass('kept') is not null")
        .fetch_one(database.pool())
        .await
        .expect("answered");
    assert!(!kept);
}

#[tokio::test]
async fn an_error_without_a_position_is_at_the_line_of_its_statement() {
    let schema = read(&[(
        "1.sql",
        "create table t (id int primary key);\n\n\
         -- the same again; not a statement\ninsert into t values (1);\n\
         do $$ begin\n null; end $$;\ninsert into t values (1);\n",
    )]);
    let database = empty_database().await;
    let error = schema
        .fill_if_empty(database.pool())
        .await
        .expect_err("1 is taken");
    assert!(
        matches!(error, Error::Refused(Refused { line: 7, .. })),
        "{error}"
    );
}

#[test]
fn the_checksum_changes_with_a_name_or_a_text_and_with_nothing_else() {
    let of = |files: &[(&str, &str)]| read(files).checksum().to_owned();
    let one = of(&[("a.sql", "select 1;"), ("b.sql", "")]);
    assert_eq!(
        one,
        of(&[("a.sql", "select 1;"), ("b.sql", ""), ("c.txt", "x")])
    );
    assert_ne!(one, of(&[("a.sql", "select 2;"), ("b.sql", "")]));
    assert_ne!(one, of(&[("a.sql", "select 1;"), ("c.sql", "")]));
    assert_ne!(one, of(&[("a.sql", ""), ("b.sql", "select 1;")]));
}

#[test]
fn what_cannot_be_read_is_named() {
    let missing = Schema::read(Path::new("no/such/folder"))
        .expect_err("missing")
        .to_string();
    assert!(missing.contains("`no/such/folder`"), "{missing}");
    let folder = Folder::with(&[]);
    std::fs::write(folder.0.join("bad.sql"), [0xff, 0xfe]).expect("written");
    let unreadable = Schema::read(&folder.0).expect_err("no UTF-8").to_string();
    assert!(unreadable.contains("bad.sql`"), "{unreadable}");
}

#[tokio::test]
async fn a_database_remembers_which_schema_it_was_filled_from() {
    let before = read(&[("a.sql", "create table t (id int);")]);
    let after = read(&[("a.sql", "create table t (id bigint);")]);
    let database = empty_database().await;
    let changed = async |schema: &Schema| {
        let changed = schema.changed_since_fill(database.pool()).await;
        changed.expect("answered")
    };
    // Nobody knows yet.
    assert!(!changed(&before).await);
    before.fill_if_empty(database.pool()).await.expect("filled");
    assert!(!changed(&before).await);
    assert!(changed(&after).await);
    after.record(database.pool()).await.expect("recorded");
    assert!(!changed(&after).await);
}

#[tokio::test]
async fn a_comment_that_somebody_has_written_stays() {
    let schema = read(&[("a.sql", "create table t (id int);")]);
    let database = empty_database().await;
    let comment = "do $$ begin
        execute format('comment on database %I is ''mine''', current_database());
    end $$";
    sqlx::raw_sql(comment)
        .execute(database.pool())
        .await
        .expect("written");
    schema.fill_if_empty(database.pool()).await.expect("filled");
    let kept: String = sqlx::query_scalar(
        "select shobj_description(oid, 'pg_database') from pg_database
         where datname = current_database()",
    )
    .fetch_one(database.pool())
    .await
    .expect("read");
    assert_eq!(kept, "mine");
    let changed = schema.changed_since_fill(database.pool()).await;
    assert!(!changed.expect("answered"));
}
