//! Where the database comes from.

use app::{app::App, database};
use stack_db::{Schema, testing::TestDatabase};

use crate::common::config;

/// A database without a table.
async fn empty() -> TestDatabase {
    let folder = std::env::temp_dir().join(format!("empty-schema-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    TestDatabase::create(&Schema::read(&folder).unwrap()).await
}

#[tokio::test]
async fn in_development_an_empty_database_is_filled_once() {
    let database = empty().await;
    let config = config(database.url(), &[]);
    for _ in 0..2 {
        let db = database::open(&config).await.unwrap();
        let users: i64 = sqlx::query_scalar("SELECT count(*) FROM users")
            .fetch_one(db.pool())
            .await
            .unwrap();
        assert_eq!(users, 0);
    }
}

#[tokio::test]
async fn in_production_an_empty_database_is_an_error_that_says_how_to_fill_it() {
    let database = empty().await;
    let production = config(database.url(), &[("APP_ENV", "production")]);
    let error = database::open(&production).await.unwrap_err().to_string();
    assert!(error.contains("hint: cat schema/*.sql | psql"), "{error}");
    assert!(App::build(production).await.is_err());
}

#[tokio::test]
async fn a_url_that_cannot_be_read_is_not_repeated_because_it_may_hold_a_password() {
    let config = config("postgres://app:hunter2@127.0.0.1:port/shop", &[]);
    let error = database::open(&config).await.unwrap_err().to_string();
    assert!(
        error.contains("URL") && !error.contains("hunter2"),
        "{error}"
    );
}
