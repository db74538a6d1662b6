use super::*;

#[test]
fn where_nobody_watches_there_is_a_line_for_each_tenth() {
    let mut lines = Lines {
        what: "counting",
        said: None,
    };
    let mut told = Vec::new();
    for done in 0..=40 {
        lines.say(Progress { done, total: 40 }, &mut told);
    }
    let told = String::from_utf8(told).unwrap();
    assert_eq!(told.lines().count(), 11, "{told}");
    assert!(told.starts_with("counting: 0 of 40\ncounting: 4 of 40\n"));
    assert!(told.ends_with("counting: 40 of 40\n"));
}

#[test]
fn nothing_to_do_is_done_at_once() {
    let mut lines = Lines {
        what: "counting",
        said: None,
    };
    let mut told = Vec::new();
    lines.say(Progress::of(0), &mut told);
    assert_eq!(told, b"counting: 0 of 0\n");
}
