//! Limits by address and by account, which all instances share.

use std::{net::IpAddr, time::Duration};

use app::{
    error::Error,
    models::Email,
    routes,
    services::limits::{self, Key, Limit, Limits},
    state::AppState,
};
use serde_json::json;
use stack_db::Db;

use crate::common::{Answer, Client, PASSWORD, TestApp, config};

const HERE: &str = "192.0.2.1";
const THERE: &str = "192.0.2.2";

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn email(name: &str) -> Email {
    Email::parse(&format!("{name}@example.com")).unwrap()
}

/// The number of times that are allowed at once, by asking on.
async fn allowed(limits: &Limits, limit: Limit, keys: &[Key<'_>]) -> usize {
    for count in 0..1000 {
        match limits.check(limit, keys).await {
            Ok(()) => {}
            Err(Error::TooManyAttempts(wait)) => {
                assert!(wait > Duration::ZERO);
                return count;
            }
            Err(error) => panic!("{error}"),
        }
    }
    panic!("there is no limit");
}

/// Another instance of the application on the same database.
fn another_instance(app: &TestApp) -> AppState {
    let db = Db::from_pool(app.database.pool().clone());
    app::app::state(config(app.database.url(), &[]), db).unwrap()
}

async fn wrong_password(client: &mut Client) -> Answer {
    client.log_in("ada@example.com", "wrong password").await
}

#[tokio::test]
async fn two_instances_count_together() {
    let app = TestApp::new().await;
    let other = Client::for_router(routes::router(another_instance(&app)));
    app.user("ada").await;
    let mut clients = [app.client(), other];
    for (attempts, status) in [(3, 401), (2, 401), (1, 429), (1, 429)] {
        for _ in 0..attempts {
            let answer = wrong_password(&mut clients[0]).await;
            assert_eq!(answer.status.as_u16(), status);
        }
        clients.reverse();
    }
}

#[tokio::test]
async fn attempts_at_once_all_count() {
    let app = TestApp::new().await;
    let (limits, ada) = (&app.state.limits, email("ada"));
    let keys = [Key::Account(&ada)];
    let attempts = (0..50).map(|_| limits.check(Limit::Reset, &keys));
    let results = futures_util::future::join_all(attempts).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 3);
}

#[tokio::test]
async fn each_limit_each_address_and_each_account_has_an_allowance_of_its_own() {
    let app = TestApp::new().await;
    let limits = &app.state.limits;
    let (ada, bob) = (email("ada"), email("bob"));
    for account in [&ada, &bob] {
        let keys = [Key::Account(account)];
        assert_eq!(allowed(limits, Limit::Reset, &keys).await, 3);
        assert_eq!(allowed(limits, Limit::Mail, &keys).await, 5);
    }
    for from in [HERE, THERE, "2001:db8::1", "2001:db8:0:1::1"] {
        let keys = [Key::Address(address(from))];
        assert_eq!(allowed(limits, Limit::Registration, &keys).await, 20);
    }
    // The same network, and the same address in another form.
    for from in ["2001:db8::2", "::ffff:192.0.2.1"] {
        let keys = [Key::Address(address(from))];
        assert_eq!(allowed(limits, Limit::Registration, &keys).await, 0);
    }
}

#[tokio::test]
async fn what_one_address_may_not_do_takes_nothing_of_the_account() {
    let app = TestApp::new().await;
    let (limits, ada) = (&app.state.limits, email("ada"));
    let here = Key::Address(address(HERE));
    allowed(limits, Limit::Reset, &[here]).await;
    for _ in 0..10 {
        let keys = [here, Key::Account(&ada)];
        assert!(limits.check(Limit::Reset, &keys).await.is_err());
    }
    let keys = [Key::Address(address(THERE)), Key::Account(&ada)];
    assert_eq!(allowed(limits, Limit::Reset, &keys).await, 3);
}

#[tokio::test]
async fn what_is_used_up_comes_back_one_by_one_and_full_allowances_are_deleted() {
    let app = TestApp::new().await;
    let ada = email("ada");
    let keys = [Key::Account(&ada)];
    allowed(&app.state.limits, Limit::Reset, &keys).await;
    // 20 minutes later, for an instance that remembers nothing.
    let later = "UPDATE rate_limits SET full_at = full_at - interval '20 minutes'";
    app.execute(later).await;
    let other = another_instance(&app);
    assert_eq!(allowed(&other.limits, Limit::Reset, &keys).await, 1);

    let db = Db::from_pool(app.database.pool().clone());
    assert_eq!(limits::delete_full(&db).await.unwrap(), 0);
    app.execute("UPDATE rate_limits SET full_at = now()").await;
    assert_eq!(limits::delete_full(&db).await.unwrap(), 1);
}

#[tokio::test]
async fn the_right_password_clears_the_attempts_before_it() {
    let app = TestApp::new().await;
    app.user("ada").await;
    for _ in 0..3 {
        for _ in 0..4 {
            wrong_password(&mut app.client()).await;
        }
        let answer = app.client().log_in("ada@example.com", PASSWORD).await;
        assert_eq!(answer.status.as_u16(), 201);
    }
}

#[tokio::test]
async fn neither_addresses_nor_accounts_are_stored_in_plain_text() {
    let app = TestApp::new().await;
    app.logged_in("ada").await;
    let rows: Vec<String> = sqlx::query_scalar("SELECT encode(key, 'escape') FROM rate_limits")
        .fetch_all(app.database.pool())
        .await
        .unwrap();
    assert!(!rows.is_empty());
    assert!(!rows.concat().contains("ada"), "{rows:?}");
}

#[tokio::test]
async fn the_api_is_limited_by_address_and_by_account_and_says_when_to_come_back() {
    let app = TestApp::new().await;
    let (user, mut ada) = app.logged_in("ada").await;
    let mut last = ada.get("/api/me").await;
    assert_eq!(last.status.as_u16(), 200);
    // Ten become allowed each second, so a slow machine may need several tries.
    for _ in 0..100 {
        let key = Key::Account(&user.email);
        while app.state.limits.check_api(key).is_ok() {}
        last = ada.get("/api/me").await;
        if last.status.as_u16() == 429 {
            break;
        }
    }
    last.problem(429, "too_many_attempts");
    assert_eq!(last.header("retry-after"), "1");
    // Pages are not the API.
    ada.open("/notes").await.page(200);
}

#[tokio::test]
async fn a_person_is_told_in_a_page_when_to_try_again() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let wrong = [("email", "ada@example.com"), ("password", "wrong password")];
    for _ in 0..5 {
        app.client().post_form("/login", &wrong).await.page(401);
    }
    let answer = app.client().post_form("/login", &wrong).await;
    let html = answer.page(429);
    assert!(html.contains("try again in 3 minutes"), "{html}");
    assert!(answer.header("retry-after").parse::<u64>().unwrap() > 170);
}

#[tokio::test]
async fn registrations_from_one_address_are_limited_with_mail_and_without() {
    for (mail, status) in [("", 202), ("none", 201)] {
        let app = TestApp::with(&[("MAIL_URL", mail)]).await;
        for number in 0..21 {
            let body = json!({
                "email": format!("user-{number}@example.com"), "display_name": "U", "password": PASSWORD,
            });
            let answer = app.client().json("POST", "/api/users", body).await;
            if number < 20 {
                assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
            } else {
                answer.problem(429, "too_many_attempts");
            }
        }
    }
}

#[tokio::test]
async fn a_factor_of_zero_switches_the_limits_of_addresses_off_and_keeps_those_of_accounts() {
    let app = TestApp::with(&[("LIMIT_FACTOR", "0")]).await;
    let (limits, ada) = (&app.state.limits, email("ada"));
    let keys = [Key::Address(address(HERE))];
    for _ in 0..100 {
        limits.check(Limit::LogIn, &keys).await.unwrap();
        limits.check_api(keys[0]).unwrap();
    }
    assert_eq!(allowed(limits, Limit::Mail, &[Key::Account(&ada)]).await, 5);
}
