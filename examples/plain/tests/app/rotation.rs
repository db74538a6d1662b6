//! Keys that are rotated: the command `rotate`.

use app::state::AppState;

use crate::{
    common::{ENCRYPTION_KEYS, TestApp, config},
    process::{in_production, run},
};

/// A key that is not the one of the tests.
pub const NEW_KEY: &str = "test-2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

/// The same application with other keys.
pub fn with_keys(app: &TestApp, keys: &str) -> AppState {
    let config = config(app.database.url(), &[("ENCRYPTION_KEYS", keys)]);
    app::app::state(config, app.state.db.clone()).unwrap()
}

/// Runs the command with these keys: its exit code and what it reports.
pub fn rotate_by_command(app: &TestApp, keys: &str) -> (Option<i32>, String) {
    let mut command = in_production(app.database.url());
    command.env("APP_ENV", "development");
    let run = run(command.env("ENCRYPTION_KEYS", keys).arg("rotate"));
    (run.code, run.error)
}

#[tokio::test]
async fn the_command_rotate_moves_waiting_mails_and_fails_if_they_cannot_be_decrypted() {
    let app = TestApp::new().await;
    app.user("ada").await;
    // A mail that waits, and the request for one.
    let fields = [("email", "ada@example.com")];
    app.client().post_form("/forgot-password", &fields).await;
    app.mails().await;
    app.client().post_form("/forgot-password", &fields).await;
    let (code, error) = rotate_by_command(&app, NEW_KEY);
    assert_eq!(code, Some(1));
    assert!(
        error.contains("error: 2 values cannot be decrypted"),
        "{error}"
    );
    assert!(error.contains("hint: append the missing keys"), "{error}");
    let (code, reported) = rotate_by_command(&app, &format!("{NEW_KEY},{ENCRYPTION_KEYS}"));
    assert_eq!(code, Some(0), "{reported}");
    let (code, reported) = rotate_by_command(&app, NEW_KEY);
    assert_eq!(code, Some(0), "{reported}");
    // The worker writes and sends them with the new key alone.
    let new = with_keys(&app, NEW_KEY);
    let (links, db) = (&new.links, &new.db);
    links.outbox.carry_out_requests(db, links).await.unwrap();
    assert_eq!(links.outbox.newest(db.pool(), 9).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_was_copied_to_another_row_cannot_be_decrypted() {
    let app = TestApp::new().await;
    for name in ["ada", "eve"] {
        app.user(name).await;
        let email = format!("{name}@example.com");
        let fields = [("email", &*email)];
        app.client().post_form("/forgot-password", &fields).await;
    }
    let copy = "UPDATE outbox SET content = (SELECT content FROM outbox ORDER BY id LIMIT 1)";
    app.execute(copy).await;
    let (code, error) = rotate_by_command(&app, &format!("{NEW_KEY},{ENCRYPTION_KEYS}"));
    assert_eq!(code, Some(1));
    assert!(
        error.contains("error: 1 values cannot be decrypted"),
        "{error}"
    );
}
