//! Recovery codes.

use serde_json::json;

use super::totp::{recovery_codes, turn_on};
use crate::common::{Answer, Client, PASSWORD, TestApp};

/// Logs in with the password and a recovery code.
async fn log_in(client: &mut Client, code: &str) -> Answer {
    let credentials = json!({ "email": "ada@example.com", "password": PASSWORD });
    let answer = client.json("POST", "/api/session", credentials).await;
    answer.problem(401, "code_required");
    let body = json!({ "secret_code": code });
    client.json("POST", "/api/session/code", body).await
}

#[tokio::test]
async fn a_recovery_code_replaces_the_device_once_however_it_is_typed() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let (_, codes) = turn_on(&app, &ada, &mut client).await;
    let typed = codes[0].to_uppercase().replace('-', " ");
    let answer = log_in(&mut app.client(), &typed).await;
    assert_eq!(answer.status.as_u16(), 201);
    let again = log_in(&mut app.client(), &codes[0]).await;
    again.problem(422, "invalid");
    let page = client.open("/account/recovery-codes").await;
    assert!(page.page(200).contains("<strong>9</strong>"));
}

#[tokio::test]
async fn new_codes_are_shown_once_and_replace_the_old_ones() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let (_, old) = turn_on(&app, &ada, &mut client).await;
    let path = "/account/recovery-codes";
    let renewed = client.submit(path, path, &[]).await;
    let new = recovery_codes(&renewed);
    let page = client.open(path).await;
    assert!(new.iter().all(|code| !page.text().contains(code)));
    let answer = log_in(&mut app.client(), &old[0]).await;
    answer.problem(422, "invalid");
    let answer = log_in(&mut app.client(), &new[0]).await;
    assert_eq!(answer.status.as_u16(), 201);
}

#[tokio::test]
async fn the_codes_of_one_account_do_not_fit_another() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let (eve, mut eves) = app.logged_in("eve").await;
    turn_on(&app, &ada, &mut client).await;
    let (_, codes) = turn_on(&app, &eve, &mut eves).await;
    let answer = log_in(&mut app.client(), &codes[0]).await;
    answer.problem(422, "invalid");
}

#[tokio::test]
async fn no_code_stands_in_the_database() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let (_, codes) = turn_on(&app, &ada, &mut client).await;
    let rows: Vec<String> = sqlx::query_scalar("SELECT recovery_codes::text FROM recovery_codes")
        .fetch_all(app.database.pool())
        .await
        .unwrap();
    assert_eq!(rows.len(), codes.len());
    let plain = codes[0].replace('-', "");
    let hidden = hex::encode(&plain);
    assert!(
        rows.iter()
            .all(|row| !row.contains(&plain) && !row.contains(&hidden))
    );
}
