use axum::http::HeaderValue;

use super::*;

#[test]
fn only_what_a_trusted_proxy_added_is_believed() {
    let mut headers = HeaderMap::new();
    headers.append(
        "x-forwarded-for",
        HeaderValue::from_static("1.1.1.1, 2.2.2.2"),
    );
    headers.append("x-forwarded-for", HeaderValue::from_static("3.3.3.3"));
    assert_eq!(forwarded(&headers, 0), None);
    assert_eq!(forwarded(&headers, 1), "3.3.3.3".parse().ok());
    assert_eq!(forwarded(&headers, 2), "2.2.2.2".parse().ok());
    assert_eq!(forwarded(&headers, 4), None);
}

#[test]
fn an_address_may_have_brackets_and_a_port_and_others_may_be_unreadable() {
    for (list, expected) in [
        (&b"\xff, 192.0.2.1"[..], Some("192.0.2.1")),
        (b"192.0.2.1:5000", Some("192.0.2.1")),
        (b"2001:db8::1", Some("2001:db8::1")),
        (b"[2001:db8::1]", Some("2001:db8::1")),
        (b"[2001:db8::1]:5000", Some("2001:db8::1")),
        (b"::ffff:192.0.2.1", Some("192.0.2.1")),
        (b"192.0.2.1, \xff", None),
        (b"unknown", None),
    ] {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_bytes(list).unwrap();
        headers.append("x-forwarded-for", value);
        let expected = expected.map(|address| address.parse().unwrap());
        assert_eq!(forwarded(&headers, 1), expected, "{list:?}");
    }
}
