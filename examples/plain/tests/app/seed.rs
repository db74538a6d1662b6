//! Demo data for development.

use app::{repositories::notes, seed};

use crate::{
    common::{TestApp, database, migrated_database},
    process::{Run, in_production, run},
};

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

    let answer = app.client().log_in(seed::EMAIL, seed::PASSWORD).await;
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
    let mut command = in_production(database.url());
    command
        .env("APP_ENV", "development")
        .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"));
    let run = run(command.arg("seed"));
    assert_eq!(run.code, Some(0), "{}", run.error);
    let says_how = run.output.contains(seed::EMAIL) && run.output.contains(seed::PASSWORD);
    assert!(says_how, "{}", run.output);
}

#[tokio::test]
async fn in_production_seeding_is_an_error() {
    let database = migrated_database().await;
    let Run { code, error, .. } = run(in_production(database.url()).arg("seed"));
    assert_eq!(code, Some(1));
    assert!(
        error.starts_with("error: seeds are for development"),
        "{error}"
    );
    let users = sqlx::query_scalar("SELECT count(*) FROM users");
    let users: i64 = users.fetch_one(database.pool()).await.unwrap();
    assert_eq!(users, 0);
}
