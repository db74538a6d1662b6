use super::*;

#[test]
fn colours_are_left_out() {
    assert_eq!(
        plain("\u{1b}[1m\u{1b}[38;5;9merror\u{1b}[0m: `x`"),
        "error: `x`"
    );
    assert_eq!(plain("plain"), "plain");
    assert_eq!(plain("cut \u{1b}[3"), "cut ");
}

#[test]
fn a_notice_is_given_once() {
    let mut show = Show::default();
    show.notice("a");
    show.notice("a");
    assert_eq!(show.to_json(), json!({ "problem": null, "notices": ["a"] }));
}
