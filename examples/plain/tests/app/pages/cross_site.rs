//! Cross-site requests are rejected.

use axum::{
    body::Body,
    http::{Request, request::Builder},
};

use crate::common::{Answer, Client, TestApp, log};

/// The request of the log-out form, with a further header.
fn log_out(header: (&str, &str)) -> Builder {
    Request::post("/logout")
        .header("host", "notes.example")
        .header("accept", "text/html")
        .header(header.0, header.1)
}

async fn send(client: &mut Client, request: Builder) -> Answer {
    client.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_form_of_another_site_is_rejected() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    for header in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "https://notes.example.evil.example"),
        ("origin", "null"),
    ] {
        let answer = send(&mut client, log_out(header)).await;
        assert!(answer.page(403).contains("another site"), "{header:?}");
        let (log, id) = (log::text(), answer.header("x-request-id"));
        let mut lines = log.lines().filter(|line| line.contains(id));
        assert!(lines.any(|line| line.contains(" security: a request of another site is refused")));
    }
    // The user is still logged in.
    client.open("/account").await.page(200);
}

#[tokio::test]
async fn a_form_of_this_site_is_accepted_from_old_and_new_browsers() {
    let app = TestApp::new().await;
    for (name, header) in [
        ("ada", ("sec-fetch-site", "same-origin")),
        ("grace", ("sec-fetch-site", "none")),
        ("edsger", ("origin", "https://notes.example")),
    ] {
        let (_, mut client) = app.logged_in(name).await;
        send(&mut client, log_out(header)).await.leads_to("/");
    }
}

#[tokio::test]
async fn clients_that_are_not_browsers_are_accepted_and_so_is_reading() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let foreign = Request::get("/api/me").header("sec-fetch-site", "cross-site");
    assert_eq!(send(&mut client, foreign).await.status.as_u16(), 200);
    let program = Request::delete("/api/session");
    assert_eq!(send(&mut client, program).await.status.as_u16(), 204);
}
