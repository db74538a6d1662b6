use super::*;

#[test]
fn a_notice_is_given_once_until_it_is_withdrawn() {
    let mut overlay = Overlay::default();
    overlay.notice("a");
    overlay.notice("a");
    assert_eq!(overlay.to_json()["notices"], json!(["a"]));
    overlay.withdraw("a");
    assert_eq!(overlay.to_json()["notices"], json!([]));
}
