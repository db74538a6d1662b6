//! Connecting to the database.

use app::{app::App, database};

use crate::common::{config, empty_database, log};

#[tokio::test]
async fn in_development_an_empty_database_is_filled_once() {
    let database = empty_database().await;
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
async fn in_development_a_changed_schema_is_reported() {
    let database = empty_database().await;
    let folder = std::env::temp_dir().join(format!("changing-schema-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("schema")).unwrap();
    let write = |text| std::fs::write(folder.join("schema/a.sql"), text).unwrap();
    let mut config = config(database.url(), &[]);
    config.project_dir = folder.clone();
    let warning = "`schema/` has changed";
    write("CREATE TABLE a (id int)");
    for _ in 0..2 {
        database::open(&config).await.unwrap();
        assert!(!log::text().contains(warning));
    }
    write("CREATE TABLE a (id bigint)");
    database::open(&config).await.unwrap();
    assert!(log::text().contains(warning));
    std::fs::remove_dir_all(folder).ok();
}

#[tokio::test]
async fn in_production_an_empty_database_is_an_error_with_a_hint_to_migrate() {
    let database = empty_database().await;
    let production = config(database.url(), &[("APP_ENV", "production")]);
    let error = database::open(&production).await.unwrap_err().to_string();
    let hint = concat!("hint: ", env!("APP_NAME"), " migrate");
    assert!(error.ends_with(hint), "{error}");
    assert!(App::build(production).await.is_err());
}

#[tokio::test]
async fn an_invalid_url_is_not_shown_because_it_may_contain_a_password() {
    let config = config("postgres://app:hunter2@127.0.0.1:port/shop", &[]);
    let error = database::open(&config).await.unwrap_err().to_string();
    assert!(
        error.contains("URL") && !error.contains("hunter2"),
        "{error}"
    );
}
