//! `/.well-known/security.txt`.

use app::config::Config;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::common::TestApp;

const PATH: &str = "/.well-known/security.txt";

#[tokio::test]
async fn the_file_names_the_contact_of_the_settings_and_expires() {
    let app = TestApp::with(&[("SECURITY_CONTACT", "mailto:security@example.com")]).await;
    let answer = app.client().get(PATH).await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    let (contact, expires) = answer.text().split_once('\n').unwrap();
    assert_eq!(contact, "Contact: mailto:security@example.com");
    let expires = expires.trim().strip_prefix("Expires: ").unwrap();
    let left = OffsetDateTime::parse(expires, &Rfc3339).unwrap() - OffsetDateTime::now_utc();
    assert!(
        left > Duration::days(20) && left < Duration::days(365),
        "{left}"
    );
}

#[tokio::test]
async fn without_a_contact_the_file_is_not_found() {
    let answer = TestApp::new().await.client().get(PATH).await;
    assert_eq!(answer.status.as_u16(), 404);
}

#[test]
fn a_contact_is_one_address_of_the_web_or_for_mail() {
    for wrong in [
        "security@example.com",
        "mailto:",
        "https://a.example\nContact: mailto:b@example.com",
    ] {
        let lookup = |name: &str| match name {
            "APP_ENV" => Some("development".to_owned()),
            "SECURITY_CONTACT" => Some(wrong.to_owned()),
            _ => None,
        };
        let error = Config::from_vars(lookup).unwrap_err().to_string();
        assert!(error.contains("`SECURITY_CONTACT` must be"), "{error}");
    }
}
