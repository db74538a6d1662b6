//! The application on CockroachDB: the server of `COCKROACH_URL`, or one that the program `cockroach` on PATH serves during the
//! tests. Without either, these tests are skipped with a message on stderr.
//!
//! To run *every* test on CockroachDB: `DATABASE_URL=$COCKROACH_URL cargo test`.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

use app::{database::migrations, routes};
use serde_json::json;
use stack_db::{Db, Schema, testing::TestDatabase};
use stack_migrate::cockroach::{self, Effect};

use crate::common::{Client, PASSWORD, config};

/// A server to test on.
struct Node {
    url: String,
    process: Option<(Child, PathBuf)>,
}

impl Node {
    /// The server that the tests of this process share. The last test stops it.
    async fn shared() -> Option<Arc<Self>> {
        static SHARED: tokio::sync::Mutex<Weak<Node>> = tokio::sync::Mutex::const_new(Weak::new());
        let mut shared = SHARED.lock().await;
        if let Some(node) = shared.upgrade() {
            return Some(node);
        }
        let node = Arc::new(Self::find().await?);
        *shared = Arc::downgrade(&node);
        Some(node)
    }

    async fn find() -> Option<Self> {
        if let Some(url) = std::env::var("COCKROACH_URL")
            .ok()
            .filter(|url| !url.is_empty())
        {
            return Some(Self { url, process: None });
        }
        let path = std::env::var_os("PATH")?;
        let name = format!("cockroach{}", std::env::consts::EXE_SUFFIX);
        let program = std::env::split_paths(&path)
            .map(|folder| folder.join(&name))
            .find(|program| program.is_file())?;
        Some(Self::start(program).await)
    }

    /// Starts a server on free ports, with its data in a folder that is removed afterwards.
    async fn start(program: PathBuf) -> Self {
        let store = std::env::temp_dir().join(format!("cockroach-{}", std::process::id()));
        std::fs::create_dir_all(&store).unwrap();
        let url_file = store.join("url");
        let process = Command::new(program)
            .args(["start-single-node", "--insecure"])
            .args(["--listen-addr=127.0.0.1:0", "--http-addr=127.0.0.1:0"])
            .args(["--cache=64MiB", "--max-sql-memory=128MiB"])
            .arg(format!("--store={}", store.join("data").display()))
            .arg(format!("--listening-url-file={}", url_file.display()))
            .current_dir(&store)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut node = Self {
            url: String::new(),
            process: Some((process, store)),
        };
        for _ in 0..600 {
            let url = std::fs::read_to_string(&url_file).unwrap_or_default();
            if url.ends_with('\n') {
                node.url = url.trim().to_owned();
                return node;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("`cockroach start-single-node` did not say its URL");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some((process, store)) = &mut self.process {
            process.kill().ok();
            process.wait().ok();
            std::fs::remove_dir_all(store).ok();
        }
    }
}

/// A new database on CockroachDB, or `None` with a message. It is written to stderr directly, because the test harness captures
/// the output of a test that passes.
async fn database() -> Option<(Arc<Node>, TestDatabase)> {
    let schema = Schema::read(concat!(env!("CARGO_MANIFEST_DIR"), "/schema")).unwrap();
    database_with(&schema).await
}

async fn database_with(schema: &Schema) -> Option<(Arc<Node>, TestDatabase)> {
    static SAID: Mutex<bool> = Mutex::new(false);
    let Some(node) = Node::shared().await else {
        if !std::mem::replace(&mut *SAID.lock().unwrap(), true) {
            let text = "SKIPPED: the tests on CockroachDB, for there is none: set `COCKROACH_URL`, or put \
                        `cockroach` on PATH\n";
            std::io::stderr().write_all(text.as_bytes()).unwrap();
        }
        return None;
    };
    let database = TestDatabase::create_at(&node.url, schema).await.unwrap();
    Some((node, database))
}

/// A database without tables.
async fn empty_database() -> Option<(Arc<Node>, TestDatabase)> {
    let folder = std::env::temp_dir().join(format!("empty-cockroach-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    database_with(&Schema::read(&folder).unwrap()).await
}

#[tokio::test]
async fn a_note_is_written_read_changed_and_deleted() {
    let Some((_node, database)) = database().await else {
        return;
    };
    let db = Db::from_pool(database.pool().clone());
    assert!(
        stack_db::is_cockroach(db.pool()).await.unwrap(),
        "`COCKROACH_URL` leads to another kind of server"
    );
    let config = config(database.url(), &[("MAIL_URL", "none")]);
    let state = app::app::state(config, db).unwrap();
    let mut client = Client::for_router(routes::router(state));

    let ada = json!({ "email": "ada@example.com", "display_name": "Ada", "password": PASSWORD });
    let registered = client.json("POST", "/api/users", ada.clone()).await;
    assert_eq!(registered.status.as_u16(), 201, "{}", registered.text());
    // The constraint has the same name there.
    client
        .json("POST", "/api/users", ada)
        .await
        .problem(409, "conflict");
    let credentials = json!({ "email": "ada@example.com", "password": PASSWORD });
    let session = client.json("POST", "/api/session", credentials).await;
    assert_eq!(session.status.as_u16(), 201, "{}", session.text());

    let created = client
        .json("POST", "/api/notes", json!({ "title": "Milk" }))
        .await;
    assert_eq!(created.status.as_u16(), 201, "{}", created.text());
    let path = created.header("location").to_owned();
    let edit = json!({ "title": "Milk", "body": "two", "version": 1 });
    assert_eq!(
        client.json("PUT", &path, edit.clone()).await.json()["version"],
        2
    );
    client
        .json("PUT", &path, edit)
        .await
        .problem(409, "outdated");
    assert_eq!(client.call("DELETE", &path).await.status.as_u16(), 204);
    assert_eq!(
        client.get("/api/notes").await.json(),
        json!({ "notes": [] })
    );
}

#[tokio::test]
async fn concurrent_increments_are_retried_until_all_are_counted() {
    let Some((_node, database)) = database().await else {
        return;
    };
    let db = Db::from_pool(database.pool().clone());
    sqlx::raw_sql("CREATE TABLE counter (value bigint NOT NULL); INSERT INTO counter VALUES (0)")
        .execute(db.pool())
        .await
        .unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let db = db.clone();
        tasks.spawn(async move {
            db.run(|tx| {
                Box::pin(async move {
                    let value: i64 = sqlx::query_scalar("SELECT value FROM counter")
                        .fetch_one(&mut **tx)
                        .await?;
                    sqlx::query("UPDATE counter SET value = $1")
                        .bind(value + 1)
                        .execute(&mut **tx)
                        .await
                })
            })
            .await
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    let value: i64 = sqlx::query_scalar("SELECT value FROM counter")
        .fetch_one(db.pool())
        .await
        .unwrap();
    assert_eq!(value, 6);
}

#[tokio::test]
async fn several_processes_fill_one_database_once() {
    let Some((_node, database)) = database().await else {
        return;
    };
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT table_name FROM information_schema.tables
         WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'",
    )
    .fetch_all(database.pool())
    .await
    .unwrap();
    let drop = format!("DROP TABLE {} CASCADE", tables.join(", "));
    sqlx::raw_sql(sqlx::AssertSqlSafe(drop))
        .execute(database.pool())
        .await
        .unwrap();
    let schema = Schema::read(concat!(env!("CARGO_MANIFEST_DIR"), "/schema")).unwrap();
    let fill = || schema.fill_if_empty(database.pool());
    let (one, two) = tokio::join!(fill(), fill());
    let filled = [one.unwrap(), two.unwrap()];
    assert!(filled.contains(&true), "one of them has filled it");
    assert!(!schema.fill_if_empty(database.pool()).await.unwrap());
}

#[tokio::test]
async fn migrations_make_a_database_in_which_the_application_starts() {
    let Some((_node, database)) = empty_database().await else {
        return;
    };
    let production = config(database.url(), &[("APP_ENV", "production")]);
    let ours = migrations::main(&production).unwrap();
    let applied = ours.apply(database.pool(), |_| {}).await.unwrap().applied;
    assert_eq!(applied.len(), ours.all().len());
    assert!(
        ours.apply(database.pool(), |_| {})
            .await
            .unwrap()
            .applied
            .is_empty()
    );
    app::database::open(&production).await.unwrap();
}

#[tokio::test]
async fn concurrent_migrations_run_once() {
    let Some((_node, database)) = empty_database().await else {
        return;
    };
    let ours = migrations::main(&config(database.url(), &[])).unwrap();
    let apply = async || {
        ours.apply(database.pool(), |_| {})
            .await
            .unwrap()
            .applied
            .len()
    };
    let (one, two) = tokio::join!(apply(), apply());
    assert_eq!(one + two, ours.all().len());
}

/// A lint, which needs no CockroachDB. Differences and things to check are printed, and are not a failure.
#[test]
fn the_lint_finds_nothing_that_cockroach_would_refuse() {
    let found = cockroach::lint_project(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (refused, others): (Vec<_>, Vec<_>) = found
        .iter()
        .partition(|finding| finding.rule.effect == Effect::Refused);
    for finding in others {
        writeln!(std::io::stderr(), "CockroachDB: {finding}").unwrap();
    }
    let refused: Vec<_> = refused.iter().map(ToString::to_string).collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn the_table_in_the_documentation_is_that_of_the_rules() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cockroach.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (begin, end) = ("<!-- rules -->\n\n", "\n<!-- end of rules -->");
    let (before, rest) = text.split_once(begin).unwrap();
    let (table, after) = rest.split_once(end).unwrap();
    let wanted = cockroach::table();
    if table != wanted && std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        std::fs::write(path, format!("{before}{begin}{wanted}{end}{after}")).unwrap();
        return;
    }
    let hint = "`INSTA_UPDATE=always cargo test` writes it";
    for (line, wanted) in table.lines().zip(wanted.lines()) {
        assert_eq!(line, wanted, "{hint}");
    }
    assert_eq!(table.lines().count(), wanted.lines().count(), "{hint}");
}
