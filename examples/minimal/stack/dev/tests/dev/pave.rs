use sqlx::{Connection as _, PgConnection};
use stack_db::Schema;
use stack_db::testing::TestDatabase;

use crate::workbench::{Project, kill_while_it_runs};

/// A database with a table that no schema knows, and a row in it.
async fn old_database(project: &Project) -> TestDatabase {
    std::fs::create_dir_all(project.root.join("empty")).unwrap();
    let database = TestDatabase::create(&Schema::read(project.root.join("empty")).unwrap()).await;
    let mut connection = connect(&database).await;
    sqlx::raw_sql("create table old (id int); insert into old values (1)")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    database
}

/// Behind the last slash of the URL.
fn name_of(database: &TestDatabase) -> String {
    let url = database.url().split('?').next().unwrap();
    url.rsplit('/').next().unwrap().to_owned()
}

async fn connect(database: &TestDatabase) -> PgConnection {
    PgConnection::connect(database.url()).await.unwrap()
}

async fn tables(database: &TestDatabase) -> Vec<String> {
    let mut connection = connect(database).await;
    let query = "select table_name::text from information_schema.tables where table_schema = 'public' order by 1";
    sqlx::query_scalar(query)
        .fetch_all(&mut connection)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_database_is_made_anew_from_the_schema_while_somebody_is_connected() {
    let project = Project::new();
    let database = old_database(&project).await;
    let _connected = connect(&database).await;
    let url = [("DATABASE_URL", database.url())];
    for _ in 0..2 {
        project
            .dev_with(
                &url,
                &["pave", "--no-seed", "--confirm", &name_of(&database)],
            )
            .says(0, "paved");
        assert_eq!(tables(&database).await, ["notes"]);
    }
}

#[tokio::test]
async fn a_database_that_was_not_made_here_is_dropped_only_by_its_name() {
    let project = Project::new();
    let database = old_database(&project).await;
    let url = [("DATABASE_URL", database.url())];
    let done = project.dev_with(&url, &["pave", "--no-seed"]);
    done.says(1, "holds 1 tables and was not made from `schema/`");
    done.says(
        1,
        "hint: if it may go: `cargo dev pave --confirm stack_test_",
    );
    assert_eq!(tables(&database).await, ["old"]);

    // From then on it is ours.
    project
        .dev_with(
            &url,
            &["pave", "--no-seed", "--confirm", &name_of(&database)],
        )
        .with(0);
    project.dev_with(&url, &["pave", "--no-seed"]).with(0);

    // Until it is migrated, as a database of production is.
    let mut connection = connect(&database).await;
    sqlx::raw_sql("create table _sqlx_migrations (version bigint)")
        .execute(&mut connection)
        .await
        .unwrap();
    project
        .dev_with(&url, &["pave", "--no-seed"])
        .says(1, "was migrated");
}

#[tokio::test]
async fn a_mistake_in_the_schema_leaves_the_old_database_as_it_was() {
    let project = Project::new();
    project.write("schema/020_broken.sql", "CREATE TABLE a (id nonsense);");
    let database = old_database(&project).await;
    let done = project.dev_with(
        &[("DATABASE_URL", database.url())],
        &["pave", "--no-seed", "--confirm", &name_of(&database)],
    );
    done.says(
        1,
        "`schema/020_broken.sql`, line 1: type \"nonsense\" does not exist",
    );
    assert_eq!(tables(&database).await, ["old"]);
}

#[tokio::test]
async fn a_run_that_is_killed_leaves_the_old_database_as_it_was_and_the_next_one_paves() {
    let project = Project::new();
    let mark = format!("pave of {}", std::process::id());
    project.write(
        "schema/020_slow.sql",
        &format!("SELECT pg_sleep(600) /* {mark} */;"),
    );
    let database = old_database(&project).await;
    let url = [("DATABASE_URL", database.url())];
    // In another database: who is connected to this one is disconnected.
    let asker = old_database(&project).await;
    let child = project.begin(
        &url,
        &["pave", "--no-seed", "--confirm", &name_of(&database)],
    );
    kill_while_it_runs(&asker, &mark, child).await;
    assert_eq!(tables(&database).await, ["old"]);

    project.write("schema/020_slow.sql", "");
    project
        .dev_with(
            &url,
            &["pave", "--no-seed", "--confirm", &name_of(&database)],
        )
        .with(0);
    assert_eq!(tables(&database).await, ["notes"]);
}

#[tokio::test]
async fn nothing_of_an_older_schema_is_left() {
    let project = Project::new();
    let database = old_database(&project).await;
    let mut connection = connect(&database).await;
    sqlx::raw_sql(
        "create schema shop; create type shop.kind as enum ('a'); create extension citext schema shop;
         create function f() returns event_trigger language plpgsql as 'begin end';
         create event trigger watch on ddl_command_end execute function f();
         create publication news for all tables; create view v as select * from old;",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
    project
        .dev_with(
            &[("DATABASE_URL", database.url())],
            &["pave", "--no-seed", "--confirm", &name_of(&database)],
        )
        .with(0);
    assert_eq!(tables(&database).await, ["notes"]);
    let mut connection = connect(&database).await;
    let left: i64 = sqlx::query_scalar(
        "select (select count(*) from pg_extension where extname <> 'plpgsql')
              + (select count(*) from pg_event_trigger) + (select count(*) from pg_publication)
              + (select count(*) from pg_namespace where nspname = 'shop')",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_database_that_is_not_there_yet_is_made() {
    let project = Project::new();
    let database = old_database(&project).await;
    let mut connection = connect(&database).await;
    let name: String = sqlx::query_scalar("select current_database()")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    // Named after the test's own, so that it is dropped with it if this fails.
    let other = format!("{name}_other");
    let url = database.url().replace(&name, &other);
    project
        .dev_with(&[("DATABASE_URL", &url)], &["pave", "--no-seed"])
        .says(0, "paved");
    let sql = format!("drop database \"{other}\" with (force)");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .unwrap();
}

#[test]
fn a_database_elsewhere_or_of_production_is_never_dropped() {
    let project = Project::new();
    let elsewhere = [("DATABASE_URL", "postgres://app:secret@db.example.com/shop")];
    let done = project.dev_with(&elsewhere, &["pave"]);
    done.says(1, "the database is on `db.example.com`");
    assert!(!done.text.contains("secret"));

    let production = [
        ("DATABASE_URL", "postgres://localhost:1/shop"),
        ("APP_ENV", "production"),
    ];
    project
        .dev_with(&production, &["pave"])
        .says(1, "`APP_ENV` is `production`");
    let staging = [
        ("DATABASE_URL", "postgres://localhost:1/shop"),
        ("APP_ENV", "staging"),
    ];
    project
        .dev_with(&staging, &["pave"])
        .says(1, "`APP_ENV` is `staging`");
    project
        .dev_with(&elsewhere, &["seed"])
        .says(1, "the database is on `db.example.com`");

    let servers = [("DATABASE_URL", "postgres://localhost:1/postgres")];
    project
        .dev_with(&servers, &["pave"])
        .says(1, "the server's own database");
}

#[test]
fn a_server_that_does_not_answer_is_said_with_what_to_do() {
    let project = Project::new();
    let nobody = [("DATABASE_URL", "postgres://localhost:1/shop")];
    let done = project.dev_with(&nobody, &["pave"]);
    done.says(1, "cannot be reached");
    done.says(1, "hint: ");
}
