//! Limits of tokens.

use app::services::limits::Key;

use super::{send, token};
use crate::common::{Answer, TestApp};

/// The parameter of an item of a list of structured fields, such as `"token";r=299;t=1`.
fn parameter(answer: &Answer, header: &str, item: &str, name: &str) -> u64 {
    let list = answer.header(header);
    let mut items = list.split(", ");
    let item = items.find(|one| one.starts_with(&format!("\"{item}\"")));
    let item = item.unwrap_or_else(|| panic!("{header}: {list}"));
    let mut parameters = item.split(';').filter_map(|one| one.split_once('='));
    let found = parameters.find(|(known, _)| *known == name);
    found.expect("a parameter").1.parse().expect("a number")
}

#[tokio::test]
async fn a_program_is_told_how_many_requests_it_has_left() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let secret = token(&mut client, &["account:read"]).await;
    let first = send(&app, &secret, "GET", "/api/me", None).await;
    let policy = first.header("ratelimit-policy");
    assert_eq!(policy, "\"token\";q=300;w=60, \"account\";q=600;w=60");
    // One comes back in a fraction of a second.
    for (item, quota) in [("token", 300), ("account", 600)] {
        let left = parameter(&first, "ratelimit", item, "r");
        assert!([quota - 1, quota].contains(&left), "{item}: {left}");
        assert!(parameter(&first, "ratelimit", item, "t") <= 1);
    }
    // A browser that is logged in is no program.
    assert_eq!(client.get("/api/me").await.header("ratelimit"), "");
}

#[tokio::test]
async fn a_token_that_is_used_too_often_has_to_wait_and_others_of_the_account_have_not() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let busy = token(&mut client, &["account:read"]).await;
    let id = app.value("SELECT id::text FROM api_tokens").await;
    let id: String = id;
    let key = Key::Token(id.parse().unwrap());
    let other = token(&mut client, &["account:read"]).await;
    let mut last = send(&app, &busy, "GET", "/api/me", None).await;
    assert_eq!(last.status, 200);
    // Five become allowed each second, so a slow machine may need several tries.
    for _ in 0..100 {
        while app.state.limits.check_api(key).is_ok() {}
        last = send(&app, &busy, "GET", "/api/me", None).await;
        if last.status == 429 {
            break;
        }
    }
    last.problem(429, "too_many_attempts");
    assert_eq!(last.header("retry-after"), "1");
    assert!(parameter(&last, "ratelimit", "token", "r") <= 1);
    let answer = send(&app, &other, "GET", "/api/me", None).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn the_tokens_of_an_account_share_its_limit() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let secret = token(&mut client, &["account:read"]).await;
    let mut last = send(&app, &secret, "GET", "/api/me", None).await;
    for _ in 0..100 {
        while app.state.limits.check_api(Key::Account(&ada.email)).is_ok() {}
        last = send(&app, &secret, "GET", "/api/me", None).await;
        if last.status == 429 {
            break;
        }
    }
    last.problem(429, "too_many_attempts");
    assert!(parameter(&last, "ratelimit", "account", "r") <= 1);
    assert!(parameter(&last, "ratelimit", "token", "r") > 100);
}

#[tokio::test]
async fn without_limits_nothing_is_said_of_them() {
    let app = TestApp::with(&[("LIMIT_FACTOR", "0")]).await;
    let (_, mut client) = app.logged_in("ada").await;
    let secret = token(&mut client, &["account:read"]).await;
    let answer = send(&app, &secret, "GET", "/api/me", None).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("ratelimit"), "");
    assert_eq!(answer.header("ratelimit-policy"), "");
}
