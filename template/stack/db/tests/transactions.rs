//! Transactions under `SERIALIZABLE`, with real conflicts on a real server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Postgres, Transaction};
use stack_db::testing::TestDatabase;
use stack_db::{Db, PoolSettings, Schema, SqlxCause, is_retryable};
use tokio::sync::Barrier;

/// An application's error, with the database's one somewhere inside.
#[derive(Debug, thiserror::Error)]
enum AppError {
    #[error("refused")]
    Refused,
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

impl SqlxCause for AppError {
    fn sqlx_cause(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Refused => None,
            Self::Database(error) => Some(error),
        }
    }
}

async fn serializable() -> (TestDatabase, Db) {
    let schema = Schema::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schema"))
        .expect("the schema is readable");
    let database = TestDatabase::create(&schema).await;
    let settings = PoolSettings {
        serializable: true,
        ..PoolSettings::default()
    };
    let db = Db::connect(database.url(), settings)
        .await
        .expect("connected");
    (database, db)
}

async fn read(tx: &mut Transaction<'_, Postgres>, name: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select value from counters where name = $1")
        .bind(name)
        .fetch_one(&mut **tx)
        .await
}

/// Writes what was computed from an earlier read: the increment that gets lost if nobody watches.
async fn write(
    tx: &mut Transaction<'_, Postgres>,
    name: &str,
    value: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("update counters set value = $2 where name = $1")
        .bind(name)
        .bind(value)
        .execute(&mut **tx)
        .await
        .map(drop)
}

async fn value(db: &Db, name: &str) -> i64 {
    sqlx::query_scalar("select value from counters where name = $1")
        .bind(name)
        .fetch_one(db.pool())
        .await
        .expect("the counter is there")
}

#[tokio::test]
async fn two_increments_that_read_the_same_value_are_both_counted() {
    let (_database, db) = serializable().await;
    let attempts = AtomicU32::new(0);
    let met = Barrier::new(2);
    let increment = || {
        let mut first = true;
        let (attempts, met) = (&attempts, &met);
        db.run(move |tx| {
            let meets = std::mem::take(&mut first);
            Box::pin(async move {
                attempts.fetch_add(1, Ordering::SeqCst);
                let value = read(tx, "a").await?;
                if meets {
                    // Both have read before either writes, so one of them must be refused.
                    met.wait().await;
                }
                write(tx, "a", value + 1).await?;
                Ok::<_, AppError>(())
            })
        })
    };
    let (one, two) = tokio::join!(increment(), increment());
    one.expect("committed");
    two.expect("committed");
    assert_eq!(value(&db, "a").await, 2);
    assert_eq!(
        attempts.load(Ordering::SeqCst),
        3,
        "one of the two ran twice"
    );
}

#[tokio::test]
async fn write_skew_that_shows_only_at_the_commit_is_repeated_too() {
    let (_database, db) = serializable().await;
    let attempts = AtomicU32::new(0);
    let met = Barrier::new(2);
    // Each reads the other's counter and writes its own: no row is written by both.
    let copy_plus_one = |from: &'static str, to: &'static str| {
        let mut first = true;
        let (attempts, met) = (&attempts, &met);
        db.run(move |tx| {
            let meets = std::mem::take(&mut first);
            Box::pin(async move {
                attempts.fetch_add(1, Ordering::SeqCst);
                let value = read(tx, from).await?;
                write(tx, to, value + 1).await?;
                if meets {
                    met.wait().await;
                }
                Ok::<_, AppError>(())
            })
        })
    };
    let (one, two) = tokio::join!(copy_plus_one("a", "b"), copy_plus_one("b", "a"));
    one.expect("committed");
    two.expect("committed");
    let mut values = [value(&db, "a").await, value(&db, "b").await];
    values.sort_unstable();
    assert_eq!(values, [1, 2], "as if one ran after the other");
    assert_eq!(attempts.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn many_increments_at_once_lose_nothing() {
    let (_database, db) = serializable().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let db = db.clone();
        tasks.spawn(async move {
            db.run(|tx| {
                Box::pin(async move {
                    let value = read(tx, "a").await?;
                    write(tx, "a", value + 1).await?;
                    Ok::<_, AppError>(())
                })
            })
            .await
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.expect("no panic").expect("committed");
    }
    assert_eq!(value(&db, "a").await, 8);
}

#[tokio::test]
async fn a_deadlock_is_resolved_by_repeating_one_of_the_two() {
    let (_database, db) = serializable().await;
    let met = Barrier::new(2);
    let lock_both = |names: [&'static str; 2]| {
        let mut first = true;
        let met = &met;
        db.run(move |tx| {
            let meets = std::mem::take(&mut first);
            Box::pin(async move {
                write(tx, names[0], 7).await?;
                if meets {
                    met.wait().await;
                }
                write(tx, names[1], 7).await?;
                Ok::<_, AppError>(())
            })
        })
    };
    let (one, two) = tokio::join!(lock_both(["a", "b"]), lock_both(["b", "a"]));
    one.expect("committed");
    two.expect("committed");
    assert_eq!((value(&db, "a").await, value(&db, "b").await), (7, 7));
}

#[tokio::test]
async fn an_error_of_the_application_is_not_repeated_and_rolls_back() {
    let (_database, db) = serializable().await;
    let attempts = AtomicU32::new(0);
    let outcome = db
        .run(|tx| {
            attempts.fetch_add(1, Ordering::SeqCst);
            Box::pin(async move {
                write(tx, "a", 99).await?;
                Err::<(), _>(AppError::Refused)
            })
        })
        .await;
    assert!(matches!(outcome, Err(AppError::Refused)));
    assert_eq!(attempts.load(Ordering::SeqCst), 1);
    assert_eq!(value(&db, "a").await, 0);
}

#[tokio::test]
async fn a_transaction_that_always_conflicts_ends_with_the_servers_error() {
    let (_database, db) = serializable().await;
    let attempts = AtomicU32::new(0);
    let outcome = db
        .run(|tx| {
            attempts.fetch_add(1, Ordering::SeqCst);
            Box::pin(async move {
                let raise = "do $$ begin raise exception using errcode = '40001'; end $$";
                sqlx::raw_sql(raise).execute(&mut **tx).await?;
                Ok::<_, AppError>(())
            })
        })
        .await;
    let Err(AppError::Database(error)) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(is_retryable(&error));
    assert_eq!(attempts.load(Ordering::SeqCst), 12);
}

#[tokio::test]
async fn run_once_returns_a_conflict_instead_of_repeating() {
    let (_database, db) = serializable().await;
    let attempts = Arc::new(AtomicU32::new(0));
    let outcome = db
        .run_once(|tx| {
            attempts.fetch_add(1, Ordering::SeqCst);
            Box::pin(async move {
                let raise = "do $$ begin raise exception using errcode = '40P01'; end $$";
                sqlx::raw_sql(raise).execute(&mut **tx).await?;
                Ok::<_, AppError>(())
            })
        })
        .await;
    assert!(matches!(outcome, Err(AppError::Database(error)) if is_retryable(&error)));
    assert_eq!(attempts.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_pool_is_serializable_only_if_asked() {
    let (database, db) = serializable().await;
    async fn level(db: &Db) -> String {
        let level = "select current_setting('transaction_isolation')";
        let asked = db.run(|tx| Box::pin(sqlx::query_scalar(level).fetch_one(&mut **tx)));
        asked.await.expect("answered")
    }
    let plain = Db::from_pool(database.pool().clone());
    assert_eq!(level(&db).await, "serializable");
    assert_eq!(level(&plain).await, "read committed");
    db.ping().await.expect("alive");
}

#[tokio::test]
async fn an_unreachable_server_is_named_without_its_password() {
    let settings = PoolSettings {
        acquire_timeout: std::time::Duration::from_millis(200),
        ..PoolSettings::default()
    };
    let error = Db::connect("postgres://me:secret@127.0.0.1:1/shop", settings)
        .await
        .expect_err("nobody listens on port 1")
        .to_string();
    assert!(error.contains("`shop` at `127.0.0.1:1`"), "{error}");
    assert!(error.contains("refused"), "{error}");
    assert!(error.contains("\nhint: "), "{error}");
    assert!(!error.contains("secret"), "{error}");
}

#[tokio::test]
async fn who_gives_up_while_a_transaction_begins_leaves_none_open_for_the_next_one() {
    let (database, _) = serializable().await;
    let settings = PoolSettings {
        max_connections: 1,
        ..PoolSettings::default()
    };
    let db = Db::connect(database.url(), settings)
        .await
        .expect("connected");
    let begun = db.run_once(|_| Box::pin(async { Ok::<_, sqlx::Error>(()) }));
    tokio::select! {
        biased;
        _ = begun => panic!("it takes an answer of the server"),
        // Sent, and not answered.
        () = async {} => {}
    }
    sqlx::query("insert into counters (name, value) values ('kept', 1)")
        .execute(db.pool())
        .await
        .expect("inserted");
    let kept: i64 = sqlx::query_scalar("select count(*) from counters where name = 'kept'")
        .fetch_one(database.pool())
        .await
        .expect("read");
    assert_eq!(kept, 1, "what was written is there for others");
}
