use serde_json::json;

use crate::common::TestApp;

#[tokio::test]
async fn without_mail_a_registration_creates_a_user_and_returns_the_location() {
    let app = TestApp::with(&[("MAIL_URL", "none")]).await;
    let mut client = app.client();
    let body =
        json!({ "email": "Ada@Example.com", "display_name": "Ada", "password": "analytical" });
    let answer = client.json("POST", "/api/users", body).await;
    assert_eq!(answer.status.as_u16(), 201);
    assert_eq!(answer.json()["email"], "ada@example.com");
    assert!(!answer.text().contains("analytical") && !answer.text().contains("argon2"));

    let profile = client.get(answer.header("location")).await;
    assert_eq!(profile.json()["display_name"], "Ada");
}

#[tokio::test]
async fn a_registration_answers_the_same_whether_the_address_has_an_account_or_not() {
    let app = TestApp::new().await;
    app.user("ada").await;
    for email in ["ada@example.com", "new@example.com"] {
        let body = json!({ "email": email, "display_name": "A", "password": "analytical" });
        let answer = app.client().json("POST", "/api/users", body).await;
        assert_eq!((answer.status.as_u16(), answer.text()), (202, ""));
    }
    let mails = app.mails().await;
    let subjects: Vec<_> = mails.iter().map(|mail| &*mail.subject).collect();
    assert_eq!(
        subjects,
        ["You already have an account", "Confirm your e-mail address"]
    );
}

#[tokio::test]
async fn a_public_profile_does_not_contain_the_address() {
    let app = TestApp::new().await;
    let user = app.user("ada").await;
    let answer = app.client().get(&format!("/api/users/{}", user.id)).await;
    let fields: Vec<_> = answer.json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["created_at", "display_name", "id"]);
}

#[tokio::test]
async fn every_invalid_field_of_a_registration_is_reported() {
    let app = TestApp::new().await;
    let body = json!({ "email": "ada", "display_name": " ", "password": "short" });
    let answer = app.client().json("POST", "/api/users", body).await;
    let problem = answer.problem(422, "invalid");
    let errors = problem["errors"].as_array().unwrap();
    let fields: Vec<_> = errors.iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, ["email", "display_name", "password"]);
}

#[tokio::test]
async fn without_mail_an_address_that_has_an_account_is_rejected_by_the_constraint() {
    let app = TestApp::with(&[("MAIL_URL", "none")]).await;
    app.user("ada").await;
    let body = json!({ "email": "ADA@example.com", "display_name": "A", "password": "analytical" });
    let answer = app.client().json("POST", "/api/users", body).await;
    let problem = answer.problem(409, "conflict");
    assert_eq!(problem["errors"][0]["field"], "email");
}

#[tokio::test]
async fn of_concurrent_registrations_of_an_address_one_succeeds() {
    let app = TestApp::with(&[("MAIL_URL", "none")]).await;
    let body = json!({ "email": "ada@example.com", "display_name": "A", "password": "analytical" });
    let requests = (0..8).map(|_| {
        let (mut client, body) = (app.client(), body.clone());
        async move {
            let answer = client.json("POST", "/api/users", body).await;
            answer.status.as_u16()
        }
    });
    let mut answers = futures_util::future::join_all(requests).await;
    answers.sort_unstable();
    assert_eq!(answers, [201, 409, 409, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn an_invalid_id_is_not_found() {
    let app = TestApp::new().await;
    for id in ["1", "%00", "%FF", "01a20ab6-d130-7733-96b1-a0ff3b5d9ac9"] {
        let answer = app.client().get(&format!("/api/users/{id}")).await;
        answer.problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_new_password_is_neither_common_nor_made_of_the_words_of_its_account() {
    let app = TestApp::new().await;
    for (password, reason) in [
        ("Password123!", "is easy to guess"),
        ("ada-lovelace", "is too much like your name"),
    ] {
        let body = json!({
            "email": "ada@example.com", "display_name": "Ada Lovelace", "password": password,
        });
        let answer = app.client().json("POST", "/api/users", body).await;
        let problem = answer.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], "password");
        let message = problem["errors"][0]["message"].as_str().unwrap();
        assert!(message.starts_with(reason), "{message}");
    }
    let (_, mut ada) = app.logged_in_as("ada", "Ada Lovelace").await;
    let own_words = [("password", "Lovelace1843")];
    let answer = ada.post_form("/account/password", &own_words).await;
    answer.page(422);
}
