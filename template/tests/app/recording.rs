//! `RECORD`: recording requests and live page messages, without secrets.

use stack_db::Db;
use stack_live::recording::{self, EventKind, Line};

use crate::common::{PASSWORD, TestApp, config};

#[tokio::test]
async fn a_recorded_log_in_contains_no_password_no_cookie_and_no_token() {
    let file = std::env::temp_dir().join(format!("recorded-log-in-{}.jsonl", std::process::id()));
    std::fs::remove_file(&file).ok();
    let app = TestApp::with(&[("RECORD", file.to_str().unwrap())]).await;
    app.user("ada").await;
    let mut client = app.client();
    let email = "ada@example.com";
    client.open("/login").await.page(200);
    let visitor = client.cookie("visitor").map(str::to_owned);
    let fields = [("email", email), ("password", PASSWORD)];
    client.post_form("/login", &fields).await.leads_to("/notes");
    let session = client.cookie("_session").unwrap().to_owned();
    let credentials = serde_json::json!({ "email": email, "password": PASSWORD });
    client.json("POST", "/api/session", credentials).await;
    client.open("/?token=in-the-query").await.page(200);

    app.state.recorder.as_ref().unwrap().flush();
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<_> = recording::read(&file).map(Result::unwrap).collect();
    std::fs::remove_file(&file).unwrap();
    let second = client.cookie("_session").unwrap();
    let encoded = PASSWORD.replace(' ', "+");
    let secrets = [PASSWORD, &encoded, &session, second, "in-the-query"];
    for secret in secrets.into_iter().chain(visitor.as_deref()) {
        assert!(!text.contains(secret), "`{secret}` is in\n{text}");
    }
    let requests: Vec<_> = lines
        .into_iter()
        .filter_map(|line| match line {
            Line::Event(event) => Some(event.kind),
            Line::Start(_) => None,
        })
        .collect();
    assert_eq!(requests.len(), 4, "{requests:#?}");
    let EventKind::Http {
        target,
        status,
        body,
        ..
    } = &requests[1]
    else {
        panic!("{requests:#?}")
    };
    assert_eq!((&**target, *status), ("/login", 303));
    assert!(body.as_ref().unwrap().contains("email=ada%40example.com"));
}

#[tokio::test]
async fn a_recording_that_cannot_be_written_prevents_the_start() {
    let app = TestApp::new().await;
    let db = Db::from_pool(app.database.pool().clone());
    let config = config(app.database.url(), &[("RECORD", "/nowhere/at/all")]);
    let error = app::app::state(config, db).err().unwrap().to_string();
    assert!(
        error.contains("`/nowhere/at/all`") && error.contains("\nhint: "),
        "{error}"
    );
}
