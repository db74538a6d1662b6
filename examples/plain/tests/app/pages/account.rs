use crate::common::{ADA, TestApp};

#[tokio::test]
async fn without_mail_registering_logs_in_and_shows_the_welcome_message_once() {
    let app = TestApp::with(&[("MAIL_URL", "none")]).await;
    let mut client = app.client();
    let answer = client.submit("/register", "/register", &ADA).await;
    answer.leads_to("/notes");
    client.open("/notes").await.shows("Welcome!");
    client.open("/notes").await.lacks("Welcome!");
}

#[tokio::test]
async fn a_rejected_registration_keeps_the_input_but_not_the_password() {
    let app = TestApp::new().await;
    let fields = [
        ("display_name", "Ada \"A\""),
        ("email", "ada"),
        ("password", "short-pw"),
    ];
    let answer = app.client().submit("/register", "/register", &fields).await;
    let html = answer.page(422);
    assert!(html.contains("value=\"Ada &quot;A&quot;\""), "{html}");
    assert!(html.contains("id=\"email-error\"") && html.contains("id=\"password-error\""));
    assert!(!html.contains("id=\"display_name-error\"") && !html.contains("short-pw"));
}

#[tokio::test]
async fn without_mail_an_address_that_has_an_account_is_an_error_in_the_form() {
    let app = TestApp::with(&[("MAIL_URL", "none")]).await;
    app.user("ada").await;
    let answer = app.client().submit("/register", "/register", &ADA).await;
    assert!(answer.page(409).contains("already has an account"));
}

#[tokio::test]
async fn logging_in_redirects_to_the_requested_page() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let mut client = app.client();
    let answer = client.open("/notes/new").await;
    answer.leads_to("/login?next=/notes/new");
    let page = client.open(answer.header("location")).await;
    page.shows("name=\"next\" value=\"/notes/new\"");
    let credentials = [ADA[1], ADA[2], ("next", "/notes/new")];
    let answer = client.submit("/login", "/login", &credentials).await;
    answer.leads_to("/notes/new");
    client.open("/notes/new").await.page(200);
}

#[tokio::test]
async fn logging_in_never_redirects_to_another_site() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let credentials = [ADA[1], ADA[2], ("next", "//evil.example")];
    let mut client = app.client();
    let answer = client.submit("/login", "/login", &credentials).await;
    answer.leads_to("/notes");
}

#[tokio::test]
async fn wrong_credentials_show_the_form_without_saying_which_part_was_wrong() {
    let app = TestApp::new().await;
    app.user("ada").await;
    for email in ["ada@example.com", "nobody@example.com"] {
        let credentials = [("email", email), ("password", "wrong password")];
        let answer = app.client().submit("/login", "/login", &credentials).await;
        let html = answer.page(401);
        assert!(html.contains("the password is incorrect") && !html.contains("wrong password"));
    }
}

#[tokio::test]
async fn logging_out_is_a_form_and_ends_the_session() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    client.submit("/", "/logout", &[]).await.leads_to("/");
    client.open("/").await.shows("You are logged out.");
    client.open("/notes").await.leads_to("/login?next=/notes");
    // A link or an image cannot log out.
    client.open("/logout").await.page(405);
}

#[tokio::test]
async fn what_another_window_loads_after_a_redirect_does_not_take_its_message() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    client.submit("/", "/logout", &[]).await.leads_to("/");
    client.open("/notes").await.leads_to("/login?next=/notes");
    let other = client.open("/login?next=/notes").await;
    other.lacks("You are logged out.");
    client.open("/").await.shows("You are logged out.");
    client.open("/").await.lacks("You are logged out.");
}

#[tokio::test]
async fn a_logged_in_user_is_not_asked_to_log_in_again() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    client.open("/login").await.leads_to("/notes");
    client.open("/register").await.leads_to("/notes");
}
