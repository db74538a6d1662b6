use super::*;

#[test]
fn of_a_panic_only_what_and_where_is_kept() {
    let words = "\nthread 'main' panicked at src/app.rs:9:9:\nno\nstack backtrace:\n   0: begin";
    assert_eq!(
        without_backtrace(words),
        "thread 'main' panicked at src/app.rs:9:9:\nno"
    );
}
