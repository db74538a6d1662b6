use axum::{
    http::header,
    response::{IntoResponse, Response},
};

use super::*;

fn cookies(sent: &str, https: bool) -> Cookies {
    let value = HeaderValue::from_bytes(sent.as_bytes()).unwrap();
    let headers = HeaderMap::from_iter([(header::COOKIE, value)]);
    let project = "notes";
    Cookies::of(&headers, CookieSettings { project, https })
}

fn set_cookie(response: &Response) -> &str {
    response.headers()[header::SET_COOKIE].to_str().unwrap()
}

#[test]
fn over_tls_cookies_are_bound_to_the_host() {
    let lifetime = Some(Duration::from_secs(60));
    let response = (cookies("", true).set("session", "abc", lifetime), ()).into_response();
    let cookie = set_cookie(&response);
    assert!(cookie.starts_with("__Host-notes_session=abc; "), "{cookie}");
    for attribute in [
        "; Path=/",
        "; HttpOnly",
        "; SameSite=Lax",
        "; Max-Age=60",
        "; Secure",
    ] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let response = (cookies("", false).set("session", "abc", None), ()).into_response();
    let cookie = set_cookie(&response);
    assert!(cookie.starts_with("notes_session=abc; "), "{cookie}");
    assert!(
        !cookie.contains("Secure") && !cookie.contains("Max-Age"),
        "{cookie}"
    );
}

#[test]
fn a_cookie_is_found_among_others_and_only_a_change_is_sent() {
    let cookies = cookies("xnotes_session=1; notes_session=3; other=4", false);
    assert_eq!(cookies.get("session"), Some("3"));
    assert_eq!(cookies.of_script("other"), Some("4"));
    assert_eq!(cookies.get("flash"), None);
    let unchanged = (cookies.clone(), ()).into_response();
    assert!(!unchanged.headers().contains_key(header::SET_COOKIE));
    let removed = (cookies.remove("flash"), ()).into_response();
    let removed = set_cookie(&removed);
    assert!(
        removed.starts_with("notes_flash=;") && removed.contains("Max-Age=0"),
        "{removed}"
    );
}

#[test]
fn a_cookie_of_somebody_else_that_is_no_ascii_hides_no_other_one() {
    for sent in [
        "greeting=Grüße; notes_session=3",
        "notes_session=3; notes_flash=ü; =;;%; a",
    ] {
        let cookies = cookies(sent, false);
        assert_eq!(cookies.get("session"), Some("3"), "{sent}");
        assert_eq!(cookies.get("flash"), None, "{sent}");
    }
}
