use super::*;

#[test]
fn there_is_a_line_for_each_tenth() {
    let mut lines = Lines {
        what: "counting",
        last: None,
    };
    let mut written = Vec::new();
    for done in 0..=40 {
        lines.write(Progress { done, total: 40 }, &mut written);
    }
    let written = String::from_utf8(written).unwrap();
    assert_eq!(written.lines().count(), 11, "{written}");
    assert!(written.starts_with("counting: 0 of 40\ncounting: 4 of 40\n"));
    assert!(written.ends_with("counting: 40 of 40\n"));
}

#[test]
fn nothing_to_do_is_done_at_once() {
    let mut lines = Lines {
        what: "counting",
        last: None,
    };
    let mut written = Vec::new();
    lines.write(Progress::of(0), &mut written);
    assert_eq!(written, b"counting: 0 of 0\n");
}
