use super::*;

#[test]
fn only_pages_of_this_site_may_connect() {
    let check = |origin: Option<&str>| {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "notes.example:8080".parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        same_origin(&headers)
    };
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
}
