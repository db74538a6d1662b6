use super::*;

#[test]
fn a_word_that_a_shell_would_change_is_quoted() {
    assert_eq!(word("notes.title=headline"), "notes.title=headline");
    assert_eq!(word(r#""Order"."From"=x"#), r#"'"Order"."From"=x'"#);
    assert_eq!(word("o'clock"), r"'o'\''clock'");
    assert_eq!(word(""), "''");
}
