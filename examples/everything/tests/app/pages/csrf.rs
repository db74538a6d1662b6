use crate::common::{PASSWORD, TestApp};

#[tokio::test]
async fn no_form_is_accepted_without_its_token() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let note = app.note(&ada, "Keep", "").await;
    let (edit, delete) = (
        format!("/notes/{}", note.id),
        format!("/notes/{}/delete", note.id),
    );
    for path in ["/register", "/login", "/logout", "/notes", &edit, &delete] {
        let fields = [
            ("title", "x"),
            ("body", ""),
            ("version", "1"),
            ("email", "e@example.com"),
        ];
        let answer = client.post_form(path, &fields).await;
        assert!(
            answer.page(403).contains("too old or came from elsewhere"),
            "{path}"
        );
    }
    assert!(client.open("/notes").await.page(200).contains("Keep"));
}

#[tokio::test]
async fn the_token_of_somebody_else_is_refused() {
    let app = TestApp::new().await;
    let (_, mut ada) = app.logged_in("ada").await;
    let (_, mut eve) = app.logged_in("eve").await;
    let token = eve.open("/notes/new").await.form_token();
    let fields = [("title", "x"), ("body", ""), ("csrf_token", token.as_str())];
    ada.post_form("/notes", &fields).await.page(403);
    eve.post_form("/notes", &fields).await.leads_to("/notes");
}

#[tokio::test]
async fn a_token_from_before_logging_in_is_refused_afterwards() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let mut client = app.client();
    let token = client.open("/login").await.form_token();
    let credentials = [("email", "ada@example.com"), ("password", PASSWORD)];
    client
        .submit("/login", "/login", &credentials)
        .await
        .leads_to("/notes");
    client
        .post_form("/logout", &[("csrf_token", &token)])
        .await
        .page(403);
}

#[tokio::test]
async fn a_token_without_the_cookie_it_was_made_for_is_refused() {
    let app = TestApp::new().await;
    let token = app.client().open("/login").await.form_token();
    let fields = [
        ("email", "ada@example.com"),
        ("password", PASSWORD),
        ("csrf_token", &token),
    ];
    app.client().post_form("/login", &fields).await.page(403);
}

#[tokio::test]
async fn a_form_that_another_site_sent_is_refused_even_with_a_token() {
    let app = TestApp::new().await;
    let mut client = app.client();
    let token = client.open("/login").await.form_token();
    let request = axum::http::Request::post("/login")
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site")
        .body(format!("csrf_token={token}&email=e%40example.com&password=x").into());
    assert!(
        client
            .send(request.unwrap())
            .await
            .page(403)
            .contains("another site")
    );
}
