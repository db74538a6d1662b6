use app::{models::LinkToken, repositories::security_events};
use stack_mail::Mail;

use crate::common::{ADA, Answer, Client, PASSWORD, TestApp, link};

const NEW_PASSWORD: &str = "another engine altogether";

/// Logs in by the form.
async fn log_in(app: &TestApp, email: &str, password: &str) -> Answer {
    let credentials = [("email", email), ("password", password)];
    app.client().post_form("/login", &credentials).await
}

/// Opens a link of a mail and presses its button.
async fn follow(client: &mut Client, link: &str) -> Answer {
    let (_, token) = link.split_once("?token=").unwrap();
    let answer = client.submit(link, "/link", &[("token", token)]).await;
    // Nobody else learns the link.
    assert_eq!(
        client.open("/").await.header("referrer-policy"),
        "same-origin"
    );
    answer
}

/// The token of the link in a mail.
fn token_of(mail: &Mail) -> &str {
    let (_, token) = link(mail).split_once("?token=").unwrap();
    token
}

/// A user, who has got a mail with a link.
async fn mailed(app: &TestApp, purpose: &str) -> Mail {
    app.user("ada").await;
    another_mail(app, purpose).await
}

/// Another mail for that user.
async fn another_mail(app: &TestApp, purpose: &str) -> Mail {
    ask(app, "ada@example.com", purpose).await;
    app.mail_to("ada@example.com").await
}

/// Asks for a link to the address.
async fn ask(app: &TestApp, email: &str, purpose: &str) -> Answer {
    let fields = [("email", email), ("link", purpose)];
    let mut client = app.client();
    client
        .submit("/forgot-password", "/forgot-password", &fields)
        .await
}

#[tokio::test]
async fn an_account_can_be_used_after_its_address_is_confirmed() {
    let app = TestApp::new().await;
    let mut client = app.client();
    let answer = client.submit("/register", "/register", &ADA).await;
    answer.leads_to("/mail-sent");
    client.open("/mail-sent").await.page(200);
    let mail = app.mail_to("ada@example.com").await;
    assert!(mail.html.contains(link(&mail)), "{}", mail.html);
    log_in(&app, "ada@example.com", PASSWORD).await.page(401);
    client.open("/notes").await.leads_to("/login?next=/notes");

    // A program that looks into mails opens the link.
    app.client().open(link(&mail)).await.page(200);
    follow(&mut client, link(&mail)).await.leads_to("/notes");
    client.open("/notes").await.page(200);
    log_in(&app, "ada@example.com", PASSWORD)
        .await
        .leads_to("/notes");
    client.open(link(&mail)).await.page(410);
}

#[tokio::test]
async fn registering_an_address_that_has_an_account_looks_the_same_and_only_its_owner_is_told() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let fields = [ADA[0], ADA[1], ("password", NEW_PASSWORD)];
    let answer = app.client().submit("/register", "/register", &fields).await;
    answer.leads_to("/mail-sent");
    let mail = app.mail_to("ada@example.com").await;
    assert_eq!(mail.subject, "You already have an account");
    log_in(&app, "ada@example.com", NEW_PASSWORD)
        .await
        .page(401);
    log_in(&app, "ada@example.com", PASSWORD)
        .await
        .leads_to("/notes");
}

#[tokio::test]
async fn whoever_registers_a_strangers_address_first_has_no_claim_to_it() {
    let app = TestApp::new().await;
    let first = [ADA[0], ADA[1], ("password", NEW_PASSWORD)];
    app.client().post_form("/register", &first).await;
    let eves = app.mail_to("ada@example.com").await;
    app.client().post_form("/register", &ADA).await;
    let mail = app.mail_to("ada@example.com").await;
    app.client().open(link(&eves)).await.page(410);
    follow(&mut app.client(), link(&mail))
        .await
        .leads_to("/notes");
    log_in(&app, "ada@example.com", NEW_PASSWORD)
        .await
        .page(401);
    log_in(&app, "ada@example.com", PASSWORD)
        .await
        .leads_to("/notes");
}

#[tokio::test]
async fn an_address_gets_a_link_only_if_it_has_an_account_and_the_answer_is_the_same() {
    let app = TestApp::new().await;
    app.user("ada").await;
    for purpose in ["reset", "log-in"] {
        for email in ["nobody@example.com", "ada@example.com"] {
            ask(&app, email, purpose).await.leads_to("/mail-sent");
        }
    }
    let mails = app.mails().await;
    assert_eq!(mails.len(), 2);
    assert!(mails.iter().all(|mail| mail.to == "ada@example.com"));
    let answer = ask(&app, "nobody", "reset").await;
    assert!(answer.page(422).contains("id=\"email-error\""));
}

#[tokio::test]
async fn mails_to_an_address_are_limited_whether_it_has_an_account_or_not() {
    let app = TestApp::new().await;
    app.user("ada").await;
    for email in ["ada@example.com", "nobody@example.com"] {
        let mut answers = Vec::new();
        for _ in 0..6 {
            answers.push(ask(&app, email, "log-in").await.status.as_u16());
        }
        assert_eq!(answers, [303, 303, 303, 303, 303, 429]);
        let fields = [ADA[0], ("email", email), ADA[2]];
        let answer = app.client().post_form("/register", &fields).await;
        answer.page(429);
    }
    assert_eq!(app.mails().await.len(), 5);
}

#[tokio::test]
async fn a_new_password_ends_all_sessions_and_all_other_links_and_is_told() {
    let app = TestApp::new().await;
    let (_, mut thief) = app.logged_in("ada").await;
    let other = another_mail(&app, "log-in").await;
    let mail = another_mail(&app, "reset").await;
    let (page, token) = link(&mail).split_once("?token=").unwrap();
    assert_eq!(page, "/reset-password");

    let mut client = app.client();
    let short = [("token", token), ("password", "short")];
    let answer = client.submit(link(&mail), page, &short).await;
    let html = answer.page(422);
    assert!(html.contains("id=\"password-error\""));
    // With its token, without which the page cannot be connected.
    assert!(html.contains(&format!("data-url=\"{}\"", link(&mail))));
    let fields = [("token", token), ("password", NEW_PASSWORD)];
    let answer = client.submit(link(&mail), page, &fields).await;
    answer.leads_to("/login");
    let page_after = client.open("/login").await;
    page_after.shows("Your password was changed.");

    thief.open("/notes").await.leads_to("/login?next=/notes");
    client.open(link(&other)).await.page(410);
    client.post_form(page, &fields).await.page(410);
    log_in(&app, "ada@example.com", PASSWORD).await.page(401);
    log_in(&app, "ada@example.com", NEW_PASSWORD)
        .await
        .leads_to("/notes");
    let notice = app.mail_to("ada@example.com").await;
    assert_eq!(notice.subject, "Your password was changed");
}

#[tokio::test]
async fn a_link_logs_in_once_and_not_after_it_has_expired() {
    let app = TestApp::new().await;
    let mail = mailed(&app, "log-in").await;
    let mut client = app.client();
    follow(&mut client, link(&mail)).await.leads_to("/notes");
    client.open("/notes").await.page(200);
    let (_, token) = link(&mail).split_once("?token=").unwrap();
    let mut other = app.client();
    other
        .post_form("/link", &[("token", token)])
        .await
        .page(410);

    let mail = another_mail(&app, "log-in").await;
    app.execute("UPDATE email_tokens SET expires_at = now()")
        .await;
    other.open(link(&mail)).await.page(410);
    let (_, token) = link(&mail).split_once("?token=").unwrap();
    other
        .post_form("/link", &[("token", token)])
        .await
        .page(410);
}

#[tokio::test]
async fn the_security_log_has_the_log_in_with_a_link_and_the_link_that_was_used_again() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let mail = another_mail(&app, "log-in").await;
    follow(&mut app.client(), link(&mail)).await;
    let events = security_events::list(app.database.pool(), ada.owner(), None, 1).await;
    let event = &events.unwrap()[0];
    assert_eq!(event.details, "With a link from a mail");
    let token = token_of(&mail);
    let again = [("token", token)];
    app.client().post_form("/link", &again).await.page(410);
    let failed: i64 = app
        .value("SELECT count(*) FROM security_events WHERE kind = 'log_in' AND outcome = 'failure'")
        .await;
    assert_eq!(failed, 1);
}

#[tokio::test]
async fn a_link_for_one_purpose_is_no_use_for_another() {
    let app = TestApp::new().await;
    let mail = mailed(&app, "log-in").await;
    let log_in = token_of(&mail);
    let fields = [("token", log_in), ("password", NEW_PASSWORD)];
    app.client()
        .post_form("/reset-password", &fields)
        .await
        .page(410);
    let mail = another_mail(&app, "reset").await;
    let reset = token_of(&mail);
    app.client()
        .post_form("/link", &[("token", reset)])
        .await
        .page(410);
    // Neither attempt has used a link up.
    app.client().open(link(&mail)).await.page(200);
    let unknown = LinkToken::generate().to_text();
    for token in [&*unknown, "", "abc"] {
        let path = format!("/link?token={token}");
        app.client().open(&path).await.page(410);
    }
    app.client().open("/reset-password").await.page(410);
}

#[tokio::test]
async fn a_link_that_does_not_work_any_more_leads_to_where_another_one_is_asked_for() {
    let app = TestApp::new().await;
    let mail = mailed(&app, "log-in").await;
    follow(&mut app.client(), link(&mail)).await;
    let mut client = app.client();
    let answer = client.open(link(&mail)).await;
    assert!(answer.page(410).contains("href=\"/forgot-password\""));
    let answer = client.open("/nowhere").await;
    assert!(!answer.page(404).contains("/forgot-password"));
}

#[tokio::test]
async fn without_mail_a_link_that_does_not_work_leads_to_the_home_page() {
    let app = TestApp::with(&[("MAIL_URL", "none")]).await;
    let mut client = app.client();
    let unknown = LinkToken::generate().to_text();
    let fields = [("token", &*unknown), ("password", NEW_PASSWORD)];
    for path in ["/link", "/reset-password"] {
        let answers = [
            client.open(&format!("{path}?token={unknown}")).await,
            client.post_form(path, &fields).await,
        ];
        for answer in answers {
            let page = answer.page(410);
            assert!(page.contains(r#"class="button" href="/""#), "{page}");
            assert!(!page.contains("/forgot-password"), "{page}");
        }
    }
}

#[tokio::test]
async fn only_the_digest_of_a_token_is_stored() {
    let app = TestApp::new().await;
    let mail = mailed(&app, "reset").await;
    let token = token_of(&mail);
    let row: String = app
        .value("SELECT email_tokens::text FROM email_tokens")
        .await;
    let digest = LinkToken::parse(token).unwrap().digest();
    assert!(
        row.contains(&hex::encode(digest.0)) && !row.contains(token),
        "{row}"
    );
}

#[tokio::test]
async fn an_address_changes_when_its_link_is_opened_and_both_addresses_are_told() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let fields = [("email", "Ada@New.example")];
    let answer = client
        .submit("/account/email", "/account/email", &fields)
        .await;
    answer.leads_to("/mail-sent");
    let mails = app.mails().await;
    let [notice, mail] = &mails[..] else {
        panic!("{mails:?}")
    };
    assert_eq!(
        (&*notice.to, &*mail.to),
        ("ada@example.com", "ada@new.example")
    );
    assert!(notice.text.contains("ada@new.example") && !notice.text.contains("?token="));
    log_in(&app, "ada@new.example", PASSWORD).await.page(401);

    let answer = follow(&mut client, link(mail)).await;
    answer.leads_to("/account");
    client.open("/account").await.shows("ada@new.example");
    log_in(&app, "ada@new.example", PASSWORD)
        .await
        .leads_to("/notes");
    log_in(&app, "ada@example.com", PASSWORD).await.page(401);
    let told: Vec<_> = app.mails().await.split_off(2);
    let told: Vec<_> = told
        .iter()
        .map(|mail| (&*mail.to, &*mail.subject))
        .collect();
    let subject = "Your e-mail address was changed";
    assert_eq!(
        told,
        [("ada@example.com", subject), ("ada@new.example", subject)]
    );
}

#[tokio::test]
async fn the_link_of_a_change_logs_nobody_in() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let fields = [("email", "ada@new.example")];
    client.post_form("/account/email", &fields).await;
    let mail = app.mail_to("ada@new.example").await;
    let mut stranger = app.client();
    follow(&mut stranger, link(&mail))
        .await
        .leads_to("/account");
    stranger
        .open("/account")
        .await
        .leads_to("/login?next=/account");
}

#[tokio::test]
async fn a_change_to_an_address_that_has_an_account_looks_the_same_and_changes_nothing() {
    let app = TestApp::new().await;
    app.user("bob").await;
    let (_, mut client) = app.logged_in("ada").await;
    let fields = [("email", "bob@example.com")];
    let answer = client
        .submit("/account/email", "/account/email", &fields)
        .await;
    answer.leads_to("/mail-sent");
    let mail = app.mail_to("bob@example.com").await;
    assert_eq!(mail.subject, "You already have an account");

    // The address was free when the link was sent.
    let fields = [("email", "eve@example.com")];
    client.post_form("/account/email", &fields).await;
    let mail = app.mail_to("eve@example.com").await;
    app.user("eve").await;
    let token = token_of(&mail);
    let answer = client.post_form("/link", &[("token", token)]).await;
    answer.page(410);
    client.open("/account").await.shows("ada@example.com");
}

#[tokio::test]
async fn links_lead_to_the_address_of_the_settings_whatever_the_host_of_a_request() {
    let app = TestApp::with(&[("APP_URL", "https://shop.example.com")]).await;
    app.user("ada").await;
    let mut client = app.client();
    client
        .post_form(
            "http://evil.example/forgot-password",
            &[("email", "ada@example.com")],
        )
        .await;
    let mail = app.mail_to("ada@example.com").await;
    assert!(
        mail.text
            .contains("\nhttps://shop.example.com/reset-password?token="),
        "{}",
        mail.text
    );
    assert!(!mail.text.contains("evil") && !mail.html.contains("evil"));
}

#[tokio::test]
async fn without_mail_there_are_no_pages_for_it() {
    let app = TestApp::with(&[("MAIL_URL", "none")]).await;
    let (_, mut client) = app.logged_in("ada").await;
    client.open("/account/email").await.page(404);
    client.open("/account").await.lacks("/account/email");
    let mut client = app.client();
    client.open("/forgot-password").await.page(404);
    client.open("/login").await.lacks("/forgot-password");
    client.open("/mail-sent").await.page(404);
    let fields = [("email", "ada@example.com")];
    client
        .post_form("/forgot-password", &fields)
        .await
        .page(404);
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn development_shows_the_mails_and_production_has_no_such_page() {
    let app = TestApp::new().await;
    let mail = mailed(&app, "log-in").await;
    let page = app.client().open("/_dev/mail").await;
    page.shows(&mail.subject);
    page.shows(&format!("{}</a>", link(&mail)));
    page.shows("sandbox=\"allow-popups allow-popups-to-escape-sandbox\"");
    let app = TestApp::with(&[("APP_ENV", "production")]).await;
    app.client().open("/_dev/mail").await.page(404);
}
