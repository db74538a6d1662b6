use super::*;

#[test]
fn a_notice_is_given_once() {
    let mut overlay = Overlay::default();
    overlay.notice("a");
    overlay.notice("a");
    assert_eq!(
        overlay.to_json(),
        json!({ "problem": null, "notices": ["a"] })
    );
}
