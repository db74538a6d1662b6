use super::*;

#[test]
fn the_same_text_is_kept_once_and_what_nobody_shows_is_let_go() {
    let interner = Interner::default();
    let (one, other) = (
        interner.intern("x".repeat(1000)),
        interner.intern("x".repeat(1000)),
    );
    assert!(Arc::ptr_eq(&one, &other));
    for n in 0..1000 {
        interner.intern(format!("{n}{}", "y".repeat(1000)));
    }
    assert!(interner.0.lock().texts.len() <= 128);
    assert!(Arc::ptr_eq(&one, &interner.intern("x".repeat(1000))));
}
