use super::*;

#[test]
fn only_the_database_of_the_url_is_replaced() {
    let replaced = |url| database_url(url, "x");
    assert_eq!(
        replaced("postgres://u:p@h:1/app?a=b%2Fc"),
        "postgres://u:p@h:1/x?a=b%2Fc"
    );
    assert_eq!(replaced("postgres://h"), "postgres://h/x");
    assert_eq!(replaced("postgres://h/"), "postgres://h/x");
}
