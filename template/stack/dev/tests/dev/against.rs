//! A real database beside the migrations, as a role sees it that may only read.

use sqlx::AssertSqlSafe;
use stack_db::testing::TestDatabase;
use stack_db::{Migrations, Schema};

use crate::workbench::Project;

async fn run(database: &TestDatabase, sql: &str) {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql));
    sql.execute(database.pool()).await.unwrap();
}

/// A database that has applied the migrations of the project.
async fn migrated(project: &Project) -> TestDatabase {
    project.dev(&["migrate"]).with(0);
    let database = TestDatabase::create(&Schema::empty()).await;
    let migrations = Migrations::read(project.root.join("migrations")).unwrap();
    migrations.apply(database.pool(), |_| {}).await.unwrap();
    database
}

/// The name of a role of this database alone.
async fn role_of(database: &TestDatabase) -> String {
    let name = sqlx::query_scalar("select 'reader_of_' || current_database()");
    name.fetch_one(database.pool()).await.unwrap()
}

fn as_role(database: &TestDatabase, role: &str) -> String {
    let (_, rest) = database.url().split_once('@').unwrap();
    format!("postgres://{role}:p@{rest}")
}

/// Its URL for a role that may read the record and nothing else.
async fn as_reader(database: &TestDatabase) -> String {
    let role = role_of(database).await;
    let sql = format!(
        "create role {role} login password 'p'; grant select on _sqlx_migrations to {role}"
    );
    run(database, &sql).await;
    as_role(database, &role)
}

async fn forget(database: &TestDatabase) {
    run(
        database,
        "do $$ begin
             execute format('drop owned by %I', 'reader_of_' || current_database());
             execute format('drop role %I', 'reader_of_' || current_database());
         end $$",
    )
    .await;
}

#[tokio::test]
async fn what_was_done_by_hand_on_a_real_database_is_shown_as_statements() {
    let project = Project::new();
    let database = migrated(&project).await;
    let reader = as_reader(&database).await;
    let against = ["migrate", "--against", &reader];
    // What the role may do is nothing that a migration knows.
    project.dev(&against).says(0, "1 applied, 0 pending");
    project.dev(&against).says(0, "no drift");

    run(
        &database,
        "create index by_hand on notes (title); alter table notes alter title drop not null;
         create aggregate total (int) (sfunc = int4pl, stype = int)",
    )
    .await;
    let found = project.dev(&against);
    found.says(1, "as if this had been run on it too");
    found.says(1, "  CREATE INDEX by_hand ON notes USING btree (title);");
    found.says(1, "ALTER TABLE notes ALTER COLUMN title DROP NOT NULL");
    found.says(1, "aggregate `total(integer)` differs");
    let rest = [
        &against[..],
        &[
            "--ignore",
            "index by_hand",
            "--ignore",
            "aggregate total(integer)",
        ],
    ]
    .concat();
    let rest = project.dev(&rest);
    rest.says(1, "DROP NOT NULL");
    assert!(
        !rest.text.contains("by_hand ON") && !rest.text.contains("total(integer)"),
        "{}",
        rest.text
    );
    forget(&database).await;
}

#[tokio::test]
async fn how_each_migration_stands_is_told_and_what_is_pending_is_no_drift() {
    let project = Project::new();
    let database = migrated(&project).await;
    project.write("migrations/0002_more.sql", "create table more ();");
    let against = ["migrate", "--against", database.url()];
    project.dev(&against).says(0, "0002_more.sql: pending");
    run(
        &database,
        "insert into _sqlx_migrations values (2, 'more', now(), false, '', -1), (9, 'later', now(), true, '', 0)",
    )
    .await;
    let found = project.dev(&against);
    found.says(1, "0002_more.sql: begun, and has not ended");
    found.says(1, "0009 later: applied, and there is no such file");
    run(&database, "update _sqlx_migrations set success = true").await;
    project
        .dev(&against)
        .says(1, "0002_more.sql: applied, with another text");
}

#[tokio::test]
async fn a_database_without_a_record_is_compared_before_it_is_adopted() {
    let project = Project::new();
    let database = migrated(&project).await;
    run(&database, "drop table _sqlx_migrations").await;
    let against = ["migrate", "--against", database.url()];
    project.dev(&against).says(1, "no record of migrations");
    let through = [&against[..], &["--through", "1"]].concat();
    project.dev(&through).with(0);
    run(&database, "alter table notes drop title").await;
    project
        .dev(&through)
        .says(1, "ALTER TABLE notes DROP COLUMN title");
}

#[tokio::test]
async fn a_role_that_may_not_read_the_record_is_told_what_it_lacks() {
    let project = Project::new();
    let database = migrated(&project).await;
    let reader = as_reader(&database).await;
    run(&database, "revoke all on _sqlx_migrations from public").await;
    let role = reader
        .split("://")
        .nth(1)
        .unwrap()
        .split(':')
        .next()
        .unwrap();
    run(
        &database,
        &format!("revoke all on _sqlx_migrations from {role}"),
    )
    .await;
    let hint = format!("hint: as its owner: `GRANT SELECT ON _sqlx_migrations TO {role}`");
    project
        .dev(&["migrate", "--against", &reader])
        .says(1, &hint);
    forget(&database).await;
}

#[tokio::test]
async fn nothing_is_made_beside_a_database_that_was_migrated_or_by_a_role_that_may_not() {
    let project = Project::new();
    let database = migrated(&project).await;
    let url = [("DATABASE_URL", database.url())];
    let done = project.dev_with(&url, &["migrate", "--check"]);
    done.says(0, "the database was migrated, as one that others need is");
    run(&database, "drop table _sqlx_migrations").await;
    let done = project.dev_with(&url, &["migrate", "--check"]);
    assert!(!done.with(0).contains("own for tests"), "{}", done.text);

    let role = role_of(&database).await;
    run(&database, &format!("create role {role} login password 'p'")).await;
    let done = project.dev_with(
        &[("DATABASE_URL", &as_role(&database, &role))],
        &["migrate", "--check"],
    );
    done.says(0, &format!("`ALTER ROLE {role} CREATEDB`"));
    run(&database, &format!("drop role {role}")).await;
}
