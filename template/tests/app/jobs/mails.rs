//! Mails that could not be sent yet, for those who look after the jobs.

use std::time::Duration;

use stack_mail::{Mail, outbox::operate};

use super::wait;
use crate::common::{LivePage, TestApp};

#[tokio::test]
async fn an_operator_sees_mails_that_were_not_sent_and_sends_them_now() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let page = LivePage::open(&app, &mut client, "/jobs").await;
    assert!(!page.text().contains("Mails"), "{}", page.text());
    let outbox = &app.state.links.outbox;
    let mut db = app.database.pool().acquire().await.unwrap();
    for subject in ["Failed", "Waiting"] {
        let mail = Mail::builder(subject).to("grace@example.com");
        let hour = Duration::from_secs(3600);
        outbox.add(&mut db, mail, hour).await.unwrap();
    }
    app.execute(
        "UPDATE outbox SET attempts = 3, last_error = 'the server answered 451', next_attempt_at = now() + interval '1 hour'
         WHERE id = (SELECT min(id::text)::uuid FROM outbox)",
    )
    .await;
    let mut page = LivePage::open(&app, &mut client, "/jobs").await;
    page.expect_text("the server answered 451").await;
    assert!(!page.html().contains("grace"), "{}", page.html());
    let due = async || -> i64 {
        app.value("SELECT count(*) FROM outbox WHERE next_attempt_at <= now()")
            .await
    };
    assert_eq!(due().await, 1);
    page.click("#mails ~ .actions button").await;
    assert_eq!(due().await, 2);
}

#[tokio::test]
async fn a_mail_that_is_being_sent_has_not_failed_and_is_not_made_due() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let fields = [("email", "ada@example.com")];
    app.client().post_form("/forgot-password", &fields).await;
    let pool = app.database.pool();
    app.execute("UPDATE outbox SET last_error = 'no luck'")
        .await;
    assert_eq!(operate::failed(pool, 10).await.unwrap().len(), 1);

    // While this is held, nobody can read who the user is.
    let mut holding = pool.begin().await.unwrap();
    let sql = "LOCK TABLE users IN ACCESS EXCLUSIVE MODE";
    sqlx::query(sql).execute(&mut *holding).await.unwrap();
    let state = app.state.clone();
    let sending = tokio::spawn(async move {
        let (links, db) = (&state.links, &state.db);
        links.outbox.carry_out_requests(db, links).await
    });
    wait(async || app.value::<i32>("SELECT attempts FROM outbox").await == 1).await;
    assert_eq!(operate::failed(pool, 10).await.unwrap(), []);
    let outbox = &app.state.links.outbox;
    assert_eq!(outbox.retry_failed(pool).await.unwrap(), 0);
    holding.rollback().await.unwrap();
    sending.await.unwrap().unwrap();
    assert_eq!(app.mails().await.len(), 1);
}
