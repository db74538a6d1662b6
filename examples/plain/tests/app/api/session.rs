use crate::common::{PASSWORD, TestApp};

#[tokio::test]
async fn a_user_is_logged_in_until_they_log_out() {
    let app = TestApp::new().await;
    let (user, mut client) = app.logged_in("ada").await;
    let me = client.get("/api/me").await.json();
    assert_eq!(me["id"], user.id.to_string());

    let old = client.cookie("_session").unwrap().to_owned();
    let answer = client.call("DELETE", "/api/session").await;
    assert_eq!(answer.status.as_u16(), 204);
    assert_eq!(client.cookie("_session"), None);
    client.get("/api/me").await.problem(401, "unauthenticated");

    // The token is invalid now, even for somebody who has kept it.
    let (_, mut thief) = app.logged_in("eve").await;
    thief.set_cookie("_session", &old);
    thief.get("/api/me").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_get_the_same_response() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let mut answers = Vec::new();
    for email in ["ada@example.com", "nobody@example.com", "no address"] {
        let answer = app.client().log_in(email, "wrong password").await;
        let mut problem = answer.problem(401, "wrong_credentials");
        problem["request_id"].take();
        answers.push(problem);
    }
    assert!(
        answers.iter().all(|answer| answer == &answers[0]),
        "{answers:?}"
    );
}

#[tokio::test]
async fn after_five_wrong_passwords_even_the_right_one_has_to_wait() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let mut client = app.client();
    for _ in 0..5 {
        let answer = client.log_in("ada@example.com", "wrong password").await;
        answer.problem(401, "wrong_credentials");
    }
    let answer = client.log_in("ada@example.com", PASSWORD).await;
    answer.problem(429, "too_many_attempts");
    assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);

    // Other users are not affected.
    app.logged_in("bob").await;
}

#[tokio::test]
async fn a_body_that_is_not_declared_as_json_is_rejected() {
    let app = TestApp::new().await;
    let form = app
        .client()
        .post_form("/api/session", &[("email", "ada@example.com")])
        .await;
    form.problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn a_cross_site_request_is_rejected() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ] {
        let request = axum::http::Request::delete("/api/session")
            .header("host", "notes.example")
            .header(name, value)
            .body(axum::body::Body::empty());
        client
            .send(request.unwrap())
            .await
            .problem(403, "forbidden");
    }
    assert_eq!(client.get("/api/me").await.status.as_u16(), 200);
}
