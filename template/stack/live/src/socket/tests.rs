use super::*;

#[test]
fn only_pages_of_this_site_may_connect() {
    let check_at = |host: &str, origin: Option<&str>| {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        same_origin(&headers)
    };
    let check = |origin| check_at("notes.example:8080", origin);
    assert!(check(Some("http://notes.example:8080")) && check(None));
    for origin in [
        "http://evil.example",
        "null",
        "",
        "http://notes.example",
        "http://notes.example:8080.evil.example",
    ] {
        assert!(!check(Some(origin)), "`{origin}` may connect");
    }
    // Some proxies say the port that a browser leaves out.
    for (host, origin, may) in [
        ("notes.example:443", "https://notes.example", true),
        ("notes.example:80", "http://notes.example", true),
        ("Notes.example", "https://notes.example", true),
        ("notes.example", "https://notes.example:8443", false),
        ("notes.example:80", "https://notes.example", false),
        ("notes.example", "file://", false),
        ("", "", false),
    ] {
        assert_eq!(check_at(host, Some(origin)), may, "`{origin}` at `{host}`");
    }
}
