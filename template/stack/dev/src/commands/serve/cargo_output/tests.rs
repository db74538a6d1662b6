use super::*;

#[test]
fn what_cargo_has_against_a_manifest_is_kept_and_its_steps_are_not() {
    let output = "\u{1b}[1m   Compiling\u{1b}[0m app v0.1.0\n    Building [=> ] 3/9: app\r\u{1b}[K\
        error: failed to parse manifest\n\nCaused by:\n  no edition\n\
        error: could not compile `app` (lib) due to 1 previous error\n";
    let kept = show(output.as_bytes(), false);
    assert_eq!(
        kept,
        "error: failed to parse manifest\nCaused by:\nno edition"
    );
}
