use super::*;

#[test]
fn the_same_text_is_kept_once_and_what_nobody_shows_is_let_go() {
    let texts = Texts::default();
    let (one, other) = (texts.share("x".repeat(1000)), texts.share("x".repeat(1000)));
    assert!(Arc::ptr_eq(&one, &other));
    for n in 0..1000 {
        texts.share(format!("{n}{}", "y".repeat(1000)));
    }
    assert!(texts.0.lock().unwrap().texts.len() <= 128);
    assert!(Arc::ptr_eq(&one, &texts.share("x".repeat(1000))));
}
