//! Sessions, confirmations, the password, and the deletion of an account.

use app::models::User;
use stack_live::CloseReason;

use crate::common::{Client, LivePage, PASSWORD, TestApp};

/// The form that ends all sessions but this one.
const END_OTHERS: &str = "/account/security/sessions/end-others";

/// Another browser of `user`.
async fn other_browser(app: &TestApp, user: &User) -> Client {
    let mut client = app.client();
    let answer = client.log_in(user.email.as_str(), PASSWORD).await;
    assert_eq!(answer.status.as_u16(), 201);
    client
}

/// Lets eleven minutes pass since anybody proved who they are.
async fn let_time_pass(app: &TestApp) {
    let past = "UPDATE sessions SET authenticated_at = authenticated_at - interval '11 minutes'";
    app.execute(past).await;
}

async fn confirm(client: &mut Client, next: &str) {
    let address = format!("/confirm-password?next={next}");
    let fields = [("password", PASSWORD), ("next", next)];
    let answer = client.submit(&address, "/confirm-password", &fields).await;
    answer.leads_to(next);
}

/// The path that ends the only session which is not this one.
async fn end_path(client: &mut Client) -> String {
    let page = client.open("/account/security").await;
    let (_, rest) = page
        .page(200)
        .split_once("/account/security/sessions/")
        .unwrap();
    let (id, _) = rest.split_once('/').unwrap();
    format!("/account/security/sessions/{id}/end")
}

#[tokio::test]
async fn the_page_shows_where_the_user_is_logged_in_and_which_one_is_this_device() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    other_browser(&app, &ada).await;
    app.logged_in("eve").await;
    let page = client.open("/account/security").await;
    let html = page.page(200);
    assert_eq!(html.matches("Unknown browser").count(), 2, "{html}");
    assert_eq!(html.matches("(this device)").count(), 1);
    assert_eq!(html.matches("Log out there").count(), 1);
}

#[tokio::test]
async fn a_session_is_ended_from_another_one_and_its_open_pages_close() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let mut other = other_browser(&app, &ada).await;
    let mut page = LivePage::open(&app, &mut other, "/notes").await;
    let path = end_path(&mut client).await;
    client
        .submit("/account/security", &path, &[])
        .await
        .leads_to("/account/security");
    assert_eq!(page.wait_for_close().await, CloseReason::SessionEnded);
    other.open("/notes").await.leads_to("/login?next=/notes");
    client.open("/notes").await.page(200);
}

#[tokio::test]
async fn all_other_sessions_are_ended_at_once_and_this_one_stays() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let mut others = [
        other_browser(&app, &ada).await,
        other_browser(&app, &ada).await,
    ];
    let (_, mut eve) = app.logged_in("eve").await;
    client
        .submit("/account/security", END_OTHERS, &[])
        .await
        .leads_to("/account/security");
    for other in &mut others {
        other.get("/api/me").await.problem(401, "unauthenticated");
    }
    for still in [&mut client, &mut eve] {
        assert_eq!(still.get("/api/me").await.status.as_u16(), 200);
    }
}

#[tokio::test]
async fn nobody_ends_the_session_of_another_user() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let mut other = other_browser(&app, &ada).await;
    let path = end_path(&mut client).await;
    let (_, mut eve) = app.logged_in("eve").await;
    eve.post_form(&path, &[]).await.page(404);
    assert_eq!(other.get("/api/me").await.status.as_u16(), 200);
}

#[tokio::test]
async fn every_way_a_session_ends_closes_its_open_pages() {
    let app = TestApp::new().await;
    let credentials = [("email", "eve@example.com"), ("password", PASSWORD)];
    let password = [("password", "another good one")];
    app.user("eve").await;
    let ways = [
        "page",
        "api",
        "log-in",
        "api log-in",
        "others",
        "password",
        "deletion",
    ];
    for (number, way) in ways.into_iter().enumerate() {
        let (user, mut client) = app.logged_in(&format!("user{number}")).await;
        let mut page = LivePage::open(&app, &mut client, "/notes").await;
        let mut other = other_browser(&app, &user).await;
        match way {
            "page" => client.post_form("/logout", &[]).await,
            "api" => client.call("DELETE", "/api/session").await,
            // As somebody else, from the form of a page that was open before.
            "log-in" => client.post_form("/login", &credentials).await,
            "api log-in" => client.log_in("eve@example.com", PASSWORD).await,
            "others" => other.post_form(END_OTHERS, &[]).await,
            "password" => other.post_form("/account/password", &password).await,
            _ => other.post_form("/account/delete", &[]).await,
        };
        let closed = page.wait_for_close().await;
        assert_eq!(closed, CloseReason::SessionEnded, "{way}");
    }
}

#[tokio::test]
async fn what_matters_asks_for_the_password_again_ten_minutes_after_the_log_in() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    client.open("/account/password").await.page(200);
    let_time_pass(&app).await;
    for path in ["/account/password", "/account/delete"] {
        client
            .open(path)
            .await
            .leads_to(&format!("/confirm-password?next={path}"));
    }
    for (path, page) in [
        ("/account/password", "/account/password"),
        ("/account/delete", "/account/delete"),
        (END_OTHERS, "/account/security"),
    ] {
        let answer = client.post_form(path, &[]).await;
        answer.leads_to(&format!("/confirm-password?next={page}"));
    }
    // Reading and writing notes does not.
    client.open("/notes/new").await.page(200);
}

#[tokio::test]
async fn a_confirmation_leads_back_with_a_new_token_and_open_pages_stay() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let mut page = LivePage::open(&app, &mut client, "/notes/new").await;
    page.fill("#title", "Milk").await;
    let_time_pass(&app).await;
    let (before, mut thief) = (
        client.cookie("_session").unwrap().to_owned(),
        client.clone(),
    );
    confirm(&mut client, "/account/password").await;
    assert_ne!(client.cookie("_session").unwrap(), before);
    client.open("/account/password").await.page(200);
    thief.get("/api/me").await.problem(401, "unauthenticated");
    page.click("button[type=submit]:not(.quiet)")
        .await
        .expect_text("were saved")
        .await;
}

#[tokio::test]
async fn a_confirmation_never_redirects_to_another_site_and_shows_a_wrong_password_in_the_form() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let fields = [("password", "wrong password"), ("next", "/account")];
    let path = "/confirm-password?next=/account";
    let answer = client.submit(path, "/confirm-password", &fields).await;
    let html = answer.page(422);
    assert!(html.contains("is not your password") && !html.contains("wrong password"));
    assert!(html.contains("name=\"next\" value=\"/account\""), "{html}");
    let fields = [("password", PASSWORD), ("next", "//evil.example")];
    let answer = client.post_form("/confirm-password", &fields).await;
    answer.leads_to("/notes");
}

#[tokio::test]
async fn guessing_the_password_of_a_stolen_session_is_limited() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    for (attempts, password, status) in [(5, "wrong password", 422), (1, PASSWORD, 429)] {
        for _ in 0..attempts {
            let fields = [("password", password), ("next", "/account")];
            let answer = client.post_form("/confirm-password", &fields).await;
            answer.page(status);
        }
    }
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_the_old_one_is_wrong() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let mut other = other_browser(&app, &ada).await;
    let path = "/account/password";
    let short = client.submit(path, path, &[("password", "short")]).await;
    assert!(short.page(422).contains("at least 10 characters"));
    let new = [("password", "another good one")];
    let changed = client.submit(path, path, &new).await;
    changed.leads_to("/account/security");
    client
        .open("/account/security")
        .await
        .shows("Your password was changed.");
    other.get("/api/me").await.problem(401, "unauthenticated");
    for (password, status) in [(PASSWORD, 401), ("another good one", 201)] {
        let answer = app.client().log_in(ada.email.as_str(), password).await;
        assert_eq!(answer.status.as_u16(), status);
    }
}

#[tokio::test]
async fn a_deleted_account_leaves_nothing_but_its_security_events() {
    const EVENTS: &str = "SELECT count(*) FROM security_events WHERE kind = 'account_deletion'";
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let eve = app.user("eve").await;
    app.note(&ada, "Milk", "").await;
    app.note(&eve, "Bread", "").await;
    let path = "/account/delete";
    client.submit(path, path, &[]).await.leads_to("/");
    assert_eq!(client.cookie("_session"), None);
    client.open("/").await.shows("Your account was deleted.");
    for (query, left) in [
        ("SELECT count(*) FROM users", 1),
        ("SELECT count(*) FROM notes", 1),
        ("SELECT count(*) FROM sessions", 0),
        (EVENTS, 1),
    ] {
        let count: i64 = app.value(query).await;
        assert_eq!(count, left, "{query}");
    }
    // The address is free again.
    app.user("ada").await;
}

#[tokio::test]
async fn an_account_that_is_deleted_is_told_so_by_mail_and_one_that_stays_is_not() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    // What refers to the account keeps it from being deleted.
    app.execute("CREATE TABLE bills (user_id uuid REFERENCES users (id))")
        .await;
    app.execute("INSERT INTO bills SELECT id FROM users").await;
    let path = "/account/delete";
    client.post_form(path, &[]).await.page(500);
    assert!(app.mails().await.is_empty());
    app.execute("DELETE FROM bills").await;
    client.post_form(path, &[]).await.leads_to("/");
    let mail = app.mail_to("ada@example.com").await;
    assert_eq!(mail.subject, "Your account was deleted");
}

#[tokio::test]
async fn the_user_alone_sees_what_happened_in_the_account_newest_first_and_in_pages() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    app.logged_in("eve").await;
    client.open("/account").await;
    client
        .post_form("/confirm-password", &[("password", "wrong")])
        .await;
    let first = client.open("/account/activity?limit=2").await;
    let html = first.page(200);
    let (newest, next) = html.split_once("Confirmation: refused").unwrap();
    assert!(!newest.contains("Log-in") && next.contains("Log-in"));
    assert!(!html.contains("Account created"));
    let (_, link) = html
        .split_once("/account/activity?limit=2&amp;after=")
        .unwrap();
    let (after, _) = link.split_once('"').unwrap();
    let second = client
        .open(&format!("/account/activity?limit=2&after={after}"))
        .await;
    assert!(second.page(200).contains("Account created"));
    assert!(!second.text().contains("rel=\"next\""));
}
