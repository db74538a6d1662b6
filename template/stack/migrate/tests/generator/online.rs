//! What is written for tables in use: whoever uses them meanwhile notices nothing.

use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use stack_db::Migrations;
use stack_db::testing::TestDatabase;
use stack_migrate::diff::{self, LockPolicy, Step, Transaction};
use stack_migrate::files;

use crate::bench::{apply, catalog, connect, database, proven_with};

fn online() -> LockPolicy {
    LockPolicy {
        online: true,
        ..LockPolicy::default()
    }
}

/// The texts of the files, in their order.
fn texts(steps: Vec<Step>) -> Vec<String> {
    let drafts = files::drafts(steps, Some("change"));
    drafts.into_iter().map(|draft| draft.sql).collect()
}

/// Asserts that these follow each other in a text.
fn assert_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let at = rest.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
        rest = &rest[at..];
    }
}

#[tokio::test]
async fn what_looks_at_every_row_shares_its_transaction_with_nothing() {
    let steps = proven_with(
        "create table p (id int primary key); create table t (a text, b text, p int);",
        "create table p (id int primary key);
         create table t (a text not null, b text not null check (b <> ''), p int references p);",
        &online(),
    )
    .await;
    let files = texts(steps);
    for file in &files {
        let count = |part: &str| file.matches(part).count();
        let (validated, all) = (count("VALIDATE CONSTRAINT"), count(";\n"));
        assert!(validated == 0 || all == 1, "{files:#?}");
    }
    let validated = |file: &&String| file.contains("VALIDATE CONSTRAINT");
    assert_eq!(files.iter().filter(validated).count(), 4, "{files:#?}");
}

#[tokio::test]
async fn a_unique_index_and_a_constraint_that_change_are_built_beside_the_old_one() {
    let steps = proven_with(
        "create schema s; create table s.t (id int primary key, a text, b text unique,
             constraint rule check (id > 0), constraint k unique (a));
         create unique index \"U\" on s.t (a);",
        "create schema s; create table s.t (id int primary key, a text, b text unique,
             constraint rule check (id > 1), constraint k unique (a, b));
         create unique index \"U\" on s.t (a) include (b);",
        &online(),
    )
    .await;
    let text = texts(steps).join("\n");
    assert_order(
        &text,
        &[
            "CREATE UNIQUE INDEX CONCURRENTLY \"U_new\" ON",
            "DROP INDEX s.\"U\"",
            "ALTER INDEX s.\"U_new\" RENAME TO \"U\"",
        ],
    );
    assert_order(
        &text,
        &[
            "CREATE UNIQUE INDEX CONCURRENTLY k_new ON s.t (a, b)",
            "DROP CONSTRAINT k;",
            "ADD CONSTRAINT k UNIQUE USING INDEX k_new",
        ],
    );
    assert_order(
        &text,
        &[
            "ADD CONSTRAINT rule_new CHECK (id > 1) NOT VALID",
            "VALIDATE CONSTRAINT rule_new",
            "DROP CONSTRAINT rule;",
            "RENAME CONSTRAINT rule_new TO rule",
        ],
    );
}

#[tokio::test]
async fn what_others_need_and_what_goes_with_a_column_is_dropped_first_as_before() {
    let from =
        "create table t (id int constraint t_pkey primary key, a int, b int constraint k unique);
                create table u (t int references t (b)); create unique index i on t (a);";
    let to = "create table t (id int constraint t_pkey primary key, c int, b int, constraint k unique (b) include (id));
              create table u (t int references t (b)); create unique index i on t (c);";
    proven_with(from, to, &online()).await;
}

/// Applies the files that the steps become.
async fn migrate(database: &TestDatabase, from: &str, steps: Vec<Step>) {
    let folder = tempfile::tempdir().unwrap();
    let write = |number: usize, text: &str| {
        std::fs::write(folder.path().join(format!("{number:04}_x.sql")), text).unwrap();
    };
    write(1, from);
    for (number, text) in (2..).zip(texts(steps)) {
        write(number, &text);
    }
    let migrations = Migrations::read(folder.path()).unwrap();
    let made = migrations.assume(database.pool(), 1, true).await;
    made.unwrap();
    let applied = migrations.apply(database.pool(), |_| {}).await;
    applied.unwrap();
}

/// Migrates while somebody inserts rows without the column.
async fn filled_under_inserts(locks: LockPolicy) {
    let from = "create table t (id bigserial primary key, a text, n int);";
    let to = "create table t (id bigserial primary key, a text not null default 'x', n int);";
    let (old, new) = (database(from).await, database(to).await);
    let mut connection = connect(&old).await;
    run(
        &mut connection,
        "insert into t (n) select 1 from generate_series(1, 50000)",
    )
    .await;
    let steps = diff::difference(&catalog(&old).await, &catalog(&new).await, &locks).unwrap();
    let done = AtomicBool::new(false);
    let inserts = async {
        let mut inserted = 0;
        while !done.load(Ordering::Relaxed) {
            run(&mut connection, "insert into t (n) values (2)").await;
            inserted += 1;
        }
        inserted
    };
    let migration = async {
        migrate(&old, from, steps).await;
        done.store(true, Ordering::Relaxed);
    };
    let (inserted, ()) = tokio::join!(inserts, migration);
    let filled: i64 = sqlx::query_scalar("select count(*) from t where a = 'x'")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(filled, 50_000 + inserted);
    connection.close().await.unwrap();
}

async fn run(connection: &mut PgConnection, sql: &str) {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql));
    sql.execute(connection).await.unwrap();
}

#[tokio::test]
async fn a_column_that_must_not_be_null_any_more_is_filled_under_inserts() {
    filled_under_inserts(LockPolicy::default()).await;
}

#[tokio::test]
async fn a_column_of_a_table_in_use_is_filled_in_batches_under_inserts() {
    filled_under_inserts(online()).await;
}

#[tokio::test]
async fn the_default_comes_first_and_the_check_after_the_batches() {
    let steps = proven_with(
        "create table p (a int); create table t () inherits (p);",
        "create table p (a int not null default 7); create table t () inherits (p);",
        &online(),
    )
    .await;
    let text = texts(steps).join("\n");
    assert_order(
        &text,
        &[
            "ALTER TABLE p ALTER COLUMN a SET DEFAULT 7",
            "-- backfill: p by ctid\n",
            "UPDATE p SET a = 7 WHERE a IS NULL /* batch */;",
            "CHECK (a IS NOT NULL) NOT VALID",
            "UPDATE p SET a = 7 WHERE a IS NULL",
            "VALIDATE CONSTRAINT",
            "SET NOT NULL",
            "DROP CONSTRAINT",
        ],
    );
    assert_eq!(
        text.matches("ALTER TABLE p ALTER COLUMN a SET DEFAULT")
            .count(),
        1,
        "{text}"
    );
}

#[tokio::test]
async fn an_index_of_a_partitioned_table_is_built_on_each_partition() {
    let tables = "create schema s; create table m (id int not null, k int) partition by list (k);
        create table \"M 1\" partition of m for values in (1);
        create table s.m_2 partition of m for values in (2, 3) partition by list (k);
        create table s.m_3 partition of s.m_2 for values in (3); create table empty (id int, k int) partition by list (k);";
    let indexes = "create index mi on m (id); create index ei on empty (id);
        create unique index mu on m (id, k) include (k) where id > 0;";
    let (old, new) = (
        database(tables).await,
        database(&format!("{tables} {indexes}")).await,
    );
    let wanted = catalog(&new).await;
    let steps = diff::difference(&catalog(&old).await, &wanted, &online()).unwrap();
    apply(&old, &steps).await;
    // Whether they are valid is a part of it; what the partitions' are called is not.
    let rest = diff::difference(&catalog(&old).await, &wanted, &online()).unwrap();
    assert_eq!(rest, []);
    for step in &steps {
        let builds = step.sql.contains(" INDEX ") && step.sql.starts_with("CREATE");
        let careful = step.sql.contains("CONCURRENTLY") || step.sql.contains(" ON ONLY ");
        assert!(!builds || careful, "{step:#?}");
        assert!(!step.is_refused(), "{step:#?}");
    }
    let text = texts(steps).join("\n");
    assert_order(
        &text,
        &[
            "CREATE INDEX mi ON ONLY m ",
            "CREATE INDEX CONCURRENTLY \"M 1_mi\" ON \"M 1\" ",
            "CREATE INDEX m_2_mi ON ONLY s.m_2 ",
            "CREATE INDEX CONCURRENTLY m_3_mi ON s.m_3 ",
            "ALTER INDEX s.m_2_mi ATTACH PARTITION s.m_3_mi",
            "ALTER INDEX mi ATTACH PARTITION \"M 1_mi\"",
            "ALTER INDEX mi ATTACH PARTITION s.m_2_mi",
        ],
    );
}

#[tokio::test]
async fn a_new_column_with_another_value_for_each_row_is_filled_in_batches() {
    let from = "create table t (id int); insert into t select generate_series(1, 3000);";
    let to = "create table t (id int, a uuid not null default gen_random_uuid(), b double precision default random(), c serial);";
    let steps = proven_with(from, to, &online()).await;
    assert!(!steps.iter().any(Step::is_refused), "{steps:#?}");
    let batches = |step: &&Step| step.transaction == Transaction::Batches;
    assert_eq!(steps.iter().filter(batches).count(), 3, "{steps:#?}");
    let old = database(from).await;
    migrate(&old, from, steps).await;
    let mut connection = connect(&old).await;
    let distinct: (i64, i64, i64) =
        sqlx::query_as("select count(distinct a), count(distinct b), count(distinct c) from t")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!(distinct, (3000, 3000, 3000));
    connection.close().await.unwrap();
}
