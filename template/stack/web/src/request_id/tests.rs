use axum::http::HeaderValue;

use super::*;

#[test]
fn an_id_of_a_proxy_is_kept_if_it_can_do_no_harm() {
    let headers = |ids: &[&str]| -> HeaderMap {
        let ids = ids.iter().map(|id| HeaderValue::from_str(id).unwrap());
        ids.fold(HeaderMap::new(), |mut headers, id| {
            headers.append(HEADER, id);
            headers
        })
    };
    assert!(is_harmless(&headers(&["Root-1_67.b"])));
    for id in ["", "a b", "a\"b", "<b>", &"x".repeat(65)] {
        assert!(!is_harmless(&headers(&[id])), "`{id}` was kept");
    }
    assert!(!is_harmless(&headers(&[])) && !is_harmless(&headers(&["a", "b"])));
}
