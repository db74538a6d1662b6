//! The embedded migrations, and the command `migrate`.

use std::{path::Path, process::Output};

use app::database::migrations;
use sqlx::PgPool;
use stack_db::{Migrations, testing::TestDatabase};

use crate::{
    common::{config, database, empty_database, migrated_database},
    process::{self, Run, in_production, program, serving},
};

/// Columns, constraints and indexes, in the canonical text of the server.
async fn catalog(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
             || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
             || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
         FROM pg_attribute a
         JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'v', 'm')
         LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
         WHERE c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
             AND c.relname <> '_sqlx_migrations'
         UNION ALL
         SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
         FROM pg_constraint
         WHERE connamespace = current_schema()::regnamespace AND conrelid <> 0
             AND conrelid::regclass::text <> '_sqlx_migrations'
         UNION ALL
         SELECT indexdef FROM pg_indexes
         WHERE schemaname = current_schema() AND tablename <> '_sqlx_migrations'
         UNION ALL
         SELECT 'extension ' || extname FROM pg_extension
         ORDER BY 1",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

/// Asserts that both have the same entries, and reports the differences.
fn assert_same(migrated: &[String], schema: &[String]) {
    let without = |all: &[String], other: &[String]| -> Vec<String> {
        let missing = all.iter().filter(|entry| !other.contains(entry));
        missing.cloned().collect()
    };
    let (extra, missing) = (without(migrated, schema), without(schema, migrated));
    assert!(
        extra.is_empty() && missing.is_empty(),
        "migrations and schema differ\nonly in `migrations/`: {extra:#?}\nonly in `schema/`: {missing:#?}\n\
         hint: cargo dev migrate"
    );
}

#[tokio::test]
async fn migrations_create_the_same_database_as_the_schema() {
    let (migrated, filled) = (migrated_database().await, database().await);
    let schema = catalog(filled.pool()).await;
    assert!(
        schema
            .iter()
            .any(|entry| entry.contains("users.email text"))
    );
    assert_same(&catalog(migrated.pool()).await, &schema);
}

#[tokio::test]
async fn the_embedded_migrations_are_those_of_the_folder() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let settings = config("postgres://localhost", &[]);
    let same = |embedded: &Migrations, folder: &str| {
        let read = Migrations::read(root.join(folder)).unwrap();
        let pairs = |migrations: &Migrations| -> Vec<_> {
            let all = migrations.all().iter();
            all.map(|one| (one.name.clone(), one.checksum.clone(), one.no_tx))
                .collect()
        };
        assert_eq!(pairs(embedded), pairs(&read));
    };
    same(&migrations::main(&settings).unwrap(), "migrations");
}

/// Runs the program in production to its end.
fn run(database: &TestDatabase, arguments: &[&str]) -> Run {
    let mut program = in_production(database.url());
    process::run(program.env("LOG_FORMAT", "pretty").args(arguments))
}

#[tokio::test]
async fn the_command_prints_what_it_applies_and_then_has_nothing_to_do() {
    let database = empty_database().await;
    let first = run(&database, &["migrate"]);
    assert_eq!(first.code, Some(0), "{}", first.error);
    assert!(first.output.contains("applied 0001_users.sql\n"));
    let second = run(&database, &["migrate"]);
    assert_eq!(second.code, Some(0), "{}", second.error);
    assert!(second.output.contains("nothing to do\n"));
}

#[tokio::test]
async fn concurrent_programs_migrate_once() {
    let database = empty_database().await;
    let children: Vec<_> = (0..3)
        .map(|_| {
            let mut program = in_production(database.url());
            program.arg("migrate").spawn().unwrap()
        })
        .collect();
    let outputs: Vec<_> = children
        .into_iter()
        .map(|child| child.wait_with_output().unwrap())
        .collect();
    assert!(outputs.iter().all(|output| output.status.success()));
    let applied = |output: &Output| {
        let printed = String::from_utf8_lossy(&output.stdout);
        printed.contains("applied 0001_users.sql")
    };
    assert_eq!(outputs.iter().filter(|output| applied(output)).count(), 1);
}

#[tokio::test]
async fn a_database_that_was_created_from_the_schema_can_be_adopted_as_the_hint_says() {
    let database = database().await;
    let refused = run(&database, &["migrate"]);
    assert_eq!(refused.code, Some(1));
    let error = refused.error;
    let last = migrations::main(&config(database.url(), &[]))
        .unwrap()
        .last();
    let command = format!("{} migrate --assume-through {last}", env!("APP_NAME"));
    assert!(error.contains(&command), "{error}");

    let number = last.to_string();
    let assumed = run(&database, &["migrate", "--assume-through", &number]);
    assert_eq!(assumed.code, Some(0), "{}", assumed.error);
    let recorded = "recorded 0001_users.sql as applied\n";
    assert!(assumed.output.contains(recorded), "{}", assumed.output);
    let again = run(&database, &["migrate"]);
    assert!(again.output.contains("nothing to do"), "{}", again.error);
    let status = run(&database, &["migrate", "--status"]);
    assert!(
        status.output.contains("0001_users.sql: applied\n"),
        "{}",
        status.error
    );
    assert_eq!(status.code, Some(0));
}

#[tokio::test]
async fn a_migration_that_was_begun_and_has_not_ended_is_resolved_as_the_hint_says() {
    let database = migrated_database().await;
    sqlx::raw_sql("UPDATE _sqlx_migrations SET success = false WHERE version = 1")
        .execute(database.pool())
        .await
        .unwrap();
    let refused = run(&database, &["migrate"]);
    assert_eq!(refused.code, Some(1));
    let command = concat!(env!("APP_NAME"), " migrate --resolve 1 applied`");
    let status = run(&database, &["migrate", "--status"]);
    assert!(
        status.output.contains("0001_users.sql: begun"),
        "{}",
        status.error
    );
    assert_eq!(status.code, Some(1));
    assert!(refused.error.contains(command), "{}", refused.error);
    let resolved = run(&database, &["migrate", "--resolve", "1", "applied"]);
    assert_eq!(resolved.code, Some(0), "{}", resolved.error);
    let recorded = "migration 1 recorded as applied\n";
    assert!(resolved.output.contains(recorded), "{}", resolved.output);
    let again = run(&database, &["migrate"]);
    assert!(again.output.contains("nothing to do"), "{}", again.error);
}

#[tokio::test]
async fn production_does_not_start_while_a_migration_is_pending() {
    let database = migrated_database().await;
    sqlx::raw_sql(
        "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)",
    )
    .execute(database.pool())
    .await
    .unwrap();
    let Run { code, error, .. } = run(&database, &[]);
    assert_eq!(code, Some(1));
    let hint = concat!("hint: ", env!("APP_NAME"), " migrate\n");
    assert!(
        error.starts_with("error: the database lacks the migration `") && error.ends_with(hint),
        "{error}"
    );
}

#[tokio::test]
async fn an_older_release_serves_a_newer_database_and_does_not_migrate_it() {
    let database = migrated_database().await;
    sqlx::raw_sql(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', true, '', 0)",
    )
    .execute(database.pool())
    .await
    .unwrap();
    app::database::open(&config(database.url(), &[("APP_ENV", "production")]))
        .await
        .unwrap();
    let Run { code, error, .. } = run(&database, &["migrate"]);
    assert_eq!(code, Some(1));
    let says_why = error.starts_with("error: the database is newer than this release");
    assert!(says_why, "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn serving_can_migrate_first() {
    let database = empty_database().await;
    let (mut child, _log, _) = serving(program().args(["serve", "--migrate"]), database.url());
    child.kill().unwrap();
    child.wait().unwrap();
    let users: i64 = sqlx::query_scalar("SELECT count(*) FROM users")
        .fetch_one(database.pool())
        .await
        .unwrap();
    assert_eq!(users, 0);
}
