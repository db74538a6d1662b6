//! Connecting to the database.

use std::{fs, str::FromStr};

use app::{
    app::App,
    database::{self, migrations},
};
use sqlx::{ConnectOptions, postgres::PgConnectOptions};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

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

#[tokio::test]
async fn in_production_a_database_elsewhere_needs_a_valid_certificate_unless_the_url_says_otherwise()
 {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // It leads to this machine, but is no loopback address.
    let url = format!(
        "postgres://app@{}:{}/shop",
        "0.0.0.0",
        server.local_addr().unwrap().port()
    );
    for (url, asks_for_tls) in [
        (url.clone(), true),
        (format!("{url}?sslmode=disable"), false),
    ] {
        let config = config(&url, &[("APP_ENV", "production")]);
        let answer = async {
            let (mut client, _) = server.accept().await.unwrap();
            let mut request = [0; 8];
            client.read_exact(&mut request).await.unwrap();
            assert_eq!(request[4..] == [4, 210, 22, 47], asks_for_tls);
            // There is no TLS here.
            client.write_all(b"N").await.unwrap();
        };
        let (opened, ()) = tokio::join!(database::open(&config), answer);
        let error = opened.unwrap_err().to_string();
        assert_eq!(error.contains("sslrootcert"), asks_for_tls, "{error}");
    }
}

/// The SQL for two roles in `docs/production.md`, for the database and the roles of a test.
fn roles(database: &str) -> Vec<String> {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/production.md"));
    let page = page.unwrap();
    let (_, block) = page.split_once("```sql\n").unwrap();
    let (sql, _) = block.split_once("```").unwrap();
    let statements = sql.split_inclusive(";\n").map(|statement| {
        statement
            .replace("CREATE DATABASE shop OWNER", "ALTER DATABASE shop OWNER TO")
            .replace("shop", database)
    });
    statements.collect()
}

#[tokio::test]
async fn one_role_migrates_and_another_one_that_cannot_change_tables_serves() {
    let database = empty_database().await;
    let options = PgConnectOptions::from_str(database.url()).unwrap();
    let name = options.get_database().unwrap().to_owned();
    for statement in roles(&name) {
        let statement = sqlx::raw_sql(sqlx::AssertSqlSafe(statement));
        statement.execute(database.pool()).await.unwrap();
    }
    let url = |role: String| {
        let options = options.clone().username(&role).password("secret");
        options.to_url_lossy().to_string()
    };
    let production = [("APP_ENV", "production")];
    let owner = config(&url(format!("{name}_owner")), &production);
    let db = database::connect(&owner).await.unwrap();
    let migrations = migrations::main(&owner).unwrap();
    migrations.apply(db.pool(), |_| {}).await.unwrap();
    db.close().await;

    let db = database::open(&config(&url(name.clone()), &production))
        .await
        .unwrap();
    for sql in [
        "DELETE FROM notes",
        "DELETE FROM sessions",
        "UPDATE users SET email = email",
    ] {
        sqlx::query(sql).execute(db.pool()).await.unwrap();
    }
    for sql in [
        "CREATE TABLE a (id int)",
        "DROP TABLE notes",
        "TRUNCATE notes",
        "ALTER TABLE users ADD COLUMN admin bool",
        "CREATE SCHEMA a",
    ] {
        let refused = sqlx::query(sql).execute(db.pool()).await.unwrap_err();
        let code = refused.as_database_error().unwrap().code();
        assert_eq!(code.as_deref(), Some("42501"), "{sql}: {refused}");
    }
    db.close().await;

    let sql = format!(
        "REASSIGN OWNED BY {name}_owner TO CURRENT_USER; DROP OWNED BY {name}; \
         DROP OWNED BY {name}_owner; DROP ROLE {name}_owner, {name}"
    );
    let clean_up = sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
    clean_up.execute(database.pool()).await.unwrap();
}
