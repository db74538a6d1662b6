//! Demo data for development.

use app::{repositories::notes, seed};

use crate::common::{TestApp, config, database, migrated_database};
use crate::process::program;

#[tokio::test]
async fn seeds_are_added_once_and_their_user_can_log_in() {
    let app = TestApp::new().await;
    let user = seed::run(&app.state).await.unwrap();
    let ids = async || {
        let notes = notes::list(app.database.pool(), user.owner(), None, 100).await;
        let notes = notes.unwrap().into_iter();
        notes.map(|note| note.id).collect::<Vec<_>>()
    };
    let first = ids().await;
    assert!(first.len() > 2);
    let again = seed::run(&app.state).await.unwrap();
    assert_eq!(again.id, user.id);
    assert_eq!(ids().await, first);

    let credentials = serde_json::json!({ "email": seed::EMAIL, "password": seed::PASSWORD });
    let answer = app.client().json("POST", "/api/session", credentials).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.text());
}

#[tokio::test]
async fn seeding_keeps_existing_notes() {
    let app = TestApp::new().await;
    let user = seed::run(&app.state).await.unwrap();
    app.note(&user, "Mine", "").await;
    seed::run(&app.state).await.unwrap();
    let list = notes::list(app.database.pool(), user.owner(), None, 100);
    assert_eq!(list.await.unwrap()[0].title.as_str(), "Mine");
}

#[tokio::test]
async fn the_command_seed_prints_how_to_log_in() {
    let database = database().await;
    let output = program()
        .env("APP_ENV", "development")
        .env("DATABASE_URL", database.url())
        .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
        .arg("seed")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    assert!(
        text.contains(seed::EMAIL) && text.contains(seed::PASSWORD),
        "{text}"
    );
}

#[tokio::test]
async fn in_production_seeding_is_an_error() {
    let database = migrated_database().await;
    let output = program()
        .env("APP_ENV", "production")
        .env("DATABASE_URL", database.url())
        .arg("seed")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.starts_with("error: seeds are for development"),
        "{error}"
    );
    let db = app::database::connect(&config(database.url(), &[]))
        .await
        .unwrap();
    let users: i64 = sqlx::query_scalar("SELECT count(*) FROM users")
        .fetch_one(db.pool())
        .await
        .unwrap();
    assert_eq!(users, 0);
}
