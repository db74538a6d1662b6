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
