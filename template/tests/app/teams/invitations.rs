//! Invitations by mail.

use app::{
    error::Error,
    models::{ClientInfo, EventKind, InvitationToken, Role, TeamId, User},
    repositories::security_events,
};

use crate::common::{Client, PASSWORD, TestApp, link};

/// A team of Ada, who has invited `email` to it, and the path of the link in the mail.
async fn invited(app: &TestApp, email: &str) -> (User, Client, TeamId, String) {
    let (ada, mut client) = app.logged_in("ada").await;
    let team = app.team(&ada, "Engine").await;
    let path = invite(app, &mut client, team, email).await;
    (ada, client, team, path)
}

/// Invites somebody on the page of the team, and returns the path of the link in the mail.
async fn invite(app: &TestApp, client: &mut Client, team: TeamId, email: &str) -> String {
    let (page, form) = (
        format!("/teams/{team}"),
        format!("/teams/{team}/invitations"),
    );
    let fields = [("email", email), ("role", "member")];
    client.submit(&page, &form, &fields).await.leads_to(&page);
    let mail = app.mail_to(email).await;
    assert!(mail.text.contains("ada@example.com") && !mail.text.contains("Engine"));
    link(&mail).to_owned()
}

fn token(path: &str) -> &str {
    path.strip_prefix("/invitation?token=").unwrap()
}

#[tokio::test]
async fn who_is_logged_in_joins_the_team_with_the_link_and_only_once() {
    let app = TestApp::new().await;
    let (ada, mut client, team, path) = invited(&app, "grace@example.com").await;
    let (grace, mut guest) = app.logged_in("grace").await;
    client
        .open(&format!("/teams/{team}"))
        .await
        .shows("grace@example.com");
    guest.open(&path).await.shows("Engine");
    let form = [("token", token(&path))];
    let answer = guest.submit(&path, "/invitation", &form).await;
    answer.leads_to("/notes");
    // She works there now.
    let scope = app.scope(team, &ada).await;
    app.team_note(scope, "Plan").await;
    guest.open("/notes").await.shows("Plan");
    assert_eq!(app.scope(team, &grace).await.role(), Role::Member);

    guest.open(&path).await.page(410);
    guest.post_form("/invitation", &form).await.page(410);
    let events = security_events::list(app.database.pool(), grace.owner(), None, 10).await;
    let events = events.unwrap();
    let joined = events.iter().find(|event| event.kind == EventKind::Team);
    assert_eq!(joined.unwrap().details, "Joined “Engine”");
}

#[tokio::test]
async fn of_two_who_accept_at_once_one_does() {
    let app = TestApp::new().await;
    let (_, _, _, path) = invited(&app, "grace@example.com").await;
    let grace = app.user("grace").await;
    let token = InvitationToken::parse(token(&path)).unwrap();
    let (accounts, client) = (&app.state.accounts, ClientInfo::default());
    let (one, two) = tokio::join!(
        accounts.accept_invitation(&grace, &token, &client),
        accounts.accept_invitation(&grace, &token, &client),
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let refused = one.and(two).unwrap_err();
    assert!(matches!(refused, Error::LinkExpired), "{refused:?}");
}

#[tokio::test]
async fn who_has_no_account_comes_back_to_the_invitation_after_the_registration() {
    let app = TestApp::new().await;
    let (_, _, team, path) = invited(&app, "grace@example.com").await;
    let mut guest = app.client();
    let keep = [("token", token(&path)), ("register", "true")];
    let answer = guest.submit(&path, "/invitation/keep", &keep).await;
    answer.leads_to("/register");
    let form = [
        ("display_name", "Grace"),
        ("email", "grace@example.com"),
        ("password", PASSWORD),
    ];
    let answer = guest.submit("/register", "/register", &form).await;
    answer.leads_to("/mail-sent");
    let mail = app.mail_to("grace@example.com").await;
    let confirm = link(&mail);
    let fields = [("token", confirm.strip_prefix("/link?token=").unwrap())];
    let answer = guest.submit(confirm, "/link", &fields).await;
    answer.leads_to(&path);
    let form = [("token", token(&path))];
    guest
        .submit(&path, "/invitation", &form)
        .await
        .leads_to("/notes");
    guest.open(&format!("/teams/{team}")).await.shows("Grace");
    // The next log-in leads to the notes again.
    assert_eq!(guest.cookie("invitation"), None);
}

#[tokio::test]
async fn another_address_than_the_one_invited_is_told_so() {
    let app = TestApp::new().await;
    let (_, _, _, path) = invited(&app, "grace@example.com").await;
    let (_, mut eve) = app.logged_in("eve").await;
    let page = eve.open(&path).await;
    page.shows("another address");
    page.lacks("Join the team");
    let form = [("token", token(&path))];
    let answer = eve.post_form("/invitation", &form).await;
    assert!(answer.page(403).contains("another address"));
    // It was not used up by that.
    let (_, mut grace) = app.logged_in("grace").await;
    let answer = grace.submit(&path, "/invitation", &form).await;
    answer.leads_to("/notes");
}

#[tokio::test]
async fn an_invitation_that_expired_or_was_revoked_or_sent_again_does_not_work() {
    let app = TestApp::new().await;
    let (_, mut client, team, first) = invited(&app, "grace@example.com").await;
    let (_, mut grace) = app.logged_in("grace").await;
    let second = invite(&app, &mut client, team, "grace@example.com").await;
    grace.open(&first).await.page(410);
    grace.open(&second).await.page(200);

    let page = format!("/teams/{team}");
    let html = client.open(&page).await.text().to_owned();
    let (before, _) = html.split_once("/revoke\"").unwrap();
    let (_, action) = before.rsplit_once("action=\"").unwrap();
    let revoke = format!("{action}/revoke");
    client.post_form(&revoke, &[]).await.leads_to(&page);
    client.post_form(&revoke, &[]).await.page(404);
    grace.open(&second).await.page(410);

    let third = invite(&app, &mut client, team, "grace@example.com").await;
    app.execute("UPDATE invitations SET expires_at = now()")
        .await;
    grace.open(&third).await.page(410);
    let form = [("token", token(&third))];
    grace.post_form("/invitation", &form).await.page(410);
}

#[tokio::test]
async fn nobody_invites_a_member_or_without_the_right_to() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let (grace, mut member) = app.logged_in("grace").await;
    let team = app.team(&ada, "Engine").await;
    app.join(team, &grace, Role::Member).await;
    let (page, form) = (
        format!("/teams/{team}"),
        format!("/teams/{team}/invitations"),
    );
    let of = |email| [("email", email), ("role", "member")];
    let answer = client.submit(&page, &form, &of("grace@example.com")).await;
    assert!(answer.page(422).contains("This is that of a member."));
    let answer = client.submit(&page, &form, &of("nobody")).await;
    assert!(answer.page(422).contains("value=\"nobody\""));
    member.open(&page).await.lacks(&form);
    member
        .post_form(&form, &of("eve@example.com"))
        .await
        .page(403);
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn invitations_to_one_address_and_of_one_user_are_limited() {
    let app = TestApp::new().await;
    let (ada, _) = app.logged_in("ada").await;
    let team = app.team(&ada, "Engine").await;
    let scope = app.scope(team, &ada).await;
    let (accounts, client) = (&app.state.accounts, ClientInfo::default());
    let invite = async |email: &str| {
        let email = app::models::Email::parse(email).unwrap();
        accounts
            .invite(&ada, scope, &email, Role::Member, &client)
            .await
    };
    for _ in 0..5 {
        invite("grace@example.com").await.unwrap();
    }
    let refused = invite("grace@example.com").await;
    assert!(
        matches!(refused, Err(Error::TooManyAttempts(_))),
        "{refused:?}"
    );
    let mut sent = 6;
    let refused = loop {
        match invite(&format!("guest{sent}@example.com")).await {
            Ok(()) => sent += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, Error::TooManyAttempts(_)), "{refused:?}");
    assert_eq!(sent, 30);
}
