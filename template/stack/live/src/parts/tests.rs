use super::*;

fn part(left: u32, text: &[u8]) -> Bytes {
    [&[0; 4], &left.to_be_bytes()[..], text].concat().into()
}

#[test]
fn parts_become_a_message_and_what_is_none_is_passed_on() {
    let mut parts = Parts::new(70_000);
    let long = [b'x'; PART_BYTES];
    for _ in 0..2 {
        assert!(parts.take(part(3, &long)).is_none());
        let whole = parts.take(part(0, "é!".as_bytes()));
        let wanted = format!("{}é!", "x".repeat(PART_BYTES));
        assert!(matches!(whole, Some(Incoming::Text(text)) if text == wanted));
    }
    let upload = Bytes::from_static(&[0, 0, 0, 1, 0, 0, 0, 0, 7]);
    assert!(matches!(parts.take(upload), Some(Incoming::Binary(_))));
}

#[test]
fn a_message_above_the_limit_is_refused_before_it_is_kept() {
    let mut parts = Parts::new(70_000);
    assert!(parts.take(part(30_000, &[b'x'; PART_BYTES])).is_none());
    let last = parts.take(part(40_000, &[b'x'; PART_BYTES]));
    assert!(matches!(last, Some(Incoming::TooLarge)));
    let alone = Parts::new(70_000).take(part(u32::MAX, &[b'x'; PART_BYTES]));
    assert!(matches!(alone, Some(Incoming::TooLarge)));
}

#[test]
fn small_parts_empty_ones_and_what_is_no_text_are_refused() {
    for (left, bytes) in [(5, &b"x"[..]), (0, b""), (0, &[0xff])] {
        let taken = Parts::new(70_000).take(part(left, bytes));
        assert!(matches!(taken, Some(Incoming::Unreadable)), "{bytes:?}");
    }
}
