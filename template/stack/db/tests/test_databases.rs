//! Each test has a database of its own, quickly, and nothing of it stays behind.

use sqlx::{AssertSqlSafe, ConnectOptions as _};
use stack_db::Schema;
use stack_db::testing::{TestDatabase, TestTransaction};

fn schema() -> Schema {
    Schema::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schema"))
        .expect("the schema is readable")
}

async fn exists(asker: &TestDatabase, url: &str) -> bool {
    let name = url
        .split('?')
        .next()
        .and_then(|url| url.rsplit('/').next())
        .expect("a name");
    sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(asker.pool())
        .await
        .expect("the server answers")
}

#[tokio::test]
async fn a_test_database_has_the_schema_and_what_it_inserts() {
    let database = TestDatabase::create(&schema()).await;
    let names: Vec<String> = sqlx::query_scalar("select name from counters order by name")
        .fetch_all(database.pool())
        .await
        .expect("the table is there");
    assert_eq!(names, ["a", "b"]);
}

#[tokio::test]
async fn what_one_test_writes_no_other_sees() {
    let (one, two) = (
        TestDatabase::create(&schema()).await,
        TestDatabase::create(&schema()).await,
    );
    sqlx::query("delete from counters")
        .execute(one.pool())
        .await
        .expect("deleted");
    let left: i64 = sqlx::query_scalar("select count(*) from counters")
        .fetch_one(two.pool())
        .await
        .expect("counted");
    assert_eq!(left, 2);
}

#[tokio::test]
async fn a_dropped_value_drops_its_database_even_with_connections_open() {
    let schema = schema();
    let asker = TestDatabase::create(&schema).await;
    let database = TestDatabase::create(&schema).await;
    let url = database.url().to_owned();
    let connection = database.pool().acquire().await.expect("connected");
    assert!(exists(&asker, &url).await);
    drop(database);
    assert!(!exists(&asker, &url).await);
    drop(connection);
}

#[tokio::test]
async fn the_database_of_a_killed_process_is_swept_and_that_of_a_live_one_is_not() {
    let schema = schema();
    let asker = TestDatabase::create(&schema).await;
    let mut child = child_with_database();
    let url = next_url(&mut child);
    assert!(
        exists(&asker, &url).await,
        "the child has made its database"
    );

    // Another process comes and goes: it sweeps, and must leave the live one alone.
    let mut other = child_with_database();
    let swept = next_url(&mut other);
    other.kill().expect("killed");
    other.wait().expect("ended");
    assert!(
        exists(&asker, &url).await,
        "a live process keeps its database"
    );

    child.kill().expect("killed");
    child.wait().expect("ended");
    // The server needs a moment to notice that the child is gone, so more than one may come by.
    for _ in 0..100 {
        let mut next = child_with_database();
        next_url(&mut next);
        // It sweeps after its first answer; its second one comes when that is done.
        next_url(&mut next);
        next.kill().expect("killed");
        next.wait().expect("ended");
        if !exists(&asker, &url).await && !exists(&asker, &swept).await {
            return;
        }
    }
    panic!("nobody has swept `{url}` and `{swept}`");
}

/// This test program again, as a process that makes databases, says their URLs, and waits.
fn child_with_database() -> std::process::Child {
    std::process::Command::new(std::env::current_exe().expect("a path"))
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("started")
}

fn next_url(child: &mut std::process::Child) -> String {
    use std::io::Read as _;
    let stdout = child.stdout.as_mut().expect("piped");
    let mut line = Vec::new();
    loop {
        let mut byte = [0];
        assert_eq!(stdout.read(&mut byte).expect("read"), 1, "the child ended");
        if byte != *b"\n" {
            line.extend(byte);
            continue;
        }
        let text = String::from_utf8(std::mem::take(&mut line)).expect("text");
        // The test harness prints lines of its own, and its last one without an end.
        if let Some(at) = text.find("postgres://") {
            return text[at..].to_owned();
        }
    }
}

#[tokio::test]
#[ignore = "runs as a child of another test"]
async fn child() {
    let (one, two) = (
        TestDatabase::create(&schema()).await,
        TestDatabase::create(&schema()).await,
    );
    println!("{}", one.url());
    println!("{}", two.url());
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .expect("the parent is there");
}

#[tokio::test]
async fn a_session_that_is_left_in_the_template_holds_nobody_up() {
    let folder = std::env::temp_dir().join(format!("stack-template-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let text = format!("create table t (n int default {});", std::process::id());
    std::fs::write(folder.join("001_t.sql"), text).expect("written");
    let schema = Schema::read(&folder).expect("the schema is readable");
    std::fs::remove_dir_all(&folder).expect("removed");

    let asker = TestDatabase::create(&schema).await;
    let template = format!("stack_template_{}", &schema.checksum()[..16]);
    let allow = |allowed| format!("alter database {template} with allow_connections {allowed}");
    let allowed = sqlx::raw_sql(AssertSqlSafe(allow(true)));
    allowed.execute(asker.pool()).await.expect("allowed");
    let options = asker.pool().connect_options().as_ref().clone();
    let left = options.database(&template).connect().await;
    let refused = sqlx::raw_sql(AssertSqlSafe(allow(false)));
    refused.execute(asker.pool()).await.expect("refused");

    let copy = TestDatabase::create(&schema).await;
    assert!(exists(&asker, copy.url()).await);
    drop(left.expect("connected"));
}

#[tokio::test]
async fn of_what_a_transaction_writes_nothing_is_left_for_the_next() {
    for _ in 0..2 {
        let mut transaction = TestTransaction::begin(&schema()).await;
        let deleted = sqlx::query("delete from counters")
            .execute(&mut *transaction)
            .await
            .expect("deleted");
        assert_eq!(deleted.rows_affected(), 2);
    }
}

#[tokio::test]
async fn transactions_at_once_do_not_see_each_other() {
    let mut one = TestTransaction::begin(&schema()).await;
    let mut two = TestTransaction::begin(&schema()).await;
    sqlx::query("insert into counters values ('mine', 1)")
        .execute(&mut *one)
        .await
        .expect("inserted");
    let seen: i64 = sqlx::query_scalar("select count(*) from counters where name = 'mine'")
        .fetch_one(&mut *two)
        .await
        .expect("counted");
    assert_eq!(seen, 0);
}
