//! The page `/jobs`.

use app::{config::JobSettings, jobs, jobs::word_count::WordCount};
use stack_jobs::{enqueue, operate, testing};

use crate::common::{LivePage, TestApp, config};

const OPERATORS: (&str, &str) = ("JOBS_OPERATORS", "ada@example.com, grace@example.com");

#[tokio::test]
async fn an_operator_sees_cancels_and_retries_jobs() {
    let app = TestApp::with(&[OPERATORS]).await;
    let (user, mut client) = app.logged_in("ada").await;
    let pool = app.database.pool();
    enqueue(pool, &WordCount { user: user.id }).await.unwrap();
    let mut page = LivePage::open(&app, &mut client, "/jobs?state=waiting").await;
    page.expect_text("word_count").await;
    page.click("button.danger").await;
    page.expect_text("There is none.").await;

    let mut page = LivePage::open(&app, &mut client, "/jobs?state=cancelled").await;
    page.expect_text("word_count").await;
    page.click("article button").await;
    page.expect_text("There is none.").await;
    testing::run_due(pool, &jobs::registry(), &app.state)
        .await
        .unwrap();

    let done = LivePage::open(&app, &mut client, "/jobs?state=done").await;
    assert!(
        done.text().contains("words: 0, notes: 0"),
        "{}",
        done.text()
    );
}

#[tokio::test]
async fn an_operator_runs_all_failed_jobs_of_a_kind_again() {
    let app = TestApp::with(&[OPERATORS]).await;
    let (ada, mut client) = app.logged_in("ada").await;
    let (grace, _) = app.logged_in("grace").await;
    let pool = app.database.pool();
    for user in [ada.id, grace.id] {
        enqueue(pool, &WordCount { user }).await.unwrap();
    }
    app.execute("UPDATE jobs SET state = 'failed', last_error = 'no luck'")
        .await;
    let mut page = LivePage::open(&app, &mut client, "/jobs?state=failed").await;
    page.expect_text("no luck").await;
    page.click("main [data-id=word_count]").await;
    page.expect_text("Wait again: 2.").await;
    page.expect_text("There is none.").await;
    let waiting: Vec<WordCount> = testing::enqueued(pool).await.unwrap();
    assert_eq!(waiting.len(), 2);
}

#[tokio::test]
async fn the_page_looks_again_by_itself() {
    let app = TestApp::new().await;
    let (user, mut client) = app.logged_in("ada").await;
    let mut page = LivePage::open(&app, &mut client, "/jobs?state=waiting").await;
    page.expect_text("There is none.").await;
    let pool = app.database.pool();
    let id = enqueue(pool, &WordCount { user: user.id }).await.unwrap();
    page.expect_text("word_count").await;
    operate::cancel(pool, id.unwrap()).await.unwrap();
    page.expect_text("There is none.").await;
    page.click("header.title button").await;
    page.expect_text("word_count").await;
}

#[tokio::test]
async fn for_others_the_page_does_not_exist() {
    let app = TestApp::with(&[OPERATORS]).await;
    let answer = app.client().open("/jobs").await;
    assert!(answer.status.is_redirection(), "{}", answer.status);
    let (_, mut eve) = app.logged_in("eve").await;
    eve.open("/jobs").await.page(404);
    let account = eve.open("/account").await;
    assert!(!account.page(200).contains("/jobs"));

    let (_, mut grace) = app.logged_in("grace").await;
    assert!(grace.open("/account").await.page(200).contains("/jobs"));
    grace.open("/jobs").await.page(200);
    // Somebody who has registered with an operator's address does not have it yet.
    app.execute("UPDATE users SET email_confirmed_at = NULL")
        .await;
    grace.open("/jobs").await.page(404);
}

#[test]
fn without_operators_nobody_sees_the_jobs_in_production() {
    let email = app::models::Email::parse("ada@example.com").unwrap();
    let database = "postgres://localhost/app?sslmode=disable";
    let production = config(database, &[("APP_ENV", "production")]);
    assert!(!production.may_see_jobs(&email));
    assert!(config(database, &[]).may_see_jobs(&email));
    let JobSettings {
        concurrency,
        in_serve,
        ..
    } = production.jobs;
    assert_eq!((concurrency, in_serve), (4, true));
}
