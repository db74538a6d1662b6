//! What others see while a migration of tables in use is under way, file by file.

use sqlx::{AssertSqlSafe, Connection as _};
use stack_migrate::diff::{self, LockPolicy, Step, Transaction};
use stack_migrate::files;
use stack_migrate::hazard::Name;

use crate::bench::{apply, catalog, connect, database, proven_with};

fn online() -> LockPolicy {
    LockPolicy {
        online: true,
        ..LockPolicy::default()
    }
}

/// Each of these that a file drops is there again at its end.
const GONE_AND_BACK: [(&str, &str); 8] = [
    ("DROP VIEW v", "CREATE VIEW v "),
    ("DROP MATERIALIZED VIEW mv", "CREATE MATERIALIZED VIEW mv "),
    ("DROP POLICY p ON t", "CREATE POLICY p ON t "),
    ("DROP TRIGGER tr ON t", "CREATE TRIGGER tr "),
    ("DROP FUNCTION f(", "FUNCTION public.f("),
    ("ALTER COLUMN x DROP DEFAULT", "ALTER COLUMN x SET DEFAULT"),
    ("DROP CONSTRAINT rule", "ADD CONSTRAINT rule "),
    ("RENAME TO e__old", "DROP TYPE e__old"),
];

/// Asserts that no file leaves something dropped that a later one brings back. Returns how much was dropped so.
async fn without_gaps(before: &str, after: &str) -> usize {
    let steps = proven_with(before, after, &online()).await;
    let files = files::drafts(steps, Some("change"));
    let texts: Vec<&str> = files.iter().map(|file| file.sql.as_str()).collect();
    assert!(
        texts.len() > 1,
        "nothing is committed in between: {texts:#?}"
    );
    let mut dropped = 0;
    for (gone, back) in GONE_AND_BACK {
        for text in texts.iter().filter(|text| text.contains(gone)) {
            assert!(text.contains(back), "`{gone}` is committed: {texts:#?}");
            dropped += 1;
        }
    }
    dropped
}

const FUNCTION: &str = "create type e as enum ('a', 'b', 'c');
    create function f(n int) returns int language sql immutable as 'select 1';
    create function tf() returns trigger language plpgsql as 'begin return new; end';";

#[tokio::test]
async fn what_stands_on_a_function_is_gone_for_no_moment_while_an_index_is_built() {
    let rest = "create table t (x int default f(1), y int, constraint rule check (f(y) > 0));
        create index ti on t (f(x)); create view v as select f(x) from t;
        alter table t enable row level security; create policy p on t using (f(x) > 0);
        create trigger tr before insert on t for each row when (f(new.x) > 0) execute function tf();";
    let before = format!("{FUNCTION} {rest}");
    let after = format!("{FUNCTION} {rest} create index other on t (y);");
    let dropped = without_gaps(&before, &after.replace("f(n int)", "f(m int)")).await;
    assert_eq!(dropped, 6);
}

#[tokio::test]
async fn what_stands_on_an_enum_whose_labels_change_places_is_gone_for_no_moment() {
    let rest = "create table t (x e default 'a', y e, constraint rule check (x <> 'c'));
        create index ti on t (x) where x = 'b'; create view v as select x from t where x = 'a';
        create materialized view mv as select x from t where x = 'b';";
    let before = format!("{FUNCTION} {rest}");
    let after = before.replace("'a', 'b', 'c'", "'c', 'b', 'a'");
    assert_eq!(without_gaps(&before, &after).await, 5);
}

#[tokio::test]
async fn a_view_that_changes_is_there_while_labels_are_added_and_columns_filled() {
    let before = format!(
        "{FUNCTION} create table t (x e, y int); create view v as select x, y from t;
         alter table t enable row level security; create policy p on t using (y > 0);"
    );
    let after = format!(
        "{} create table t (x e, y int not null default 7); create view v as select y, x from t;
         alter table t enable row level security; create policy p on t using (y > 1);",
        FUNCTION.replace("'c'", "'c', 'd'")
    );
    assert_eq!(without_gaps(&before, &after).await, 2);
}

/// From what to what; `t` is in use.
const CHANGES: [(&str, &str); 12] = [
    (
        "create table t (a varchar(10) check (length(a) > 0));",
        "create table t (a varchar(20) check (length(a) > 0));",
    ),
    (
        "create table t (a varchar(10), constraint c check (a <> '')); comment on constraint c on t is 'c';",
        "create table t (a text, constraint c check (a <> '')); comment on constraint c on t is 'c';",
    ),
    (
        "create domain d as int check (value > 0); create table t (a int);",
        "create domain d as int check (value > 0); create table t (a int, b d);",
    ),
    (
        "create domain d as int not null default 3; create domain o as d; create table t (a int);",
        "create domain d as int not null default 3; create domain o as d; create table t (a int, b o);",
    ),
    (
        "create domain d as int; create table t (a int);",
        "create domain d as int; create table t (a int, b d);",
    ),
    (
        "create domain d as text; create table t (a d);",
        "create domain d as text; create table t (a text);",
    ),
    (
        "create table t (a int, b int);",
        "create table t (a int primary key, b int);",
    ),
    (
        "create table t (a int, b int not null, constraint k primary key (b));",
        "create table t (a int, b int not null, constraint k primary key (a, b));",
    ),
    (
        "create table t (a int);",
        "create table t (a int primary key); create table u (a int references t);",
    ),
    (
        "create table o (a text primary key); create table t (a varchar(10) references o);",
        "create table o (a text primary key); create table t (a varchar(20) references o);",
    ),
    (
        "create type e as enum ('a', 'b'); create table t (a e);",
        "create type e as enum ('b', 'a'); create table t (a e);",
    ),
    (
        "create domain d as int; create table t (a d);",
        "create domain d as int check (value > 0); create table t (a d);",
    ),
];

/// How often the session's transaction has read all of `t`, and the number of its file.
const READS: &str = "select seq_scan, pg_relation_filenode(relid)::bigint from pg_stat_xact_user_tables where relname = 't'";

/// The steps that are run without a word and read every row of `t`, with nobody who could write to it.
async fn untold(before: &str, after: &str) -> Vec<String> {
    let (old, new) = (database(before).await, database(after).await);
    let steps = diff::difference(&catalog(&old).await, &catalog(&new).await, &online()).unwrap();
    let mut connection = connect(&old).await;
    let mut found = Vec::new();
    let (now, later): (Vec<&Step>, Vec<&Step>) = steps
        .iter()
        .partition(|step| step.transaction != Transaction::Later);
    for step in now.into_iter().chain(later) {
        let sql = step.sql.as_str();
        if step.transaction == Transaction::Without {
            let alone = sqlx::raw_sql(AssertSqlSafe(sql));
            alone.execute(&mut connection).await.unwrap();
            continue;
        }
        let mut transaction = connection.begin().await.unwrap();
        let mut reads = Vec::new();
        for sql in ["select", sql] {
            let run = sqlx::raw_sql(AssertSqlSafe(sql));
            run.execute(&mut *transaction).await.unwrap();
            let seen: (i64, i64) = sqlx::query_as(READS)
                .fetch_one(&mut *transaction)
                .await
                .unwrap();
            reads.push(seen);
        }
        transaction.commit().await.unwrap();
        // Those two let others write meanwhile.
        let harmless = sql.contains(" VALIDATE CONSTRAINT ") || sql.starts_with("UPDATE ");
        if reads[0] != reads[1] && !harmless && !step.is_refused() {
            found.push(format!("{sql}: {reads:?}"));
        }
    }
    found
}

#[tokio::test]
async fn no_statement_reads_every_row_of_a_large_table_without_a_word() {
    for (before, after) in CHANGES {
        assert_eq!(untold(before, after).await, [""; 0], "{before} {after}");
        proven_with(before, after, &online()).await;
    }
}

#[tokio::test]
async fn a_constraint_that_is_replaced_keeps_its_comment() {
    let before = "create table p (a int primary key); create table t (a int, b int not null, constraint c check (a > 0),
             constraint k unique (b), constraint f foreign key (a) references p); create index i on t (a);
         comment on constraint c on t is 'c'; comment on constraint k on t is 'k'; comment on constraint f on t is 'f';
         comment on index i is 'i';";
    let after = before
        .replace("a > 0", "a > 1")
        .replace("unique (b)", "unique (b, a)")
        .replace("references p)", "references p on delete cascade)")
        .replace("on t (a)", "on t (a, b)");
    proven_with(before, &after, &online()).await;
}

/// The keys of what is refused.
async fn refused(before: &str, after: &str, locks: &LockPolicy) -> Vec<String> {
    let steps = proven_with(before, after, locks).await;
    let hazards = steps.iter().flat_map(|step| &step.hazards);
    let refused = hazards.filter(|hazard| hazard.refused);
    refused.map(stack_migrate::hazard::Hazard::key).collect()
}

#[tokio::test]
async fn what_is_said_of_a_type_or_view_is_refused_if_a_large_table_is_behind_it() {
    let large = |name: &str| LockPolicy {
        large: [name.to_owned()].into(),
        ..LockPolicy::default()
    };
    let (domain, table) = ("create domain d as int", "create table t (a d);");
    let (before, after) = (
        format!("{domain}; {table}"),
        format!("{domain} check (value > 0); {table}"),
    );
    assert_eq!(refused(&before, &after, &large("t")).await, ["scan:d"]);
    assert_eq!(refused(&before, &after, &large("u")).await, [""; 0]);
    let table = "create table t (a int, b int);";
    let (before, after) = (
        format!("{table} create materialized view mv as select a from t;"),
        format!("{table} create materialized view mv as select a, b from t;"),
    );
    assert_eq!(refused(&before, &after, &large("t")).await, ["lock:mv"]);
    assert_eq!(refused(table, &after, &large("t")).await, [""; 0]);
    let (before, after) = (
        "create table p (a int) partition by list (a); create table rest partition of p default;",
        "create table p (a int) partition by list (a); create table rest partition of p default;
         create table one partition of p for values in (1);",
    );
    assert_eq!(refused(before, after, &large("rest")).await, ["scan:rest"]);
    assert_eq!(refused(before, after, &large("u")).await, [""; 0]);
}

#[tokio::test]
async fn a_new_materialized_view_of_a_large_table_is_filled_when_nothing_is_locked() {
    let before = "create table t (a int);";
    let after = "create table t (a int, b int); create materialized view mv as select a, b from t;
        create unique index mi on mv (a); create view v as select a from mv;";
    let steps = proven_with(before, after, &online()).await;
    let last = steps
        .iter()
        .rfind(|step| step.transaction == Transaction::Later);
    assert_eq!(last.unwrap().sql, "REFRESH MATERIALIZED VIEW mv");
    assert!(!steps.iter().any(Step::is_refused), "{steps:#?}");
}

#[tokio::test]
async fn a_partitioned_table_gets_another_value_for_each_row_in_batches() {
    let from = "create table t (id int, k int) partition by list (k);
        create table one partition of t for values in (1); create table two partition of t for values in (2);
        insert into t select g, 1 + g % 2 from generate_series(1, 3000) g;";
    let to = "create table t (id int, k int, a uuid not null default gen_random_uuid()) partition by list (k);
        create table one partition of t for values in (1); create table two partition of t for values in (2);";
    let steps = proven_with(from, to, &online()).await;
    assert!(!steps.iter().any(Step::is_refused), "{steps:#?}");
    let old = database(from).await;
    apply(&old, &steps).await;
    let mut connection = connect(&old).await;
    let distinct: i64 = sqlx::query_scalar("select count(distinct a) from t")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(distinct, 3000);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_label_and_a_value_of_a_domain_that_become_texts_are_no_loss() {
    let before = "create type e as enum ('a'); create domain d as varchar(5); create domain o as int; create table t (a e, b d, c o);";
    let after = "create type e as enum ('a'); create domain d as varchar(5); create domain o as int; create table t (a text, b text, c bigint);";
    let steps = proven_with(before, after, &LockPolicy::default()).await;
    let hazards = steps.iter().flat_map(|step| &step.hazards);
    let lost: Vec<_> = hazards.filter(|one| one.name == Name::DataLoss).collect();
    assert!(lost.is_empty(), "{lost:#?}");
}
