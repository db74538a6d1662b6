use super::*;

#[test]
fn a_visitor_keeps_their_number_when_a_log_in_changes_the_cookie() {
    let mut all = Visitors::default();
    assert_eq!(all.number(&[], &[1]), Some(1));
    assert_eq!(all.number(&[], &[2]), Some(2));
    assert_eq!(all.number(&[1], &[3]), Some(1));
    assert_eq!(all.number(&[3], &[]), Some(1));
    assert_eq!(all.number(&[2], &[]), Some(2));
    assert_eq!(all.number(&[], &[]), None);
}

#[test]
fn only_values_that_are_somebodys_own_tell_visitors_apart() {
    let all = Visitors::default();
    let count = |name: header::HeaderName, text: &str| {
        let headers = HeaderMap::from_iter([(name.clone(), text.parse().unwrap())]);
        all.cookies(&headers, name).len()
    };
    let cookie = "tz=Europe/Kaliningrad; flash=welcome; session=0123456789abcdef0123; theme=dark";
    assert_eq!(count(header::COOKIE, cookie), 1);
    let given = "session=0123456789abcdef0123; Path=/some/long/path/1234567890";
    assert_eq!(count(header::SET_COOKIE, given), 1);
}
